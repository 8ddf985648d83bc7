import { openServices, type Services } from '../../../src/compose.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { DAY_MS, systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { pruneHistory } from '../../../src/reconciliation/history/prune-history.js';
import { NO_ENTERPRISE } from '../../../src/store/audit-log.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';
import { parse } from '../../unit/config/environment-fixture.js';

const NOW = systemClock.nowMs();
const HISTORY_DAYS = 30;

let database: TestStore;
let services: Services;

beforeAll(async () => {
  database = await openTestStore();
  const config = parse({ MONGODB_URI: database.uri });
  services = await openServices(config, { log: createLog('silent'), path: '' });
});

afterAll(async () => {
  await services.close();
  await database.drop();
});

beforeEach(async () => {
  const names = ['enterprises', 'runs', 'runItems', 'runProblems', 'ledger', 'settingsChanges'];
  for (const name of names) await rows(name).deleteMany({});
  await rows('enterprises').insertMany([{ _id: 'acme' }, { _id: 'beta' }]);
});

function rows(name: string) {
  return services.store.collection<{ _id: string; [field: string]: unknown }>(name);
}

function daysAgo(days: number): Date {
  return new Date(NOW - days * DAY_MS);
}

async function idsIn(name: string): Promise<string[]> {
  return (await rows(name).distinct('_id')).sort();
}

function prune({ batch = 1_000, withinMs = 60_000, historyDays = HISTORY_DAYS } = {}) {
  const { store } = services;
  const clock = { ...systemClock, now: () => new Date(NOW), nowMs: () => NOW };
  return pruneHistory({ store, clock, chance: systemChance }, { historyDays, withinMs, batch });
}

test('history beyond its days goes in every enterprise, and a day less stays', async () => {
  for (const name of ['ledger', 'settingsChanges']) {
    await rows(name).insertMany([
      { _id: 'old', enterpriseId: 'acme', at: daysAgo(31) },
      { _id: 'old-beta', enterpriseId: 'beta', at: daysAgo(31) },
      { _id: 'young', enterpriseId: 'acme', at: daysAgo(29) },
    ]);
  }
  expect(await prune()).toEqual({ runs: 0, runItems: 0, ledger: 2, settings: 2 });
  expect(await idsIn('ledger')).toEqual(['young']);
  expect(await idsIn('settingsChanges')).toEqual(['young']);
});

test('what operators over all enterprises did is no older than the rest', async () => {
  await rows('settingsChanges').insertMany([
    { _id: 'old', enterpriseId: NO_ENTERPRISE, at: daysAgo(31) },
    { _id: 'young', enterpriseId: NO_ENTERPRISE, at: daysAgo(29) },
  ]);
  expect(await prune()).toMatchObject({ settings: 1 });
  expect(await idsIn('settingsChanges')).toEqual(['young']);
});

test('a run goes with its items and problems; one that has not ended, or ended later, stays with all of it', async () => {
  const of = { enterpriseId: 'acme', requestedAt: daysAgo(40) };
  await rows('runs').insertMany([
    { _id: 'ended', ...of, status: 'succeeded', finishedAt: daysAgo(40) },
    { _id: 'open', ...of, status: 'running', open: true, finishedAt: null },
    { _id: 'long', ...of, status: 'failed', finishedAt: daysAgo(29) },
  ]);
  for (const runId of ['ended', 'open', 'long']) {
    await rows('runItems').insertMany([1, 2, 3].map((n) => ({ _id: `${runId}:${n}`, runId, position: n })));
    await rows('runProblems').insertOne({ _id: `${runId}:p`, runId, enterpriseId: 'acme' });
  }
  expect(await prune({ batch: 2 })).toMatchObject({ runs: 1, runItems: 4 });
  expect(await idsIn('runs')).toEqual(['long', 'open']);
  expect(await rows('runItems').distinct('runId')).toEqual(['long', 'open']);
  expect(await idsIn('runProblems')).toEqual(['long:p', 'open:p']);
});

test('without time nothing is begun, and what is left goes the next time, however small the batches', async () => {
  const old = Array.from({ length: 25 }, (_, n) => ({ _id: `old-${n}`, enterpriseId: 'acme', at: daysAgo(40) }));
  await rows('ledger').insertMany(old);
  expect(await prune({ withinMs: 0 })).toMatchObject({ ledger: 0 });
  expect(await rows('ledger').countDocuments({})).toBe(25);
  expect(await prune({ batch: 4 })).toMatchObject({ ledger: 25 });
  expect(await prune({ batch: 4 })).toEqual({ runs: 0, runItems: 0, ledger: 0, settings: 0 });
});

test('the service prunes by itself, by its own setting', async () => {
  const stack = await startStack({ env: { HISTORY_DAYS: '40' } });
  try {
    const { store } = stack.services;
    const ledger = store.collection<{ _id: string }>('ledger');
    const of = { enterpriseId: stack.enterpriseId };
    await ledger.insertMany([
      { _id: 'old', ...of, at: new Date(Date.now() - 41 * DAY_MS) } as { _id: string },
      { _id: 'young', ...of, at: new Date(Date.now() - 39 * DAY_MS) } as { _id: string },
    ]);
    const isGone = async () => {
      // The alarm clock rings every 10 minutes: here it is due at once, unless it is at it.
      await store.collection('agendaJobs').updateOne({ name: 'prune' }, { $set: { nextRunAt: new Date() } });
      return (await ledger.countDocuments({ _id: 'old' })) === 0;
    };
    await waitFor(isGone, { message: 'the old entry stays' });
    expect(await ledger.countDocuments({ _id: 'young' })).toBe(1);
  } finally {
    await stack.close();
  }
});
