import { z } from 'zod';
import { connectMicrosoft, openServices, type Services } from '../../../src/compose.js';
import type { Config } from '../../../src/config/config.js';
import { parseConfig } from '../../../src/config/parse-config.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { wholeOption } from '../../stage/options.js';
import { withBenchDatabase } from '../bench-database.js';
import { BENCH_TIMES } from '../children/running-service.js';
import { type Child, startChild } from '../children/start-child.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { measureRounds } from '../rounds.js';
import { plainBatches } from './plain-batches.js';

const DEFAULTS = { subscriptions: 5_000, tenants: 20, rounds: 3 };
/** What Graph grants an application in a tenant: 1,000 writes of subscriptions in 20 s (docs/graph-facts.md). */
const WRITES_A_SECOND = 50;
/** Below Graph's limit costs a fifth; the list of what Graph holds and the rows are in the rest. */
const GOALS = { toLimit: 1.5, toShare: 3 };
/** Where many tenants allow more at once than one process can do: so many times plain PATCHes, which keep nothing. */
const KEEPING = 4;

/** Below so many a minute chance alone makes one minute busier than another. */
const LEAST_SHARE = 10;

const toldSchema = z.object({
  ...{ url: z.string(), control: z.string(), clientId: z.string(), clientSecret: z.string() },
  notificationUrl: z.string(),
  tenants: z.array(z.object({ id: z.string(), mailboxes: z.array(z.string()) })),
});
const answersSchema = z.object({ answers: z.record(z.string(), z.number()) });
const madeSchema = z.object({ id: z.string(), resource: z.string(), expirationDateTime: z.string() });

type Told = z.infer<typeof toldSchema>;
type Made = { readonly tenantId: string; readonly id: string; readonly resource: string; readonly expiresAt: Date };

/** Everything that ends soon, renewed by the script's own way, against the same PATCHes by plain fetch. */
export const renewalBench: Bench = {
  name: 'renewal',
  about: 'subscriptions renewed by $batch [--subscriptions 5000] [--tenants 20] [--rounds 3]',
  run: (deps) =>
    withBenchDatabase(deps, async ({ uri, version }) => {
      const count = wholeOption(deps.args, 'subscriptions', DEFAULTS.subscriptions);
      const tenants = wholeOption(deps.args, 'tenants', DEFAULTS.tenants);
      // Not everybody has a mailbox.
      const people = Math.ceil((count / tenants) * 1.5) + 20;
      deps.say(`${tenants} tenants of ${people} people`);
      const args = [tenants, people].map(String);
      const child = await startChild('serve-tenants', { args, inherit: deps.environment });
      try {
        const told = toldSchema.parse(child.told);
        const config = configOf(told, uri);
        const services = await openServices(config, { log: createLog('silent'), path: '' });
        try {
          return await measure(deps, { child, told, config, services, count, version });
        } finally {
          await services.close();
        }
      } finally {
        await child.stop();
      }
    }),
};

function configOf({ url, clientId, clientSecret, notificationUrl }: Told, mongodbUri: string): Config {
  return parseConfig({
    ...{ AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret, AZURE_AUTHORITY_HOST: url, GRAPH_BASE_URL: url },
    ...{ PUBLIC_URL: notificationUrl, MONGODB_URI: mongodbUri, LOG_LEVEL: 'silent' },
    ...{ APP_SECRET: 'a-secret-for-benchmarks-that-is-long-enough', ...BENCH_TIMES },
  });
}

interface Given {
  readonly child: Child;
  readonly told: Told;
  readonly config: Config;
  readonly services: Services;
  readonly count: number;
  readonly version: string;
}

async function measure(deps: BenchDeps, given: Given): Promise<BenchReport> {
  const { child, told, services, count, version } = given;
  const made = await subscribe(given);
  deps.say(`${made.length} subscriptions made`);
  const rounds = wholeOption(deps.args, 'rounds', DEFAULTS.rounds);
  const { subscriptions } = connectMicrosoft(services, given.config);
  let failed = 0;
  const candidates = await measureRounds(
    {
      floor: async () => timed(given, () => unthrottled(child, () => plainBatches(told, made.map(renewal)))),
      ours: async () => {
        await keepRows(services, given.config, made);
        const signal = AbortSignal.timeout(HOUR_MS);
        const results: { outcome: string }[] = [];
        const tookMs = await timed(given, async () => {
          const wanted = { dueWithinMs: 8 * DAY_MS, signal, onProgress: () => {} };
          results.push(...(await subscriptions.renewDue(wanted)));
        });
        failed += count - results.filter(({ outcome }) => outcome === 'renewed').length;
        return tookMs;
      },
    },
    { rounds, random: Math.random, say: deps.say },
  );
  const throttled = answersSchema.parse(await child.ask({}, 10 * SECOND_MS)).answers['429'] ?? 0;
  const graphMs = (count / told.tenants.length / WRITES_A_SECOND) * SECOND_MS;
  const limitMs = Math.max(graphMs, KEEPING * candidates.floor.median);
  const checks = {
    ...{ subscriptions: made.length, tenants: told.tenants.length, lost: failed, throttled },
    aSecond: Math.round((count * SECOND_MS) / candidates.ours.median),
    graphSeconds: Math.round(graphMs / SECOND_MS),
    toLimit: Number((candidates.ours.median / limitMs).toFixed(3)),
    ...(await spread(services)),
  };
  const ratios = { oursToFloor: ratioOf(candidates.ours, candidates.floor), oursToPeer: null };
  const { toLimit, toShare } = GOALS;
  const goal = `within ${toLimit} of the time that Graph's limit of ${WRITES_A_SECOND} writes a second and tenant takes, or of ${KEEPING} x the floor where that is longer; nothing lost or throttled; the busiest minute of the next renewals at most ${toShare} of its share`;
  const ok = failed === 0 && throttled === 0 && checks.toLimit <= toLimit && checks.busiestToShare <= toShare;
  return { name: 'renewal', unit: 'ms', rounds, candidates, ratios, checks, goal, ok, machine: machineWith(version) };
}

/** Graph's limits count over 20 s: simulated time goes on by as much before, so that nobody pays for another. */
async function timed({ told }: Given, work: () => Promise<unknown>): Promise<number> {
  const body = JSON.stringify({ advanceMs: 21 * SECOND_MS });
  await fetch(`${told.control}/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

async function subscribe({ child, told, count }: Given): Promise<Made[]> {
  const each = Math.ceil(count / told.tenants.length);
  const url = '/subscriptions';
  const expirationDateTime = new Date(Date.now() + DAY_MS).toISOString();
  const address = {
    notificationUrl: `${told.notificationUrl}/graph/notifications`,
    lifecycleNotificationUrl: `${told.notificationUrl}/graph/lifecycle`,
  };
  const common = { changeType: 'created,updated,deleted', clientState: 'bench', expirationDateTime, ...address };
  const requests = told.tenants
    .flatMap(({ id: tenantId, mailboxes }) => mailboxes.slice(0, each).map((objectId) => ({ tenantId, objectId })))
    .slice(0, count)
    .map(({ tenantId, objectId }) => {
      return { tenantId, method: 'POST' as const, url, body: { resource: `users/${objectId}/events`, ...common } };
    });
  if (requests.length < count) throw new Error(`Only ${requests.length} mailboxes: take more people.`);
  const bodies = await unthrottled(child, () => plainBatches(told, requests));
  return bodies.map((body, index) => {
    const { id, resource, expirationDateTime: ends } = madeSchema.parse(body);
    return { tenantId: requests[index]?.tenantId ?? '', id, resource, expiresAt: new Date(ends) };
  });
}

/** Plain batches keep to no limit. */
async function unthrottled<T>(child: Child, work: () => Promise<T>): Promise<T> {
  await child.ask({ throttling: false }, 10 * SECOND_MS);
  const result = await work();
  await child.ask({ throttling: true }, 10 * SECOND_MS);
  return result;
}

function renewal({ tenantId, id }: Made) {
  const expirationDateTime = new Date(Date.now() + 10_000 * MINUTE_MS).toISOString();
  return { tenantId, method: 'PATCH' as const, url: `/subscriptions/${id}`, body: { expirationDateTime } };
}

/** Rows as an owner left them, all due. */
async function keepRows(services: Services, { notificationUrl }: Config, made: readonly Made[]): Promise<void> {
  const rows = services.store.collection('subscriptions');
  await rows.deleteMany({});
  const now = new Date();
  await rows.insertMany(
    made.map(({ tenantId, id, resource, expiresAt }) => ({
      ...{ _id: id as never, tenantId, kind: 'events', resource, subscriptionId: id, state: 'active', keyId: '0000' },
      ...{ notificationUrl: `${notificationUrl}/graph/notifications`, nonce: '', certificateId: null, expiresAt },
      ...{ renewAt: now, lastNotificationAt: null, renewedAt: null, attempts: 0, nextTryAt: null, problem: null },
      ...{ createdAt: now, updatedAt: now },
    })),
  );
}

/** The most renewals that one minute has to carry next time, and how many times its even share that is. */
async function spread(services: Services): Promise<{ busiestMinute: number; busiestToShare: number }> {
  const rows = await services.subscriptions.all();
  const minutes = new Map<number, number>();
  for (const { renewAt } of rows) {
    const minute = Math.floor((renewAt?.getTime() ?? 0) / MINUTE_MS);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  const first = Math.min(...minutes.keys());
  const share = rows.length / (Math.max(...minutes.keys()) - first + 1);
  const busiestMinute = Math.max(...minutes.values());
  return { busiestMinute, busiestToShare: Number((busiestMinute / Math.max(share, LEAST_SHARE)).toFixed(2)) };
}
