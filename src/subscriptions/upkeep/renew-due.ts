import { setMaxListeners } from 'node:events';
import { GraphFailure } from '../../graph/graph-failure.js';
import type { GraphSubscription, TenantGraph } from '../../graph/types.js';
import type { Clock } from '../../kernel/clock.js';
import { chunksOf, forEachAtOnce, groupBy } from '../../kernel/lists.js';
import { type Execute, RENEWALS_A_BATCH } from '../execute.js';
import { createSubscriptionPace, type SubscriptionPace } from '../pace.js';
import type { SubscriptionRows } from '../subscriptions-store.js';
import type { SubscriptionRow } from '../types.js';

export interface RenewRequest {
  readonly tenantId?: string;
  readonly dueWithinMs: number;
  readonly signal: AbortSignal;
  onProgress(progress: RenewProgress): void;
}

export interface RenewProgress {
  readonly done: number;
  readonly total: number;
  readonly row: SubscriptionRow;
  /** null: it ends later than asked about. */
  readonly renewed: Renewed | null;
}

export interface Renewed {
  /** As it stands now. */
  readonly row: SubscriptionRow;
  /** `left`: Graph does not know it, and the tenant's owner makes it anew. */
  readonly outcome: 'renewed' | 'recreated' | 'left' | 'failed';
  readonly message: string | null;
}

/** Who looks after a tenant's subscriptions: an owner that is alive, nobody, or they are not wanted any more. */
export type Care = 'owned' | 'free' | 'unwanted';

export interface RenewDeps {
  readonly rows: SubscriptionRows;
  readonly execute: Execute;
  readonly clock: Clock;
  graphFor(tenantId: string): TenantGraph;
  careOf(tenantId: string): Promise<Care>;
  /** Asks for a catch-up, or for looks at the mailboxes that are watched: a gap may have opened. */
  look(tenantId: string, ...resources: readonly string[]): Promise<void>;
  /** Asks our own address what Graph will ask it: null, or what is wrong. */
  whyUnreachable(signal: AbortSignal): Promise<string | null>;
}

/** Tenants at once: each has limits of its own at Graph, for which it waits most of the time. */
const TENANTS_AT_ONCE = 64;
const BATCHES_AT_ONCE = 2;
const THROTTLED = 'Microsoft Graph asked us to wait before we renew more of this tenant: begin again in some minutes.';

/**
 * Renews what ends within a time, with the service up or down: a PATCH needs no owner. Graph's list is asked first how
 * each stands, because it may know better than our rows. One that Graph does not know any more is noted as gone for the
 * tenant's owner; only where no owner is alive it is made anew here. Each batch is kept when it is answered, so that
 * one who is killed goes on where he was when he begins again.
 */
export async function renewDue(deps: RenewDeps, request: RenewRequest): Promise<Renewed[]> {
  const { tenantId } = request;
  // Every request and pause of every tenant listens to it.
  setMaxListeners(0, request.signal);
  const rows = tenantId === undefined ? await deps.rows.all() : await deps.rows.ofTenant(tenantId);
  const results: Renewed[] = [];
  let done = 0;
  const tell = (row: SubscriptionRow, renewed: Renewed | null) => {
    done += 1;
    if (renewed) results.push(renewed);
    request.onProgress({ done, total: rows.length, row, renewed });
  };
  const byTenant = [...groupBy(rows, (row) => row.tenantId)].map(([of, its]) => ({ tenantId: of, rows: its }));
  await forEachAtOnce(byTenant, TENANTS_AT_ONCE, (tenant) => renewTenant(deps, tenant, { request, tell }));
  return results;
}

interface Desk {
  readonly request: RenewRequest;
  tell(row: SubscriptionRow, renewed: Renewed | null): void;
}

async function renewTenant(
  deps: RenewDeps,
  { tenantId, rows }: { tenantId: string; rows: readonly SubscriptionRow[] },
  desk: Desk,
): Promise<void> {
  const { signal, dueWithinMs } = desk.request;
  const graph = deps.graphFor(tenantId);
  const pace = createSubscriptionPace(deps.clock);
  const listed = await graph.listSubscriptions({ signal }).then(byId, failureOf);
  const due: SubscriptionRow[] = [];
  for (const row of rows) {
    // Somebody makes it at this moment, or its owner finds out what became of it.
    if (row.state === 'creating') desk.tell(row, null);
    else if (row.state === 'gone') desk.tell(row, await makeAnew(deps, row, signal));
    else if (listed instanceof GraphFailure) desk.tell(row, { row, outcome: 'failed', message: listed.message });
    else {
      const found = listed.get(row.subscriptionId ?? '');
      if (found && found.expiresAt.getTime() > deps.clock.nowMs() + dueWithinMs) {
        await learn(deps, row, { found, signal });
        desk.tell(row, null);
      } else if (found) due.push(row);
      else desk.tell(row, await lookAlone(deps, row, signal));
    }
  }
  const batches = [...chunksOf(due, RENEWALS_A_BATCH)];
  await forEachAtOnce(batches, BATCHES_AT_ONCE, async (batch) => {
    if (await pace.take(batch.length, signal)) await renewBatch(deps, batch, { ...desk, pace });
    else for (const row of batch) desk.tell(row, { row, outcome: 'failed', message: THROTTLED });
  });
}

/** Graph granted another end than the row knows: somebody was killed between Graph's answer and the row. */
async function learn(
  { execute, graphFor, look }: RenewDeps,
  row: SubscriptionRow,
  { found, signal }: { found: GraphSubscription; signal: AbortSignal },
): Promise<void> {
  if (row.expiresAt?.getTime() === found.expiresAt.getTime()) return;
  await execute.run(graphFor(row.tenantId), { act: 'adopt', row, found }, signal);
  await look(row.tenantId, row.resource);
}

/** A list may be old: only the 404 of its own GET makes it count as gone. */
async function lookAlone(deps: RenewDeps, row: SubscriptionRow, signal: AbortSignal): Promise<Renewed | null> {
  const { ok, isLost, message } = await deps.execute.run(deps.graphFor(row.tenantId), { act: 'check', row }, signal);
  const present = await reload(deps, row);
  if (isLost) return makeAnew(deps, present, signal);
  return ok ? null : { row: present, outcome: 'failed', message };
}

async function renewBatch(
  deps: RenewDeps,
  batch: readonly SubscriptionRow[],
  { request, tell, pace }: Desk & { pace: SubscriptionPace },
): Promise<void> {
  const [first] = batch;
  if (!first) return;
  const results = await deps.execute.renewAll(deps.graphFor(first.tenantId), batch, request.signal);
  for (const { restMs = 0 } of results.values()) pace.rest(restMs);
  const after = new Map((await deps.rows.byIds(batch.map(({ _id }) => _id))).map((row) => [row._id, row]));
  const looks = batch.filter(({ _id }) => results.get(_id)?.needsLook).map(({ resource }) => resource);
  if (looks.length > 0) await deps.look(first.tenantId, ...looks);
  for (const before of batch) {
    const row = after.get(before._id) ?? before;
    const { ok = false, needsLook = false, isLost = false, message = null } = results.get(row._id) ?? {};
    if (isLost) tell(row, await makeAnew(deps, row, request.signal));
    // Somebody made another one meanwhile.
    else if (ok && !needsLook) tell(row, null);
    else tell(row, { row, outcome: ok ? 'renewed' : 'failed', message });
  }
}

function byId(listed: readonly GraphSubscription[]): ReadonlyMap<string, GraphSubscription> {
  return new Map(listed.map((each) => [each.id, each]));
}

function failureOf(error: unknown): GraphFailure {
  if (error instanceof GraphFailure) return error;
  throw error;
}

async function makeAnew(deps: RenewDeps, row: SubscriptionRow, signal: AbortSignal): Promise<Renewed> {
  const lost = 'Microsoft Graph does not know it (404)';
  const care = await deps.careOf(row.tenantId);
  if (care === 'unwanted') {
    return { row, outcome: 'left', message: `${lost}, and it is not wanted any more: the sync is off.` };
  }
  if (care === 'owned') return { row, outcome: 'left', message: `${lost}: the service makes it anew.` };
  const reason = await deps.whyUnreachable(signal);
  if (reason !== null) {
    const text = `${lost}, and it cannot be made anew, because our own address does not answer as Graph wants it`;
    const mend = 'Start the service, which then makes it anew, or check NOTIFICATION_URL.';
    return { row, outcome: 'failed', message: `${text} (${reason}). ${mend}` };
  }
  const { kind, resource, tenantId } = row;
  const action = { act: 'create', desired: { kind, resource }, replaces: row } as const;
  const { ok, needsLook, message } = await deps.execute.run(deps.graphFor(tenantId), action, signal);
  if (needsLook) await deps.look(tenantId, resource);
  return { row: await reload(deps, row), outcome: ok ? 'recreated' : 'failed', message };
}

async function reload({ rows }: RenewDeps, row: SubscriptionRow): Promise<SubscriptionRow> {
  return (await rows.byId(row._id)) ?? row;
}
