import { createGate, FRESH_MS } from '../../../src/sync/may-work.js';
import type { Owner } from '../../../src/sync/owner.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

let database: TestStore;
beforeAll(async () => {
  database = await openTestStore();
});
afterAll(() => database?.drop());

test('L14: what a run has put in effect is in scope at once, although settings are looked at now and then only', async () => {
  const { store } = database;
  const clock = createManualClock();
  const gate = createGate({ store, clock, openRun: async () => null });
  const owner = { enterpriseId: 'kiwi-power', tenantId: 'tenant' } as Owner;
  const rows = store.collection<{ _id: string; settings: object }>('integrations');
  await rows.insertOne({ _id: owner.enterpriseId, settings: { usersSync: false } });
  const settings = { usersSync: true, teamSync: true, mappings: [{ id: 'm', groupId: 'field-crew', teamId: 'north' }] };
  expect(await gate.isOpen(owner)).toBe(false);
  expect(await gate.mapped(owner)).toBeNull();

  await rows.updateOne({ _id: owner.enterpriseId }, { $set: { settings, inEffect: { revision: 2, settings } } });
  expect(await gate.isOpen(owner)).toBe(false);
  expect(await gate.mapped(owner)).toMatchObject({ revision: 2, groupIds: ['field-crew'] });
  await rows.updateOne({ _id: owner.enterpriseId }, { $set: { 'settings.usersSync': false } });
  expect(await gate.isOpen(owner)).toBe(true);
  await clock.advance(FRESH_MS);
  expect(await gate.isOpen(owner)).toBe(false);
});
