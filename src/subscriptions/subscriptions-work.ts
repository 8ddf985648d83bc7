import type { Changes } from '../changes/create-changes.js';
import type { ChangeRow } from '../changes/types.js';
import { GraphFailure } from '../graph/graph-failure.js';
import type { GraphSubscription, TenantGraph } from '../graph/types.js';
import { messageOf } from '../kernel/app-error.js';
import { type Clock, MINUTE_MS, SECOND_MS } from '../kernel/clock.js';
import { chunksOf, forEachAtOnce } from '../kernel/lists.js';
import type { Log } from '../kernel/log.js';
import { type Execute, RENEWALS_A_BATCH } from './execute.js';
import { createListTurns, type ListTurns } from './list-turns.js';
import { createSubscriptionPace, restAfter, type SubscriptionPace } from './pace.js';
import { planSubscriptions, type SubscriptionAction } from './plan.js';
import type { Executed } from './row-states.js';
import type { SubscriptionRows } from './subscriptions-store.js';
import type { DesiredSubscription, SubscriptionRow } from './types.js';

/** A plan reads every row of the tenant: after one that took long there is a rest of so many times its time, 2 to 5 s. */
const RESTS = 19;
const REST_MS = { least: 2 * SECOND_MS, most: 5 * SECOND_MS };
/** Actions between two plans, so that lifecycle events and renewals do not wait behind thousands of mailboxes. */
const MOST_A_TURN = 200;
/** Actions under way at once. */
const AT_ONCE = 8;
/** Within which time Graph's list is asked about one that no row knows. */
const LIST_UNKNOWN_WITHIN_MS = 5 * SECOND_MS;
const PAUSE_WHEN_UNREACHABLE_MS = 10 * SECOND_MS;
/** PATCH and reauthorize of one subscription must lie 10 minutes apart; we only ever PATCH, once in that time. */
const REAUTHORISE_ONCE_IN_MS = 10 * MINUTE_MS;

/** What this work needs of the tenant's owner (law L3). */
export interface SubscriptionOwner {
  readonly tenantId: string;
  readonly enterpriseId: string;
  readonly graph: TenantGraph;
  readonly signal: AbortSignal;
}

export interface SubscriptionsWorkDeps {
  readonly rows: SubscriptionRows;
  readonly execute: Execute;
  readonly changes: Changes;
  readonly clock: Clock;
  /** Waits until Graph told something about a subscription of a tenant, and so long at the most; answers whether it did. */
  untilTold(tenantId: string, signal: AbortSignal, mostMs: number): Promise<boolean>;
  readonly log: Log;
  readonly notificationUrl: string;
  /** Of the secret that signs now. */
  readonly keyId: string;
  /** Whether notifications of calendars should carry the event. */
  readonly rich: boolean;
  /** Asks our own address what Graph will ask it: null, or what is wrong. */
  whyUnreachable(signal: AbortSignal): Promise<string | null>;
  /** Subscriptions that the tenant should have now; empty where the sync is off. */
  desired(owner: SubscriptionOwner): Promise<readonly DesiredSubscription[]>;
  /** Asks for a catch-up, or for a look at each mailbox that is watched: a gap may have opened. */
  look(tenantId: string, ...resources: readonly string[]): Promise<void>;
  /** Exchange does not let us watch this mailbox. */
  refused(
    tenantId: string,
    resource: string,
    why: { readonly state: 'no_mailbox' | 'blocked'; readonly message: string },
  ): Promise<void>;
  /** Ends lifecycle events in the owner's lane. */
  close(changeId: string, mark: string): Promise<void>;
}

/** What is remembered from one plan to the next. */
interface Kept {
  isReachable: boolean;
  readonly lists: ListTurns;
  readonly pace: SubscriptionPace;
}

/** A lifecycle event, and the subscription that it is about. */
interface Told {
  readonly row: SubscriptionRow;
  readonly change: ChangeRow;
}

/** Keeps Graph telling us: what should be there against what is, a few actions at a time and never faster than Graph lets us. */
export function createSubscriptionsWork(deps: SubscriptionsWorkDeps) {
  const { rows, clock, log } = deps;
  const url = `${deps.notificationUrl}/graph/notifications`;
  return { name: 'subscriptions', run };

  async function run(owner: SubscriptionOwner): Promise<void> {
    const kept: Kept = { isReachable: false, lists: createListTurns(clock), pace: createSubscriptionPace(clock) };
    let [planAtMs, isTold] = [Number.NEGATIVE_INFINITY, true];
    while (!owner.signal.aborted) {
      if (isTold) await lifecycle(owner, kept);
      const startedMs = clock.nowMs();
      if (startedMs >= planAtMs) {
        const actions = await plan(owner, kept);
        const restMs = Math.min(REST_MS.most, Math.max(REST_MS.least, RESTS * (clock.nowMs() - startedMs)));
        const isBlocked = await carryOutAll(owner, actions, kept);
        const hasMore = actions.length > MOST_A_TURN && !isBlocked;
        const pauseMs = isBlocked ? PAUSE_WHEN_UNREACHABLE_MS : restMs;
        planAtMs = Math.max(clock.nowMs() + (hasMore ? 0 : pauseMs), kept.pace.freeAtMs());
      }
      isTold = await deps.untilTold(owner.tenantId, owner.signal, planAtMs - clock.nowMs());
    }
  }

  async function plan(owner: SubscriptionOwner, kept: Kept): Promise<readonly SubscriptionAction[]> {
    const desired = await deps.desired(owner);
    const known = await rows.ofTenant(owner.tenantId);
    const isUnsure = known.some(({ state }) => state === 'creating');
    const listed = desired.length > 0 && kept.lists.take(isUnsure) ? await list(owner, kept) : null;
    const { keyId, rich } = deps;
    const signing = { notificationUrl: url, keyId, rich };
    return planSubscriptions({ desired, rows: known, listed, ...signing, now: clock.now() });
  }

  /** Renewals need no list: where Graph does not give it, it is asked for again soon. */
  async function list(owner: SubscriptionOwner, kept: Kept): Promise<readonly GraphSubscription[] | null> {
    try {
      return await owner.graph.listSubscriptions({ signal: owner.signal });
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      kept.lists.failed(error);
      kept.pace.rest(restAfter(error));
      log.warn({ event: 'subscription.list_failed', tenantId: owner.tenantId, error: error.message });
      return null;
    }
  }

  /** Answers whether our own address keeps anything from being created. */
  async function carryOutAll(
    owner: SubscriptionOwner,
    actions: readonly SubscriptionAction[],
    kept: Kept,
  ): Promise<boolean> {
    const creates = actions.some(({ act }) => act === 'create');
    if (creates && !kept.isReachable) kept.isReachable = await isReachable(owner);
    const possible = actions.filter(({ act }) => act !== 'create' || kept.isReachable).slice(0, MOST_A_TURN);
    const each = (action: SubscriptionAction) => carryOut(owner, action, kept);
    const isStray = ({ act }: SubscriptionAction) => act === 'delete_stray';
    // Strays before the rest: Graph refuses a second subscription for the same resource.
    await forEachAtOnce(possible.filter(isStray), AT_ONCE, each);
    const due = possible.flatMap((action) => (action.act === 'renew' ? [action.row] : []));
    for (const chunk of chunksOf(due, RENEWALS_A_BATCH)) await renewAll(owner, chunk, kept);
    await forEachAtOnce(
      possible.filter((action) => !isStray(action) && action.act !== 'renew'),
      AT_ONCE,
      each,
    );
    return creates && !kept.isReachable;
  }

  async function renewAll(owner: SubscriptionOwner, due: readonly SubscriptionRow[], { pace }: Kept): Promise<void> {
    if (!(await pace.take(due.length, owner.signal))) return;
    const results = await deps.execute.renewAll(owner.graph, due, owner.signal);
    for (const { restMs = 0 } of results.values()) pace.rest(restMs);
    const looks = due.filter(({ _id }) => results.get(_id)?.needsLook).map(({ resource }) => resource);
    if (looks.length > 0) await deps.look(owner.tenantId, ...looks);
    for (const row of due) {
      const result = results.get(row._id);
      if (result) await carriedOut(owner, row.resource, { ...result, needsLook: false });
    }
  }

  /** Null: Graph wants to be left alone, so that a later plan has it. */
  async function carryOut(owner: SubscriptionOwner, action: SubscriptionAction, kept: Kept): Promise<Executed | null> {
    const units = action.act === 'create' && action.replaces?.subscriptionId ? 2 : 1;
    if (!(await kept.pace.take(units, owner.signal))) return null;
    const result = await deps.execute.run(owner.graph, action, owner.signal);
    kept.pace.rest(result.restMs ?? 0);
    if (result.mustList) kept.lists.hurry(0);
    await carriedOut(owner, resourceOf(action), result);
    return result;
  }

  async function carriedOut({ tenantId }: SubscriptionOwner, resource: string, result: Executed): Promise<void> {
    if (result.needsLook) await deps.look(tenantId, resource);
    if (result.refusal)
      await deps.refused(tenantId, resource, { state: result.refusal, message: result.message ?? '' });
    const fields = { event: 'subscription.action', tenantId, act: result.act, ok: result.ok, problem: result.message };
    if (result.ok && !result.isLost) log.info(fields, 'subscription kept');
    else log.warn(fields, 'subscription action failed');
  }

  /** A subscription is asked for only after our own address answers: Graph would refuse it otherwise. */
  async function isReachable({ signal, tenantId }: SubscriptionOwner): Promise<boolean> {
    const reason = await deps.whyUnreachable(signal);
    if (reason === null) return true;
    const mend = 'Check NOTIFICATION_URL and that the address is reachable from the internet.';
    log.warn({ event: 'subscription.unreachable', tenantId, reason }, mend);
    return false;
  }

  /** Lifecycle events are hints too: each leads to a look at Graph, and only a 404 makes a subscription anew. */
  async function lifecycle(owner: SubscriptionOwner, kept: Kept): Promise<void> {
    const { tenantId } = owner;
    const wanted = { tenantId, limit: 50, now: clock.now(), kinds: ['subscription'] as const };
    for (const change of await deps.changes.takeDue(wanted)) {
      const row = await rows.byGraphId(tenantId, change.objectId);
      if (row) await answer(owner, { row, change }, kept).catch((error) => notAnswered(owner, change, error));
      else {
        // Ours by its clientState, and no row knows it: a stray, or one whose creation was never answered.
        kept.lists.hurry(LIST_UNKNOWN_WITHIN_MS);
        await deps.close(change._id, change.mark);
      }
    }
  }

  async function answer(owner: SubscriptionOwner, { row, change }: Told, kept: Kept): Promise<void> {
    const events = new Set(change.lifecycle);
    if (events.has('subscriptionRemoved')) {
      const checked = await carryOut(owner, { act: 'check', row }, kept);
      if (!checked?.ok) throw new Error(checked?.message ?? 'Graph wants to be left alone.');
    }
    const present = (await rows.byId(row._id)) ?? row;
    if (events.has('reauthorizationRequired') && present.state === 'active')
      await reauthorise(owner, { row: present, change }, kept);
    if (events.has('missed')) await deps.look(owner.tenantId, row.resource);
    await deps.close(change._id, change.mark);
  }

  /**
   * One PATCH renews and reauthorises; where it fails, the row asks on. Told before the last one, it is answered by
   * that; told after it, it is answered once ten minutes are over.
   */
  async function reauthorise(owner: SubscriptionOwner, { row, change }: Told, kept: Kept): Promise<void> {
    const renewedMs = row.renewedAt?.getTime() ?? 0;
    const freeAt = new Date(renewedMs + REAUTHORISE_ONCE_IN_MS);
    if (freeAt <= clock.now() && (await carryOut(owner, { act: 'renew', row }, kept))) return;
    if (change.notedAt.getTime() > renewedMs && (row.renewAt === null || row.renewAt > freeAt))
      await rows.update(row._id, { renewAt: freeAt });
  }

  async function notAnswered(owner: SubscriptionOwner, change: ChangeRow, error: unknown): Promise<void> {
    if (owner.signal.aborted) throw error;
    const { _id: id, mark } = change;
    await deps.changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + MINUTE_MS), attempts: change.attempts + 1 }]);
    log.warn({ event: 'subscription.lifecycle_failed', tenantId: owner.tenantId, error: messageOf(error) });
  }
}

function resourceOf(action: SubscriptionAction): string {
  switch (action.act) {
    case 'create':
      return action.desired.resource;
    case 'delete_stray':
      return '';
    default:
      return action.row.resource;
  }
}
