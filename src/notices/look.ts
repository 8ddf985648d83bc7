import type { ClientSession } from 'mongodb';
import { messageOf } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import { MINUTE_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { NO_ENTERPRISE } from '../store/audit-log.js';
import { inTransaction } from '../store/in-transaction.js';
import { ENTERPRISES, type EnterpriseRow, INTEGRATIONS, type IntegrationRow } from '../tenancy/types.js';
import { messageRows } from './messages.js';
import type { NoticeSettings } from './notice-settings.js';
import { enterpriseFacts, type FactsDeps, installationFacts, problemsByKind } from './read-facts.js';
import { recipientsOf } from './recipients.js';
import { type Condition, conditionsOf, type Facts, unseen } from './rules/conditions.js';
import { decide, type Told } from './rules/decide.js';
import { digestDue, digestWords } from './rules/digest.js';
import type { Saying } from './rules/words.js';
import {
  NOTICE_MESSAGES,
  NOTICE_STATES,
  NOTICES,
  type NoticeMessageRow,
  type NoticeRow,
  type NoticeSettingsRow,
  type NoticeStateRow,
  standingNow,
} from './types.js';

export interface LookDeps extends FactsDeps {
  readonly chance: Chance;
  readonly log: Log;
  readonly settings: Pick<NoticeSettings, 'get'>;
  readonly publicUrl: string;
  /** Whether e-mail can be sent at all: what nobody could get is not written. */
  readonly hasMail: boolean;
}

/** Finds out what there is to tell, one enterprise at a time. */
export interface Look {
  /** Looks at one that is due and writes what is to be told; one that throws is put off. false: none is due. */
  next(): Promise<boolean>;
}

/** A look that its process did not end is done again after this time, by whoever comes to it. */
const LEASE_MS = MINUTE_MS;

/** A problem is written at most so long after the instant that it names: a digest ends before, and misses none. */
const WRITTEN_WITHIN_MS = 5 * MINUTE_MS;

/** Everything that one look goes by. */
interface Ground {
  readonly enterpriseId: string;
  readonly facts: Facts;
  readonly zone: string | null;
  readonly saying: Saying;
  readonly settings: NoticeSettingsRow;
  readonly conditions: readonly Condition[];
  readonly now: Date;
}

/** Notes that everybody has to be looked at, which the processes then do (law L13). */
export async function askLooks({ store, clock }: Pick<LookDeps, 'store' | 'clock'>): Promise<void> {
  const states = store.collection<NoticeStateRow>(NOTICE_STATES);
  const connected = { connection: { $in: ['connected' as const, 'error' as const] } };
  const ids = await store
    .collection<IntegrationRow>(INTEGRATIONS)
    .find(connected)
    .project<Pick<IntegrationRow, '_id'>>({ _id: 1 })
    .map(({ _id }) => _id)
    .toArray();
  const made = [...ids, NO_ENTERPRISE].map((_id) => ({
    updateOne: { filter: { _id }, update: { $setOnInsert: { looks: 0 } }, upsert: true },
  }));
  await states.bulkWrite(made, { ordered: false });
  // Who waits keeps its place in the line, and a look under way its lease.
  await states.updateMany({ lookAt: { $exists: false } }, { $set: { lookAt: clock.now() } });
}

export function createLook(deps: LookDeps): Look {
  const { store, clock, log } = deps;
  const states = store.collection<NoticeStateRow>(NOTICE_STATES);
  const notices = store.collection<NoticeRow>(NOTICES);
  return { next };

  async function next(): Promise<boolean> {
    const now = clock.now();
    const leased = { $set: { lookAt: new Date(now.getTime() + LEASE_MS) } };
    const claimed = await states.findOneAndUpdate({ lookAt: { $lte: now } }, leased, { sort: { lookAt: 1 } });
    if (claimed === null) return false;
    try {
      await lookAtOne(claimed._id, now);
    } catch (error) {
      // Its lease ends by itself; the others are not kept waiting.
      const what = { event: 'notice.look_failed', enterpriseId: claimed._id, error: messageOf(error) };
      log.warn(what, 'tried again after a minute');
    }
    return true;
  }

  async function lookAtOne(enterpriseId: string, now: Date): Promise<void> {
    const ground = await groundOf(enterpriseId, now);
    if (ground === null) await states.deleteOne({ _id: enterpriseId });
    else await tell(ground);
  }

  async function groundOf(enterpriseId: string, now: Date): Promise<Ground | null> {
    const settings = await deps.settings.get(enterpriseId);
    const saying = { enterpriseId, publicUrl: deps.publicUrl };
    const common = { enterpriseId, settings, now };
    if (enterpriseId === NO_ENTERPRISE) {
      const facts = installationFacts(deps);
      const conditions = conditionsOf(facts, now);
      return { ...common, facts, zone: null, conditions, saying: { ...saying, enterprise: 'GetHomeSafe' } };
    }
    const found = await enterpriseFacts(deps, enterpriseId);
    const enterprise = await store.collection<EnterpriseRow>(ENTERPRISES).findOne({ _id: enterpriseId });
    if (found === null || enterprise === null) return null;
    const conditions = conditionsOf(found.facts, now);
    return { ...common, ...found, conditions, saying: { ...saying, enterprise: enterprise.name } };
  }

  async function tell(ground: Ground): Promise<void> {
    const { enterpriseId, settings } = ground;
    const recipients = deps.hasMail ? await recipientsOf(store, settings) : [];
    const told = await inTransaction(deps, async (session) => {
      // Changed first: looks at one enterprise come one after the other, and each sees what the one before wrote.
      const state = await states.findOneAndUpdate(
        { _id: enterpriseId },
        { $inc: { looks: 1 } },
        { session, returnDocument: 'after' },
      );
      if (state === null) return [];
      const { told: troubles, set } = await decideIn(session, { ground, state });
      const digest = await digestIn(session, { ground, state: { ...state, ...set } });
      const all = [...troubles, ...digest.told];
      const rows = messageRows(all, { recipients, settings, at: ground.now });
      if (rows.length > 0) await store.collection<NoticeMessageRow>(NOTICE_MESSAGES).insertMany(rows, { session });
      const after = { ...set, ...digest.set };
      await states.updateOne({ _id: enterpriseId }, { $set: after, $unset: { lookAt: '' } }, { session });
      return all;
    });
    for (const { kind, phase, step } of told) {
      log.info({ event: 'notice.told', enterpriseId, kind, phase, step, recipients: recipients.length }, 'told');
    }
  }

  async function decideIn(session: ClientSession, { ground, state }: { ground: Ground; state: NoticeStateRow }) {
    const { enterpriseId, facts, saying, conditions, settings, now } = ground;
    const ids = conditions.map(({ kind, identity }) => `${enterpriseId}:${kind}:${identity}`);
    const known = await notices
      .find({ $or: [{ enterpriseId, open: true }, { _id: { $in: ids } }] }, { session })
      .toArray();
    const decided = decide({
      ...{ enterpriseId, saying, conditions, known, state, now },
      off: settings.off,
      unseen: (row) => unseen(facts, row),
    });
    for (const row of decided.rows) await notices.replaceOne({ _id: row._id }, row, { upsert: true, session });
    return { told: decided.told, set: decided.state };
  }

  async function digestIn(
    session: ClientSession,
    { ground, state }: { ground: Ground; state: NoticeStateRow },
  ): Promise<{ told: readonly Told[]; set: Partial<NoticeStateRow> }> {
    const { enterpriseId, zone, saying, settings, now } = ground;
    const day = digestDue(state, { zone: zone ?? 'utc', now });
    if (day === null) return { told: [], set: {} };
    const until = new Date(now.getTime() - WRITTEN_WITHIN_MS);
    const span = { enterpriseId, since: state.digestAt ?? null, until };
    // Without problems it still has what there was too much of: nothing else would tell that.
    const hasProblems = zone !== null && !settings.off.includes('problems_digest');
    const problems = hasProblems ? await problemsByKind(deps, span) : null;
    const open = await notices.find(standingNow(enterpriseId), { session }).sort({ beganAt: 1 }).limit(20).toArray();
    const { merged = [], mergedCount = 0 } = state;
    const words = digestWords({ saying, problems, merged, mergedCount, open });
    const noticeId = `${enterpriseId}:problems_digest:${day}`;
    const one = { noticeId, kind: 'problems_digest' as const, phase: 'digest' as const, step: day };
    const told = words === null ? [] : [{ ...one, words }];
    const digestAt = hasProblems ? { digestAt: until } : {};
    return { told, set: { digestDay: day, merged: [], mergedCount: 0, ...digestAt } };
  }
}
