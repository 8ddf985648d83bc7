import { createChanges } from '../../../src/changes/create-changes.js';
import { manualNote } from '../../../src/changes/merge-notes.js';
import { measureLag } from '../../../src/http/tenant-lag.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { createLog } from '../../../src/kernel/log.js';
import { createMetrics } from '../../../src/kernel/metrics.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

let database: TestStore;
beforeAll(async () => {
  database = await openTestStore();
});
afterAll(() => database?.drop());

test('however many tenants wait, twenty are told apart, those that wait longest', async () => {
  const clock = createManualClock();
  const changes = createChanges({ store: database.store, clock, chance: systemChance });
  const tenants = Array.from({ length: 30 }, () => systemChance.guid());
  // The first has waited longest; the last five have nothing open.
  for (const tenantId of tenants.slice(0, 25)) {
    await changes.note([manualNote({ tenantId, objectId: systemChance.guid() })]);
    await clock.advance(1_000);
  }
  const metrics = createMetrics();
  measureLag({ metrics, changes, clock, log: createLog('silent'), held: () => [...tenants].reverse() });
  const lines = (await metrics.metrics()).split('\n').filter((line) => line.startsWith('tenant_lag_seconds{'));
  const told = lines.map((line) => /tenant="([^"]+)"\} (\d+)/.exec(line)?.slice(1) ?? []);
  expect(told).toEqual(tenants.slice(0, 20).map((tenant, index) => [tenant, String(25 - index)]));
});
