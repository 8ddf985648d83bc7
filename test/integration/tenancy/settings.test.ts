import { randomUUID } from 'node:crypto';
import { raiseFence } from '../../../src/store/fence.js';
import type { SettingsPatch } from '../../../src/tenancy/settings/integration-settings.js';
import { BY, openTenancy, type TestTenancy } from './tenancy-fixture.js';

let tenancy: TestTenancy;
beforeAll(async () => {
  tenancy = await openTenancy();
});
afterAll(() => tenancy.drop());

function save(enterpriseId: string, patch: SettingsPatch, revision?: number) {
  return tenancy.settings.setSettings(enterpriseId, patch, { by: BY, ...(revision === undefined ? {} : { revision }) });
}

test('a change is merged, raises the revision and the fence, and tells the audit log what differed', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  const before = await tenancy.integrations.getIntegration(enterpriseId);
  const writes = await tenancy.writesOf(enterpriseId);
  const row = await save(enterpriseId, { frequency: 'weekly', dayOfWeek: 1, fields: { country: 'usageLocation' } });
  expect(row.revision).toBe(before.revision + 1);
  expect(row.settings).toEqual({
    ...before.settings,
    frequency: 'weekly',
    dayOfWeek: 1,
    fields: { ...before.settings.fields, country: 'usageLocation' },
  });
  expect(await tenancy.writesOf(enterpriseId)).toBe(writes + 1);
  expect(await tenancy.settings.listChanges(enterpriseId)).toContainEqual(
    expect.objectContaining({
      who: BY,
      what: 'settings.changed',
      before: { frequency: 'daily', dayOfWeek: 0, 'fields.country': 'country' },
      after: { frequency: 'weekly', dayOfWeek: 1, 'fields.country': 'usageLocation' },
      at: tenancy.clock.now(),
    }),
  );
});

test('saving what is there already leaves no trace', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  const before = await tenancy.integrations.getIntegration(enterpriseId);
  const audited = (await tenancy.audit(enterpriseId)).length;
  expect(await save(enterpriseId, { frequency: 'daily', fields: { email: 'mail' } })).toEqual(before);
  expect(await save(enterpriseId, {})).toEqual(before);
  expect(await tenancy.audit(enterpriseId)).toHaveLength(audited);
});

test.each<[unknown, string, string]>([
  [{ frequency: 'hourly' }, 'frequency', 'daily or weekly or monthly'],
  [{ time: '24:00' }, 'time', 'HH:MM'],
  [{ time: '25:00' }, 'time', 'HH:MM'],
  [{ time: '2:30' }, 'time', 'HH:MM'],
  [{ zone: 'Mars/Olympus' }, 'zone', 'IANA'],
  [{ dayOfWeek: 7 }, 'dayOfWeek', 'from 0 to 6'],
  [{ dayOfWeek: -1 }, 'dayOfWeek', 'from 0 to 6'],
  [{ dayOfMonth: 0 }, 'dayOfMonth', 'from 1 to 31'],
  [{ dayOfMonth: 32 }, 'dayOfMonth', 'from 1 to 31'],
  [{ dayOfMonth: 1.5 }, 'dayOfMonth', 'from 1 to 31'],
  [{ groupChanges: 'later' }, 'groupChanges', 'next_sync'],
  [{ usersSync: 'on' }, 'usersSync', 'true or false'],
  [{ removalBrakePercent: 101 }, 'removalBrakePercent', 'from 1 to 100'],
  [{ fields: { email: null } }, 'fields.email', 'is mandatory'],
  [{ fields: { country: 'jobTitle' } }, 'fields.country', 'no attribute on offer'],
  [{ fields: { nickname: 'givenName' } }, 'fields.nickname', 'is no setting'],
  [{ mappings: [] }, 'mappings', 'is no setting'],
  [{ $set: { tenantId: 'x' } }, '$set', 'is no setting'],
  [null, '', ''],
])('bad input: %j is refused, and nothing is written', async (patch, field, mend) => {
  const { enterpriseId } = await tenancy.aConnected();
  const before = await tenancy.integrations.getIntegration(enterpriseId);
  const audited = await tenancy.audit(enterpriseId);
  // What comes from outside may be of any shape.
  const saved = save(enterpriseId, patch as SettingsPatch);
  await expect(saved).rejects.toMatchObject({ code: 'invalid_input', field, status: 400 });
  await expect(saved).rejects.toThrow(mend);
  expect(await tenancy.integrations.getIntegration(enterpriseId)).toEqual(before);
  expect(await tenancy.audit(enterpriseId)).toEqual(audited);
});

test('S12: settings and mappings are locked, with the reason, until a tenant is entered', async () => {
  const enterpriseId = await tenancy.anEnterprise();
  const mapping = tenancy.mappings.mapTeam(enterpriseId, { groupId: randomUUID(), teamId: 'any' }, BY);
  await expect(mapping).rejects.toMatchObject({ code: 'not_connected', status: 409 });
  await expect(save(enterpriseId, { usersSync: true })).rejects.toThrow('Connect your Tenant GUID first');
  await expect(save(enterpriseId, { usersSync: true })).rejects.toMatchObject({ code: 'not_connected', status: 409 });
});

test('a save on settings that somebody else changed meanwhile is refused', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  const { revision } = await save(enterpriseId, { time: '01:00' });
  await save(enterpriseId, { time: '02:00' }, revision);
  const late = save(enterpriseId, { time: '03:00' }, revision);
  await expect(late).rejects.toMatchObject({ code: 'changed_meanwhile', status: 409 });
});

test('of many changes at once none is lost', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  const { revision } = await tenancy.integrations.getIntegration(enterpriseId);
  await Promise.all([
    save(enterpriseId, { usersSync: true }),
    save(enterpriseId, { teamSync: true }),
    save(enterpriseId, { time: '03:15' }),
    save(enterpriseId, { includeGuests: true }),
    save(enterpriseId, { fields: { mobilePhone: 'businessPhones' } }),
    save(enterpriseId, { fields: { lastName: null } }),
  ]);
  const row = await tenancy.integrations.getIntegration(enterpriseId);
  expect(row.revision).toBe(revision + 6);
  expect(row.settings).toMatchObject({ usersSync: true, teamSync: true, time: '03:15', includeGuests: true });
  expect(row.settings.fields).toMatchObject({ mobilePhone: 'businessPhones', lastName: null });
  expect(row.nextSyncAt).not.toBeNull();
});

test.each([
  [{ usersSync: false, teamSync: true }, 'connected', null],
  [{ usersSync: true, teamSync: false }, 'connected', null],
  [{ usersSync: true, teamSync: true }, 'awaiting_consent', null],
  [{ usersSync: true, teamSync: true }, 'connected', '2026-09-01T14:30:00.000Z'],
  [{ usersSync: true, teamSync: true }, 'error', '2026-09-01T14:30:00.000Z'],
] as const)('S13, S14, S19: with %j and %s Next Sync is %s', async (toggles, connection, nextSyncAt) => {
  const { enterpriseId } = await tenancy.aConnected();
  await tenancy.put(enterpriseId, { connection });
  const row = await save(enterpriseId, { ...toggles, time: '02:30' });
  expect(row.nextSyncAt?.toISOString() ?? null).toBe(nextSyncAt);
});

test('S15, S16, E66: frequency, time and zone move Next Sync at once; another setting leaves a due instant alone', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  const next = async (patch: SettingsPatch) => (await save(enterpriseId, patch)).nextSyncAt?.toISOString();
  expect(await next({ usersSync: true, teamSync: true, time: '02:30' })).toBe('2026-09-01T14:30:00.000Z');
  expect(await next({ frequency: 'weekly', dayOfWeek: 0 })).toBe('2026-09-05T14:30:00.000Z');
  expect(await next({ frequency: 'monthly', dayOfMonth: 31 })).toBe('2026-09-29T13:30:00.000Z');
  expect(await next({ zone: 'UTC' })).toBe('2026-09-30T02:30:00.000Z');
  const due = new Date('2026-08-31T02:30:00.000Z');
  await tenancy.put(enterpriseId, { nextSyncAt: due });
  expect(await next({ includeGuests: true })).toBe(due.toISOString());
  expect(await next({ usersSync: false })).toBeUndefined();
});

test('a group is mapped to teams of the own enterprise only, each pair once', async () => {
  const [ours, theirs] = [await tenancy.aConnected(), await tenancy.aConnected()];
  const groupId = randomUUID();
  const { revision } = await tenancy.integrations.getIntegration(ours.enterpriseId);
  const mapTeam = (teamId: string) =>
    tenancy.mappings.mapTeam(ours.enterpriseId, { groupId: ` {${groupId.toUpperCase()}}`, groupName: 'N', teamId }, BY);
  const mapping = await mapTeam(ours.teamId);
  expect(mapping).toMatchObject({ groupId, groupName: 'N', organisationId: ours.organisationId, priority: 1 });
  expect((await tenancy.integrations.getIntegration(ours.enterpriseId)).revision).toBe(revision + 1);
  await expect(mapTeam(ours.teamId)).rejects.toMatchObject({ code: 'mapping_exists', status: 409 });
  await expect(mapTeam(theirs.teamId)).rejects.toMatchObject({ code: 'team_not_found', status: 404 });
  const wrong = tenancy.mappings.mapTeam(ours.enterpriseId, { groupId: 'All staff', teamId: ours.teamId }, BY);
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_input', field: 'groupId' });
});

test('of many who map the same pair at once, one does', async () => {
  const { enterpriseId, teamId } = await tenancy.aConnected();
  const groupId = randomUUID();
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, () => tenancy.mappings.mapTeam(enterpriseId, { groupId, teamId }, BY)),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect(await tenancy.mappings.listMappings(enterpriseId)).toHaveLength(1);
});

test('mappings are listed in the order that decides, and removed by id or by what they map', async () => {
  const { enterpriseId, teamId } = await tenancy.aConnected();
  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
  await tenancy.mappings.mapTeam(enterpriseId, { groupId: a, teamId, priority: 5 }, BY);
  const second = await tenancy.mappings.mapTeam(enterpriseId, { groupId: b, teamId }, BY);
  await tenancy.mappings.mapTeam(enterpriseId, { groupId: c, teamId, priority: 0 }, BY);
  const groups = async () => (await tenancy.mappings.listMappings(enterpriseId)).map((mapping) => mapping.groupId);
  expect(await groups()).toEqual([c, a, b]);
  await tenancy.mappings.unmapTeam(enterpriseId, { groupId: a.toUpperCase(), teamId }, BY);
  await tenancy.mappings.unmapTeam(enterpriseId, { id: second.id }, BY);
  expect(await groups()).toEqual([c]);
  const again = tenancy.mappings.unmapTeam(enterpriseId, { id: second.id }, BY);
  await expect(again).rejects.toMatchObject({ code: 'mapping_not_found', status: 404 });
});

test('starting with one team is refused while people of the tenant are there, whatever is left of their run', async () => {
  const { enterpriseId, teamId, tenantId } = await tenancy.aConnected();
  await tenancy.mappings.mapTeam(enterpriseId, { groupId: randomUUID(), teamId }, BY);
  await tenancy.link({ enterpriseId, tenantId: randomUUID() });
  await save(enterpriseId, { startWithTeam: teamId });
  await save(enterpriseId, { startWithTeam: null });

  await tenancy.link({ enterpriseId, tenantId });
  const before = await tenancy.integrations.getIntegration(enterpriseId);
  expect(before).toMatchObject({ inEffect: null, firstSyncAt: null });
  const refused = { code: 'already_started', status: 409, field: 'startWithTeam' };
  await expect(save(enterpriseId, { startWithTeam: teamId })).rejects.toMatchObject(refused);
  expect(await tenancy.integrations.getIntegration(enterpriseId)).toEqual(before);
});

test('a start with one team ends with its last mapping, and with the tenant whose groups were mapped', async () => {
  const { enterpriseId, teamId, tenantId } = await tenancy.aConnected();
  const map = () => tenancy.mappings.mapTeam(enterpriseId, { groupId: randomUUID(), teamId }, BY);
  const start = async () => (await tenancy.integrations.getIntegration(enterpriseId)).settings.startWithTeam;
  const [first, last] = [await map(), await map()];
  await save(enterpriseId, { startWithTeam: teamId });
  await tenancy.mappings.unmapTeam(enterpriseId, { id: first.id }, BY);
  expect(await start()).toBe(teamId);
  await tenancy.mappings.unmapTeam(enterpriseId, { id: last.id }, BY);
  expect(await start()).toBeNull();
  const change = { before: expect.objectContaining({ startWithTeam: teamId }), after: { startWithTeam: null } };
  expect((await tenancy.audit(enterpriseId)).at(-1)).toMatchObject({ what: 'mapping.removed', ...change });

  await map();
  await save(enterpriseId, { startWithTeam: teamId });
  const wanted = { tenantText: randomUUID(), by: BY, changeTenant: true };
  expect((await tenancy.integrations.setTenant(enterpriseId, wanted)).settings).toMatchObject({
    mappings: [],
    startWithTeam: null,
  });
  expect((await tenancy.audit(enterpriseId)).at(-1)).toMatchObject({
    what: 'tenant.entered',
    before: { tenantId, startWithTeam: teamId },
    after: { tenantId: wanted.tenantText, mappingsCleared: 1, startWithTeam: null },
  });
});

test('while a killed process still holds the enterprise, whoever saves is told to try again', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  const { store } = tenancy;
  const left = store.client.startSession();
  left.startTransaction();
  await raiseFence(store, left, enterpriseId);
  const busy = { code: 'enterprise_busy', status: 503 };
  await expect(save(enterpriseId, { frequency: 'weekly' })).rejects.toMatchObject(busy);
  await left.abortTransaction();
  await left.endSession();
  expect((await save(enterpriseId, { frequency: 'weekly' })).settings.frequency).toBe('weekly');
});
