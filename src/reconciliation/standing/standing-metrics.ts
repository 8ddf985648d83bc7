import { Gauge } from 'prom-client';
import type { Changes } from '../../changes/create-changes.js';
import { messageOf } from '../../kernel/app-error.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Metrics } from '../../kernel/metrics.js';
import type { Calendars } from '../../mirror/calendars-store.js';
import type { Cursors } from '../../mirror/cursors.js';
import type { Integrations } from '../../tenancy/integrations.js';
import { isSyncOn } from '../../tenancy/settings/integration-settings.js';
import type { IntegrationRow } from '../../tenancy/types.js';

export interface StandingDeps {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly changes: Pick<Changes, 'oldestOpened'>;
  readonly integrations: Pick<Integrations, 'connectedIntegrations'>;
  readonly cursors: Pick<Cursors, 'leastVerified'>;
  readonly calendars: Pick<Calendars, 'leastVerified'>;
  readonly subscriptions: { nextEnds(tenantIds: readonly string[]): Promise<ReadonlyMap<string, Date>> };
  /** Tenants that this process holds. */
  held(): readonly string[];
  /** How many tenants are connected. */
  connected(): number;
}

/** What is said of all tenants of a process together, so that there are as many time series as there are processes. */
interface Standing {
  readonly refused: number;
  /** The longest wait of those that are worked on, and how far back the least verified is. Undefined: nothing to tell. */
  readonly oldestChange: Date | undefined;
  readonly directory: Date | null;
  readonly calendars: Date | null;
  /** By kind. */
  readonly ends: ReadonlyMap<string, Date>;
}

/** Metrics are asked for more often than these figures move: the database is asked this often at the most. Our choice. */
const ASK_EVERY_MS = 10 * SECOND_MS;

/** Shows how the tenants of this worker stand: what alerts are made of (deploy/alerts.yml). */
export function measureStanding(deps: StandingDeps): void {
  const look = createStandingLook(deps);
  const gauges = makeGauges(deps.metrics, async () => tell(gauges, deps, await look()));
}

/** Each asks anew before it is read; a worker that is started again in the same process takes the place of the former one. */
function makeGauges(metrics: Metrics, collect: () => Promise<void>) {
  for (const name of ['tenants_connected', 'tenants_owned', 'tenants_refused', 'oldest_change_seconds'])
    metrics.removeSingleMetric(name);
  for (const name of ['verified_until_age_seconds', 'subscription_left_seconds']) metrics.removeSingleMetric(name);
  const each = { registers: [metrics], collect };
  return {
    connected: new Gauge({
      name: 'tenants_connected',
      help: 'Connected tenants, as this worker last saw them',
      ...each,
    }),
    owned: new Gauge({ name: 'tenants_owned', help: 'Tenants that this worker holds', ...each }),
    refused: new Gauge({
      name: 'tenants_refused',
      help: 'Tenants of this worker that refuse our credential or consent',
      ...each,
    }),
    oldest: new Gauge({
      name: 'oldest_change_seconds',
      help: 'Longest wait of an open change in the tenants of this worker that are worked on',
      ...each,
    }),
    verified: new Gauge({
      name: 'verified_until_age_seconds',
      help: 'Since when not everything that Entra reported is surely in, at the tenant of this worker that is furthest behind',
      labelNames: ['kind'],
      ...each,
    }),
    ends: new Gauge({
      name: 'subscription_left_seconds',
      help: 'Until the next subscription of the tenants of this worker ends, by kind',
      labelNames: ['kind'],
      ...each,
    }),
  };
}

/** What is not known is told by absence. */
function tell(gauges: ReturnType<typeof makeGauges>, deps: StandingDeps, found: Standing | null): void {
  const nowMs = deps.clock.nowMs();
  const since = (at: Date) => Math.max(0, nowMs - at.getTime()) / SECOND_MS;
  gauges.connected.set(deps.connected());
  gauges.owned.set(deps.held().length);
  gauges.verified.reset();
  gauges.ends.reset();
  if (found === null) {
    gauges.refused.remove();
    gauges.oldest.remove();
    return;
  }
  gauges.refused.set(found.refused);
  gauges.oldest.set(found.oldestChange ? since(found.oldestChange) : 0);
  if (found.directory) gauges.verified.set({ kind: 'directory' }, since(found.directory));
  if (found.calendars) gauges.verified.set({ kind: 'calendars' }, since(found.calendars));
  for (const [kind, at] of found.ends) gauges.ends.set({ kind }, (at.getTime() - nowMs) / SECOND_MS);
}

/** Asks the database once for all who look within a while; null where it did not answer. */
function createStandingLook(deps: StandingDeps): () => Promise<Standing | null> {
  const { clock, log } = deps;
  let last: { readonly atMs: number; readonly found: Promise<Standing | null> } | null = null;
  return () => {
    if (last === null || clock.nowMs() - last.atMs >= ASK_EVERY_MS) {
      const found = standingOf(deps).catch((error: unknown) => {
        log.warn({ event: 'standing.unknown', error: messageOf(error) }, 'standing not known');
        return null;
      });
      last = { atMs: clock.nowMs(), found };
    }
    return last.found;
  };
}

async function standingOf(deps: StandingDeps): Promise<Standing> {
  const held = new Set(deps.held());
  const rows = (await deps.integrations.connectedIntegrations()).filter(({ tenantId }) => held.has(tenantId ?? ''));
  const refused = rows.filter(({ connection }) => connection === 'error');
  // What is paused, switched off or refused waits because somebody wants it so, or has an alert of its own.
  const worked = rows.filter((row) => isWorkedOn(row) && row.connection !== 'error');
  const tenants = idsOf(worked);
  const opened = await deps.changes.oldestOpened(tenants);
  const followed = worked.filter(({ inEffect }) => inEffect?.settings.calendarSync);
  return {
    refused: refused.length,
    oldestChange: [...opened.values()].sort((a, b) => a.getTime() - b.getTime())[0],
    directory: await deps.cursors.leastVerified(tenants),
    calendars: await deps.calendars.leastVerified(idsOf(followed)),
    ends: await deps.subscriptions.nextEnds(idsOf(rows)),
  };
}

function isWorkedOn({ settings, pausedAt, inEffect }: IntegrationRow): boolean {
  return isSyncOn({ settings, pausedAt }) && settings.teamSync && inEffect !== null;
}

function idsOf(rows: readonly IntegrationRow[]): string[] {
  return rows.flatMap(({ tenantId }) => tenantId ?? []);
}
