import type { Renewal } from '../graph/subscription-types.js';
import type { GraphSubscription, NewSubscription, SubscriptionRenewed, TenantGraph } from '../graph/types.js';
import { MINUTE_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { keyId } from '../kernel/secrets.js';
import {
  clientStateOf,
  isAsWanted,
  isRich,
  longestExpiry,
  type NewSubscriptionDeps,
  newRow,
  resourceToWatch,
} from './new-subscription.js';
import { REKEY_WITHIN_MS, type SubscriptionAction } from './plan.js';
import { createRowStates, done, type Executed, failed } from './row-states.js';
import type { Answered, SubscriptionRows } from './subscriptions-store.js';
import type { SubscriptionRow } from './types.js';

export interface ExecuteDeps extends NewSubscriptionDeps {
  readonly rows: SubscriptionRows;
  readonly log: Log;
}

export interface Execute {
  run(graph: TenantGraph, action: SubscriptionAction, signal: AbortSignal): Promise<Executed>;
  /** Renews many in one batch of Graph's; each is kept as soon as the batch is answered. Results by the rows' ids. */
  renewAll(
    graph: TenantGraph,
    due: readonly SubscriptionRow[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Executed>>;
}

/** As many as fit into one `$batch` of Graph (src/graph/client/send-batch.ts). */
export const RENEWALS_A_BATCH = 20;

/** After a 404 Graph may still count the old one for minutes (graph-facts, pitfall 7): wait for minutes, not seconds. */
const QUOTA_PAUSE_MS = 5 * MINUTE_MS;
/** What a refusal says of the mailbox; null: nothing. */
const REFUSALS = { no_resource: 'no_mailbox', blocked: 'blocked', quota: null, failed: null } as const;

/** Carries out what the plan says, one action at a time; every failure is kept on the row with the next try. */
export function createExecute(deps: ExecuteDeps): Execute {
  const { rows, clock, chance } = deps;
  const { granted, grantedChange, lost, later } = createRowStates(deps);
  return { run, renewAll };

  async function run(graph: TenantGraph, action: SubscriptionAction, signal: AbortSignal): Promise<Executed> {
    switch (action.act) {
      case 'create':
        return create(graph, action, signal);
      case 'adopt': {
        const { row, found } = action;
        const certificate = found.certificateId ? { certificateId: found.certificateId } : {};
        await rows.learn([{ row, change: { ...grantedChange(found, promised(row, found)), ...certificate } }]);
        return done(action.act, { needsLook: true });
      }
      case 'renew':
        return renew(graph, action.row, signal);
      case 'check':
        return check(graph, action.row, signal);
      case 'delete_stray': {
        const deleted = await graph.deleteSubscription(action.subscriptionId, { signal });
        return deleted.outcome === 'failed' ? failed(action.act, deleted.failure) : done(action.act, {});
      }
      case 'delete':
        return remove(graph, action.row, signal);
      case 'hurry': {
        const renewAt = new Date(clock.nowMs() + chance.random() * REKEY_WITHIN_MS);
        await rows.update(action.row._id, { renewAt });
        return done('hurry', {});
      }
    }
  }

  async function create(
    graph: TenantGraph,
    { desired, replaces }: SubscriptionAction & { act: 'create' },
    signal: AbortSignal,
  ): Promise<Executed> {
    const old = replaces?.subscriptionId ? await graph.deleteSubscription(replaces.subscriptionId, { signal }) : null;
    if (replaces && old?.outcome === 'failed') {
      // Made now, the new one would only meet the old one in its place.
      const { message, retryAfterMs } = old.failure;
      await later(replaces, { state: replaces.state, problem: message, leastMs: retryAfterMs ?? 0 });
      return failed('create', old.failure);
    }
    const row = newRow(deps, graph.tenantId, { ...desired, attempts: replaces?.attempts ?? 0 });
    await rows.put(row);
    const id = replaces?._id ?? row._id;
    const created = await graph.createSubscription(wantedOf(row), { signal });
    switch (created.outcome) {
      case 'created':
        await granted({ ...row, _id: id }, created.subscription);
        return done('create', { needsLook: true });
      case 'conflict': {
        // Graph held it before we asked, so that it is not this row's own: one of ours that no row knows is deleted.
        const { message } = created.failure;
        await later({ ...row, _id: id }, { state: 'gone', problem: message, leastMs: 0 });
        return { ...failed('create', created.failure), mustList: true };
      }
      case 'quota':
      case 'no_resource':
      case 'blocked':
      case 'failed': {
        const { failure } = created;
        const leastMs = created.outcome === 'quota' ? QUOTA_PAUSE_MS : (failure.retryAfterMs ?? 0);
        // Graph may have made it all the same: it stays `creating`, and the next plan finds it in Graph's list.
        const state = failure.kind === 'unavailable' ? 'creating' : 'gone';
        await later({ ...row, _id: id }, { state, problem: failure.message, leastMs });
        return { ...failed('create', failure), refusal: REFUSALS[created.outcome] };
      }
    }
  }

  function wantedOf(row: SubscriptionRow): NewSubscription {
    return {
      resource: resourceToWatch(row),
      changeType: row.kind === 'events' ? 'created,updated,deleted' : 'updated,deleted',
      immutableIds: row.kind === 'events',
      notificationUrl: row.notificationUrl,
      lifecycleNotificationUrl: `${deps.notificationUrl}/graph/lifecycle`,
      clientState: clientStateOf(deps.appSecrets, row),
      expiresAt: longestExpiry(row, clock.nowMs()),
      encryption: isRich(row) ? deps.encryption : null,
    };
  }

  async function renew(graph: TenantGraph, row: SubscriptionRow, signal: AbortSignal): Promise<Executed> {
    const answer = await graph.renewSubscription(row.subscriptionId ?? '', renewalOf(row), { signal });
    if (answer.outcome !== 'renewed') return notRenewed(row, answer);
    await rows.learn([{ row, change: renewedChange(row, answer.subscription) }]);
    return done('renew', { needsLook: true });
  }

  async function renewAll(
    graph: TenantGraph,
    due: readonly SubscriptionRow[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Executed>> {
    const renewals = new Map(due.map((row) => [row.subscriptionId ?? '', renewalOf(row)]));
    const answers = await graph.renewSubscriptions(renewals, { signal });
    const results = new Map<string, Executed>();
    const renewed: Answered[] = [];
    for (const row of due) {
      const answer = answers.get(row.subscriptionId ?? '');
      if (answer?.outcome === 'renewed') {
        renewed.push({ row, change: renewedChange(row, answer.subscription) });
        results.set(row._id, done('renew', { needsLook: true }));
      } else if (answer) results.set(row._id, await notRenewed(row, answer));
    }
    await rows.learn(renewed);
    return results;
  }

  function renewalOf(row: SubscriptionRow): Renewal {
    return { expiresAt: longestExpiry(row, clock.nowMs()), encryption: newEncryption(row) };
  }

  /** A new certificate goes with the renewal, which every subscription has at a moment of its own. */
  function newEncryption(row: SubscriptionRow): NewSubscriptionDeps['encryption'] {
    return isRich(row) && row.certificateId !== deps.encryption?.encryptionCertificateId ? deps.encryption : null;
  }

  function renewedChange(row: SubscriptionRow, subscription: GraphSubscription): Partial<SubscriptionRow> {
    const encryption = newEncryption(row);
    const certificate = encryption ? { certificateId: encryption.encryptionCertificateId } : {};
    return { ...grantedChange(subscription, promised(row, subscription)), renewedAt: clock.now(), ...certificate };
  }

  /** The moment of one that is to be made anew: no renewal puts that off. */
  function promised(row: SubscriptionRow, { expiresAt }: GraphSubscription): Date | null {
    const wanted = { keyId: keyId(deps.appSecrets[0] ?? ''), rich: deps.encryption !== null };
    const isInTime = row.renewAt !== null && row.renewAt < expiresAt;
    return isInTime && !isAsWanted(row, wanted) ? row.renewAt : null;
  }

  async function notRenewed(
    row: SubscriptionRow,
    answer: Exclude<SubscriptionRenewed, { outcome: 'renewed' }>,
  ): Promise<Executed> {
    if (answer.outcome === 'gone') return lost('renew', row);
    const { message, retryAfterMs } = answer.failure;
    await later(row, { state: row.state, problem: message, leastMs: retryAfterMs ?? 0 });
    // Whatever asked for it, such as a lapsed authorisation, asks on.
    if (row.renewAt === null || row.renewAt > clock.now())
      await rows.learn([{ row, change: { renewAt: clock.now() } }]);
    return failed('renew', answer.failure);
  }

  async function check(graph: TenantGraph, row: SubscriptionRow, signal: AbortSignal): Promise<Executed> {
    const found = await graph.getSubscription(row.subscriptionId ?? '', { signal });
    switch (found.outcome) {
      case 'found': {
        // Only another end makes another plan: else every look at it would put its renewal off.
        const isKnown = row.expiresAt?.getTime() === found.subscription.expiresAt.getTime();
        await granted(row, found.subscription, isKnown ? row.renewAt : promised(row, found.subscription));
        return done('check', {});
      }
      case 'gone':
        return lost('check', row);
      case 'failed': {
        const { message, retryAfterMs } = found.failure;
        await later(row, { state: row.state, problem: message, leastMs: retryAfterMs ?? 0 });
        return failed('check', found.failure);
      }
    }
  }

  async function remove(graph: TenantGraph, row: SubscriptionRow, signal: AbortSignal): Promise<Executed> {
    const deleted = row.subscriptionId ? await graph.deleteSubscription(row.subscriptionId, { signal }) : null;
    if (deleted?.outcome === 'failed') {
      await later(row, { state: row.state, problem: deleted.failure.message, leastMs: 0 });
      return failed('delete', deleted.failure);
    }
    await rows.remove(row._id);
    return done('delete', {});
  }
}
