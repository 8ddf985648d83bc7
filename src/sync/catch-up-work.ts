import type { ClientSession } from 'mongodb';
import type { Changes } from '../changes/create-changes.js';
import { GraphFailure } from '../graph/graph-failure.js';
import { AppError, messageOf } from '../kernel/app-error.js';
import { type Clock, DAY_MS, MINUTE_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { type CursorRow, type Cursors, linkedAtOf } from '../mirror/cursors.js';
import { type DeltaRoundDeps, type DeltaRoundResult, readDeltaRound } from '../mirror/delta-round.js';
import type { Admission } from './admission/admission.js';
import { connectionFaultOf } from './admission/run-failure.js';
import type { Apply } from './apply.js';
import type { Losses } from './losses/judge-losses.js';
import type { LossMetrics } from './losses/loss-metrics.js';
import { createReportLoss, type ReportLossDeps } from './losses/report-loss.js';
import { CLOSED_POLL_MS, type Gate } from './may-work.js';
import type { Owner, OwnerWork } from './owner.js';
import type { UntilDue } from './pacing/until-due.js';

/** Losses are judged, and a tenant that was closed meanwhile is noticed, this often. */
const MOST_PAUSE_MS = 2_000;
const PAUSE_AFTER_FAILURE_MS = MINUTE_MS / 2;
/** What a full read did not mend may be a fault of our own query: refused links are given up once in this time. */
const REFUSED_ONCE_IN_MS = DAY_MS;

export interface CatchUpDeps extends DeltaRoundDeps, Pick<ReportLossDeps, 'measured'> {
  readonly untilDue: UntilDue;
  readonly cursors: Cursors;
  readonly apply: Apply;
  readonly changes: Changes;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly log: Log;
  readonly lagMs: number;
  readonly admission: Admission;
  readonly losses: Losses;
  readonly lossMetrics: LossMetrics;
  /** Reads everything: the delta link is lost. False: another run is open, which may have begun before that. */
  requestFullRead(owner: Owner): Promise<boolean>;
  /** Whether a run reads its lists, or has not applied all of them. */
  isListing(owner: Owner, session: ClientSession): Promise<boolean>;
}

/**
 * Asks delta what Graph did not tell: when a round is asked for (by the `catch-up` job, a renewal, a group whose
 * members were not all named) and whenever a tenant is taken or work begins again.
 */
export function createCatchUpWork(deps: CatchUpDeps): OwnerWork {
  const { cursors, clock, gate, log } = deps;
  const report = createReportLoss(deps);
  return {
    name: 'catch-up',
    run: async (owner) => {
      let wasOpen = false;
      owner.signal.addEventListener('abort', () => deps.lossMetrics.deltaLink(owner.tenantId, null), { once: true });
      while (!owner.signal.aborted) {
        const isOpen = await gate.isOpen(owner);
        if (isOpen && !wasOpen) await cursors.ask(owner.tenantId, clock.now());
        wasOpen = isOpen;
        const pauseMs = isOpen ? await turn(owner) : CLOSED_POLL_MS;
        if (pauseMs === null) await deps.untilDue.rounds(owner.tenantId, owner.signal, MOST_PAUSE_MS);
        else await clock.sleep(pauseMs, owner.signal);
      }
    },
  };

  /** Answers how long to pause; null: until a round is asked for. */
  async function turn(owner: Owner): Promise<number | null> {
    const cursor = await cursors.load(owner.tenantId);
    const { users, groups, askedAt, roundAt, pending } = cursor;
    const isBegun = Boolean((await gate.integration(owner))?.inEffect);
    if (isBegun) await verifyPending(owner, cursor);
    await measureLosses(owner);
    deps.lossMetrics.deltaLink(owner.tenantId, linkedAtOf(cursor));
    const isAsked = askedAt !== null && (roundAt === null || roundAt < askedAt);
    try {
      // Until a run of this connection has begun, all that is named would be dropped unread.
      if (!isBegun && (isAsked || pending)) await keep(owner, { roundAt: askedAt, pending: null });
      if (!isBegun || !isAsked) return null;
      if (users && groups) return await round(owner, { ...cursor, users, groups });
      if (cursor.round > 0) return await readAnew(owner);
      // Before the first run has taken links there is nothing to catch up with.
      await keep(owner, { roundAt: askedAt });
      return null;
    } catch (error) {
      if (owner.signal.aborted || !(error instanceof GraphFailure)) throw error;
      const fault = connectionFaultOf(error, 'directory');
      if (fault) deps.admission.hold(owner.tenantId, fault);
      log.warn({ event: 'catch_up.failed', tenantId: owner.tenantId, error: messageOf(error) }, 'catch-up failed');
      return Math.max(error.retryAfterMs ?? 0, PAUSE_AFTER_FAILURE_MS);
    }
  }

  /**
   * The link is stored after everything that it covers has been noted: a crash in between repeats, never skips. It is
   * not stored where a run read or applied its lists meanwhile: whom only they name was passed over (decision 32).
   */
  async function round(owner: Owner, cursor: CursorRow & { users: string; groups: string }): Promise<number | null> {
    const { enterpriseId, tenantId, graph, signal } = owner;
    const startedAt = clock.now();
    const begun = await deps.apply.within(owner, async (session) => ({
      number: await cursors.begin(session, tenantId),
      isListing: await deps.isListing(owner, session),
    }));
    const { number } = begun;
    const knowsAll = await isAllIn(owner, cursor);
    const request = { graph, enterpriseId, tenantId, round: number, signal };
    const users = await readDeltaRound(deps, { kind: 'users', link: cursor.users }, request);
    const groups = await readDeltaRound(deps, { kind: 'groups', link: cursor.groups }, request);
    if (users.outcome === 'reset' || groups.outcome === 'reset')
      return await giveUp(owner, { ...cursor, startedAt }, [users, groups]);
    const pending = knowsAll ? { round: number, startedAt } : null;
    const links = { users: users.link, groups: groups.link, linkedAt: startedAt };
    await deps.apply.within(owner, async (session) => {
      await cursors.update(session, tenantId, { roundAt: startedAt });
      if (!begun.isListing) await cursors.keepRound(session, { tenantId, round: number }, { ...links, pending });
    });
    const counts = { named: users.named + groups.named, noted: users.noted + groups.noted };
    log.info({ event: 'catch_up.round', tenantId, round: number, ...counts }, 'catch-up round noted');
    return null;
  }

  /** Links that are refused once more soon after stay, and are tried with the next round. */
  async function giveUp(
    owner: Owner,
    { refusedAt, startedAt }: Pick<CursorRow, 'refusedAt'> & { startedAt: Date },
    rounds: readonly DeltaRoundResult[],
  ): Promise<number | null> {
    const { tenantId } = owner;
    const reasons = rounds.flatMap((each) => (each.outcome === 'reset' ? [each.reason] : []));
    const isRefused = reasons.every((reason) => reason === 'refused');
    if (isRefused && refusedAt && startedAt.getTime() - refusedAt.getTime() < REFUSED_ONCE_IN_MS) {
      log.error({ event: 'catch_up.refused', tenantId, refusedAt }, 'Graph refuses new links too');
      await keep(owner, { roundAt: startedAt });
      return null;
    }
    // What was not told since the lost links is known once a run has read everything: until then nothing is verified.
    const lost = { users: null, groups: null, pending: null, groupsIn: [] };
    await keep(owner, isRefused ? { ...lost, refusedAt: startedAt } : lost);
    log.warn({ event: 'catch_up.reset', tenantId, reasons }, 'link lost');
    return readAnew(owner);
  }

  /** Nobody of a mapped group whose list no run has applied yet is known: what is named of them is dropped. */
  async function isAllIn(owner: Owner, { groupsIn }: CursorRow): Promise<boolean> {
    const mapped = await gate.mapped(owner);
    const known = groupsIn && new Set(groupsIn);
    return mapped !== null && (!known || mapped.groupIds.every((groupId) => known.has(groupId)));
  }

  /**
   * Asks for a run, which takes new links before it reads. A run that is open already may have begun without them, and
   * one may be refused now: without links each round that is asked for asks again.
   */
  async function readAnew(owner: Owner): Promise<number | null> {
    const askedAt = clock.now();
    try {
      if (!(await deps.requestFullRead(owner))) return MOST_PAUSE_MS;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ event: 'catch_up.no_full_read', tenantId: owner.tenantId, code: error.code }, 'no full read yet');
    }
    await keep(owner, { roundAt: askedAt });
    return null;
  }

  /** Verified once each object that the round named was read after it began, or is parked or put off (law L15). */
  async function verifyPending(owner: Owner, { pending }: CursorRow): Promise<void> {
    if (!pending) return;
    const { tenantId } = owner;
    const options = { dueBy: clock.now() };
    // Groups first: one that fans out between the two has noted its people before it is counted as closed.
    for (const kind of ['group', 'user'] as const) {
      const open = await deps.changes.openCount({ tenantId, kind, roundAtMost: pending.round }, options);
      if (open > 0) return;
    }
    await deps.apply.within(owner, async (session) => {
      await cursors.verify(session, owner, new Date(pending.startedAt.getTime() - deps.lagMs));
      await cursors.update(session, tenantId, { pending: null });
    });
    deps.losses.roundEnded(tenantId, pending.round);
  }

  function keep(owner: Owner, change: Partial<CursorRow>): Promise<void> {
    return deps.apply.within(owner, (session) => cursors.update(session, owner.tenantId, change));
  }

  async function measureLosses({ tenantId }: Owner): Promise<void> {
    const at = clock.now();
    const since = new Date(at.getTime() - 2 * deps.lagMs);
    for (const loss of await deps.losses.judge(tenantId)) {
      for (const kind of ['users', 'groups'] as const)
        await report({ tenantId, kind, resource: kind }, { lost: loss[kind], at, since });
    }
  }
}
