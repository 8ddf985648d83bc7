import { BY, openTenancy, type TestTenancy } from './tenancy-fixture.js';

let tenancy: TestTenancy;
beforeAll(async () => {
  tenancy = await openTenancy();
});
afterAll(() => tenancy.drop());

test('L14: a run that begins pins the settings for itself and for notifications after it', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  await tenancy.settings.setSettings(enterpriseId, { includeGuests: true }, { by: BY });
  expect(await tenancy.integrations.status(enterpriseId)).toMatchObject({ waitsForSync: true });
  const writes = await tenancy.writesOf(enterpriseId);
  const row = await tenancy.store.transaction((session) => tenancy.marks.beginRunSettings(session, enterpriseId));
  expect(row.inEffect).toEqual({ revision: row.revision, settings: row.settings });
  expect(await tenancy.integrations.getIntegration(enterpriseId)).toEqual(row);
  expect(await tenancy.writesOf(enterpriseId)).toBe(writes + 1);
  expect(await tenancy.integrations.status(enterpriseId)).toMatchObject({ waitsForSync: false });

  await tenancy.settings.setSettings(enterpriseId, { includeGuests: false }, { by: BY });
  const later = await tenancy.integrations.getIntegration(enterpriseId);
  expect(later.inEffect).toEqual(row.inEffect);
  expect(await tenancy.integrations.status(enterpriseId)).toMatchObject({ waitsForSync: true });
});

test('L13: of many who saw a due instant, one takes it', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  const { nextSyncAt: seen } = await tenancy.settings.setSettings(
    enterpriseId,
    { usersSync: true, teamSync: true },
    { by: BY },
  );
  if (seen === null) throw new Error('it is scheduled');
  const next = new Date(seen.getTime() + 86_400_000);
  const moved = await Promise.all(
    Array.from({ length: 10 }, () => tenancy.marks.moveNextSync({ enterpriseId, seen, next })),
  );
  expect(moved.filter((row) => row !== null)).toHaveLength(1);
  expect(moved.find((row) => row !== null)?.nextSyncAt).toEqual(next);
});

test('S18, E71: Last Sync moves on success only, and success ends an error', async () => {
  const { enterpriseId, tenantId } = await tenancy.aConnected();
  const end = (run: Parameters<typeof tenancy.marks.completeRun>[1]['end']) =>
    tenancy.store.transaction((session) => tenancy.marks.completeRun(session, { enterpriseId, tenantId, end: run }));
  const shown = async () => {
    const { connection, lastSyncAt, lastError } = await tenancy.integrations.getIntegration(enterpriseId);
    return { connection, lastSyncAt, code: lastError?.code ?? null };
  };
  const firstAt = tenancy.clock.now();
  await end({ outcome: 'updated' });
  expect(await shown()).toEqual({ connection: 'connected', lastSyncAt: firstAt, code: null });
  await tenancy.clock.advance(1_000);
  await end({ outcome: 'failed', code: 'network', message: 'No answer.' });
  expect(await shown()).toEqual({ connection: 'connected', lastSyncAt: firstAt, code: 'network' });
  await end({ outcome: 'failed', code: 'app_not_consented', message: 'Consent is gone.' });
  expect(await shown()).toEqual({ connection: 'error', lastSyncAt: firstAt, code: 'app_not_consented' });
  await end({ outcome: 'cancelled' });
  await end({ outcome: 'skipped' });
  expect(await shown()).toEqual({ connection: 'error', lastSyncAt: firstAt, code: 'app_not_consented' });
  await end({ outcome: 'updated' });
  expect(await shown()).toEqual({ connection: 'connected', lastSyncAt: tenancy.clock.now(), code: null });
});

test('E78: a run that ends after its tenant was disconnected leaves no mark', async () => {
  const { enterpriseId, tenantId } = await tenancy.aConnected();
  const gone = await tenancy.integrations.disconnect(enterpriseId, BY);
  await tenancy.store.transaction((session) =>
    tenancy.marks.completeRun(session, { enterpriseId, tenantId, end: { outcome: 'updated' } }),
  );
  expect(await tenancy.integrations.getIntegration(enterpriseId)).toEqual(gone);
});
