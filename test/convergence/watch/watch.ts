import type { Collection, Document } from 'mongodb';
import type { Pause } from '../history/acts.js';
import type { Scene } from '../history/scene.js';
import type { Stage } from '../history/stage.js';
import type { OracleRecord } from '../oracle/facts.js';
import type { Answers } from './answers.js';
import { Broken } from './broken.js';
import { type EvidenceGround, missingEvidence } from './evidence.js';
import { type Accounts, glance, sumOf } from './glance.js';
import { createLeaders } from './leaders.js';
import { type LedgerFacts, ledgerFacts } from './ledger-facts.js';
import type { Chronicle } from './oracle-facts.js';
import { createUndone } from './undone.js';

export interface Watch {
  /** Looks at everything written since the last look; throws `Broken`. */
  look(): Promise<void>;
  readonly entries: readonly LedgerFacts[];
  records(): Promise<OracleRecord[]>;
  /** Compares the accounts that the service gives with what stands in the database; throws `Broken`. */
  accounts(): Promise<void>;
}

/** Sees after each step that nothing was taken without evidence, and whatever else holds at every step. */
export function createWatch(
  stage: Stage,
  given: { scene: Scene; answers: Answers; chronicle: Chronicle; pauses: readonly Pause[] },
): Watch {
  const { scene, answers, chronicle } = given;
  const { store } = stage.desk;
  const { enterpriseId } = scene;
  const rows = (name: string): Collection<Document> => store.db.collection(name);
  const entries: LedgerFacts[] = [];
  const known = new Set<string>();
  const begun = new Set<string>();
  const undone = createUndone(chronicle);
  /** What was mapped at the last two looks: a sync may have begun between them. */
  let mapped: readonly EvidenceGround['groupOf'][] = [];
  const leaders = createLeaders();
  return { look, entries, records, accounts };

  async function look(): Promise<void> {
    // Before what is stored is looked at: Graph may tell more meanwhile.
    const answered = answeredItems();
    const fresh = await newEntries();
    const now = await glance(stage, scene);
    const found = now.users.map(recordOf);
    uniqueAddresses(found);
    leaders.follow(fresh, found);
    if ([...(mapped.at(-1)?.keys() ?? [])].join() !== [...now.groupOf.keys()].join()) {
      if (mapped.length > 0) chronicle.remapped();
    }
    mapped = [...mapped, now.groupOf].slice(-2);
    if (fresh.length > 0) await evidence(fresh);
    for (const id of now.begun) begun.add(id);
    accepted(answered, now.accounts);
  }

  async function newEntries(): Promise<LedgerFacts[]> {
    const newest = entries.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
    const since = new Date(newest - stage.time.apartMs() - 1);
    const found = await rows('ledger')
      .find({ enterpriseId, at: { $gte: since } })
      .sort({ $natural: 1 })
      .toArray();
    const fresh = found.map(ledgerFacts).filter(({ id }) => !known.has(id));
    for (const entry of fresh) known.add(entry.id);
    entries.push(...fresh);
    return fresh;
  }

  async function evidence(fresh: readonly LedgerFacts[]): Promise<void> {
    const cancelled = await rows('activities').find({ enterpriseId, status: 'cancelled' }).toArray();
    const ground: Omit<EvidenceGround, 'groupOf'> = {
      answers,
      goneConfirmMs: stage.config.times.goneConfirmMs,
      apartMs: stage.time.apartMs(),
      lagMailboxMs: stage.config.times.lagMailboxMs,
      givenAtMs,
      activityOf: new Map(
        cancelled.map(({ _id, calendar, cancelledReason }) => [
          String(_id),
          { eventId: calendar?.eventId ?? null, reason: cancelledReason },
        ]),
      ),
    };
    for (const entry of fresh) {
      const comesBack = undone.note(entry);
      if (comesBack !== null) throw new Broken('undone', `${comesBack}: ${JSON.stringify(entry)}`);
      if (entry.byPerson) continue;
      if (isPaused(entry)) throw new Broken('paused', `written while paused: ${JSON.stringify(entry)}`);
      if (entry.activityId !== undefined && begun.has(entry.activityId))
        throw new Broken('started_activity', `the sync touched a started activity: ${JSON.stringify(entry)}`);
      const reasons = mapped.map((groupOf) => missingEvidence(entry, { ...ground, groupOf }));
      const [missing] = reasons;
      if (missing && !reasons.includes(null)) throw new Broken('evidence', `${missing}: ${JSON.stringify(entry)}`);
    }
  }

  function givenAtMs({ id, activityId }: LedgerFacts): number {
    const before = entries.slice(
      0,
      entries.findIndex((each) => each.id === id),
    );
    const given = before.findLast((each) => each.activityId === activityId && each.kind !== 'activity_cancel');
    return given?.atMs ?? Number.NEGATIVE_INFINITY;
  }

  function isPaused({ atMs }: LedgerFacts): boolean {
    const apartMs = stage.time.apartMs();
    return given.pauses.some(({ fromMs, untilMs }) => atMs > fromMs + apartMs && atMs < untilMs - apartMs);
  }

  function uniqueAddresses(all: readonly OracleRecord[]): void {
    const seen = new Set<string>();
    for (const { status, fields, id } of all) {
      const key = fields['email']?.toLowerCase();
      if (status === 'archived' || !key) continue;
      if (seen.has(key)) throw new Broken('unique_address', `two people have ${key}, one is ${id}`);
      seen.add(key);
    }
  }

  /** What Graph was answered 202 for is accepted, and accounted for (law L5). */
  function accepted(answered: number, accounts: Accounts): void {
    if (sumOf(accounts) < answered)
      throw new Broken('accounts', `${answered} items were answered 202: ${JSON.stringify(accounts)}`);
  }

  function answeredItems(): number {
    const { delivery } = stage.simulator;
    return delivery.log.entries().reduce((sum, { status, items }) => sum + (status === 202 ? items : 0), 0);
  }

  async function records(): Promise<OracleRecord[]> {
    return (await rows('users').find({ enterpriseId }).toArray()).map(recordOf);
  }

  /** What the service itself says of the accounts is what stands there. */
  async function accounts(): Promise<void> {
    const { accepted: said, ...outcomes } = await stage.desk.changes.stats(stage.tenant.id);
    const { accounts: found } = await glance(stage, scene);
    const differs = Object.entries(outcomes).filter(([name, items]) => items !== (found[name] ?? 0));
    if (said !== sumOf(found) || differs.length > 0)
      throw new Broken('accounts', `it says ${JSON.stringify({ said, outcomes })} of ${JSON.stringify(found)}`);
  }
}

function recordOf(row: Document): OracleRecord {
  const { email, firstName, lastName, mobilePhone, country, timeZone } = row;
  const { status, archivedReason, organisationId, isAccountAdmin, memberships } = row;
  const fields = { email, firstName, lastName, mobilePhone, country, timeZone };
  const facts = { status, archivedReason, organisationId, isAccountAdmin, fields, memberships };
  return { id: String(row['_id']), objectId: row['entra']?.objectId ?? null, ...facts };
}
