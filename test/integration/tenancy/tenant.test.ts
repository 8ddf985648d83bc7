import { randomUUID } from 'node:crypto';
import { UNPROVEN_CLAIM_MS } from '../../../src/tenancy/integrations.js';
import { BY, openTenancy, type TestTenancy } from './tenancy-fixture.js';

let tenancy: TestTenancy;
beforeAll(async () => {
  tenancy = await openTenancy();
});
afterAll(() => tenancy.drop());

test.each([(guid: string) => ` ${guid}\n`, (guid: string) => `{${guid}}`, (guid: string) => guid.toUpperCase()])(
  'S10, E73: a Tenant GUID is accepted as people paste it (%#)',
  async (spelling) => {
    const enterpriseId = await tenancy.anEnterprise();
    const tenantId = randomUUID();
    const row = await tenancy.integrations.setTenant(enterpriseId, { tenantText: spelling(tenantId), by: BY });
    expect(row).toMatchObject({ tenantId, connection: 'awaiting_proof', proof: null, nextSyncAt: null });
    expect(await tenancy.integrations.ofTenant(tenantId)).toEqual(row);
  },
);

test.each([
  ['', 'is required'],
  ['00000000-0000-0000-0000-000000000000', 'all zeros'],
  ['contoso.onmicrosoft.com', 'looks like a domain; paste the Tenant ID'],
  ['admin@contoso.com', 'looks like a domain; paste the Tenant ID'],
  ['https://login.microsoftonline.com/contoso', 'looks like a web address; paste the Tenant ID'],
  ['12345678-90ab-cdef-1234-567890abcde', 'is no GUID'],
  ['Contoso', 'is no GUID'],
])('S10, E73: "%s" is refused as a Tenant GUID, with a hint', async (text, mend) => {
  const enterpriseId = await tenancy.anEnterprise();
  const entered = tenancy.integrations.setTenant(enterpriseId, { tenantText: text, by: BY });
  await expect(entered).rejects.toMatchObject({ code: 'invalid_tenant', field: 'tenantId' });
  await expect(entered).rejects.toThrow(mend);
  await expect(entered).rejects.toThrow('Identity, Overview, Tenant ID');
  expect(await tenancy.integrations.getIntegration(enterpriseId)).toMatchObject({ tenantId: null, revision: 1 });
});

test('E76: of many enterprises that enter one tenant at once, one gets it, and nobody learns who', async () => {
  const tenantId = randomUUID();
  const enterpriseIds = await Promise.all(Array.from({ length: 6 }, () => tenancy.anEnterprise()));
  const results = await Promise.allSettled(
    enterpriseIds.map((enterpriseId) => tenancy.integrations.setTenant(enterpriseId, { tenantText: tenantId, by: BY })),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status !== 'rejected') continue;
    expect(result.reason).toMatchObject({ code: 'tenant_taken', status: 409 });
    for (const enterpriseId of enterpriseIds) expect(result.reason.message).not.toContain(enterpriseId);
  }
});

test('E76: a tenant that nobody proves gives way after a while, a proven one never', async () => {
  const [squatter, owner, third] = await Promise.all([1, 2, 3].map(() => tenancy.anEnterprise()));
  if (!squatter || !owner || !third) throw new Error('three enterprises');
  const tenantId = randomUUID();
  await tenancy.integrations.setTenant(squatter, { tenantText: tenantId, by: BY });
  const early = tenancy.integrations.setTenant(owner, { tenantText: tenantId, by: BY });
  await expect(early).rejects.toMatchObject({ code: 'tenant_taken' });

  await tenancy.clock.advance(UNPROVEN_CLAIM_MS);
  await tenancy.integrations.setTenant(owner, { tenantText: tenantId, by: BY });
  expect(await tenancy.integrations.getIntegration(squatter)).toMatchObject({
    tenantId: null,
    connection: 'not_connected',
  });
  expect(await tenancy.audit(squatter)).toContainEqual(expect.objectContaining({ what: 'tenant.claim_lapsed' }));

  await tenancy.put(owner, { proof: { by: 'attestation', at: tenancy.clock.now(), reason: 'test' } });
  await tenancy.clock.advance(100 * UNPROVEN_CLAIM_MS);
  const late = tenancy.integrations.setTenant(third, { tenantText: tenantId, by: BY });
  await expect(late).rejects.toMatchObject({ code: 'tenant_taken' });
});

/** A connected enterprise with a mapping, a schedule and a first sync. */
async function atWork() {
  const connected = await tenancy.aConnected();
  const { enterpriseId, teamId } = connected;
  await tenancy.mappings.mapTeam(enterpriseId, { groupId: randomUUID(), teamId }, BY);
  await tenancy.settings.setSettings(enterpriseId, { usersSync: true, teamSync: true }, { by: BY });
  await tenancy.put(enterpriseId, { lastSyncAt: tenancy.clock.now() });
  return { ...connected, before: await tenancy.integrations.getIntegration(enterpriseId) };
}

test('E77: entering the same tenant again changes nothing', async () => {
  const { enterpriseId, tenantId, before } = await atWork();
  expect(before.nextSyncAt).not.toBeNull();
  expect(await tenancy.integrations.tenantChange(enterpriseId, `{${tenantId}}`)).toBeNull();
  const same = { tenantText: tenantId.toUpperCase(), by: BY };
  expect(await tenancy.integrations.setTenant(enterpriseId, same)).toEqual(before);
});

test('E77: another tenant is told what it would end, and nothing is saved before that is confirmed', async () => {
  const { enterpriseId, tenantId, before } = await atWork();
  const audited = await tenancy.audit(enterpriseId);
  const to = randomUUID();
  const change = await tenancy.integrations.tenantChange(enterpriseId, to);
  expect(change).toMatchObject({ from: tenantId, to, mappingsCleared: 1 });
  const entered = tenancy.integrations.setTenant(enterpriseId, { tenantText: to, by: BY });
  await expect(entered).rejects.toMatchObject({ code: 'tenant_change_unconfirmed', status: 409, field: 'tenantId' });
  for (const told of [
    'clears 1 team mapping',
    'stay as they are',
    'duplicate_email',
    '--change-tenant',
    '--calendar-activities cancel',
  ])
    await expect(entered).rejects.toThrow(told);
  expect(await tenancy.integrations.getIntegration(enterpriseId)).toEqual(before);
  expect(await tenancy.audit(enterpriseId)).toEqual(audited);
});

test('E77: another tenant ends the connection and clears the mappings once it is confirmed', async () => {
  const { enterpriseId, tenantId, before } = await atWork();
  const wanted = { tenantText: randomUUID(), by: BY, changeTenant: true };
  const changed = await tenancy.integrations.setTenant(enterpriseId, wanted);
  expect(changed).toMatchObject({ connection: 'awaiting_proof', proof: null, inEffect: null, lastSyncAt: null });
  expect(changed.nextSyncAt).toBeNull();
  expect(changed.settings.mappings).toEqual([]);
  expect(changed.revision).toBe(before.revision + 1);
  expect(await tenancy.audit(enterpriseId)).toContainEqual(
    expect.objectContaining({
      what: 'tenant.entered',
      before: { tenantId },
      after: { tenantId: changed.tenantId, mappingsCleared: 1, calendarActivities: 'keep' },
    }),
  );
});

test('E77: a Tenant GUID that was mistyped and never connected is corrected without a question', async () => {
  const enterpriseId = await tenancy.anEnterprise();
  await tenancy.integrations.setTenant(enterpriseId, { tenantText: randomUUID(), by: BY });
  const tenantText = randomUUID();
  expect(await tenancy.integrations.setTenant(enterpriseId, { tenantText, by: BY })).toMatchObject({
    tenantId: tenantText,
  });
});

test('E78: disconnecting stops the schedule, keeps mappings and frees the tenant; the same tenant finds its mappings again', async () => {
  const { enterpriseId, teamId, tenantId } = await tenancy.aConnected();
  await tenancy.mappings.mapTeam(enterpriseId, { groupId: randomUUID(), teamId }, BY);
  await tenancy.settings.setSettings(enterpriseId, { usersSync: true, teamSync: true }, { by: BY });
  const gone = await tenancy.integrations.disconnect(enterpriseId, BY);
  expect(gone).toMatchObject({ tenantId: null, connection: 'not_connected', proof: null, nextSyncAt: null });
  expect(gone.settings.mappings).toHaveLength(1);
  expect(await tenancy.integrations.disconnect(enterpriseId, BY)).toEqual(gone);

  const back = await tenancy.integrations.setTenant(enterpriseId, { tenantText: tenantId, by: BY });
  expect(back.connection).toBe('awaiting_proof');
  expect(back.settings.mappings).toHaveLength(1);

  await tenancy.integrations.disconnect(enterpriseId, BY);
  const another = { tenantText: randomUUID(), by: BY };
  await expect(tenancy.integrations.setTenant(enterpriseId, another)).rejects.toThrow('clears 1 team mapping');
  const other = await tenancy.integrations.setTenant(enterpriseId, { ...another, changeTenant: true });
  expect(other.settings.mappings).toEqual([]);
  await tenancy.integrations.setTenant(await tenancy.anEnterprise(), { tenantText: tenantId, by: BY });
});

test('E76, E78: a tenant whose people another enterprise keeps is refused, also after it was disconnected', async () => {
  const former = await tenancy.aConnected();
  await tenancy.link(former);
  await tenancy.integrations.disconnect(former.enterpriseId, BY);
  const wanted = { tenantText: former.tenantId, by: BY };
  const refused = tenancy.integrations.setTenant(await tenancy.anEnterprise(), wanted);
  await expect(refused).rejects.toMatchObject({ code: 'tenant_taken', status: 409, field: 'tenantId' });
  await expect(refused).rejects.toThrow('Contact GetHomeSafe support');
  await tenancy.link({ ...former, tenantId: randomUUID() });
  expect(await tenancy.integrations.setTenant(former.enterpriseId, wanted)).toMatchObject({
    tenantId: former.tenantId,
    connection: 'awaiting_proof',
  });
});

test('pausing takes Next Sync away and resuming gives it back', async () => {
  const { enterpriseId } = await tenancy.aConnected();
  await tenancy.settings.setSettings(enterpriseId, { usersSync: true, teamSync: true }, { by: BY });
  await tenancy.integrations.pause(enterpriseId, BY);
  expect(await tenancy.integrations.status(enterpriseId)).toMatchObject({ paused: true, nextSyncAt: null });
  await tenancy.integrations.resume(enterpriseId, BY);
  const status = await tenancy.integrations.status(enterpriseId);
  expect(status.paused).toBe(false);
  expect(status.nextSyncAt).not.toBeNull();
});

test('workers see the connected ones and those in error only', async () => {
  const [connected, failing, waiting] = await Promise.all([1, 2, 3].map(() => tenancy.aConnected()));
  if (!connected || !failing || !waiting) throw new Error('three integrations');
  await tenancy.put(failing.enterpriseId, { connection: 'error' });
  await tenancy.put(waiting.enterpriseId, { connection: 'awaiting_consent' });
  const ids = (await tenancy.integrations.connectedIntegrations()).map((row) => row._id);
  expect(ids).toEqual(expect.arrayContaining([connected.enterpriseId, failing.enterpriseId]));
  expect(ids).not.toContain(waiting.enterpriseId);
});

test('an enterprise that is not there has no integration', async () => {
  const missing = { code: 'enterprise_not_found', status: 404 };
  await expect(tenancy.integrations.getIntegration('none')).rejects.toMatchObject(missing);
  await expect(tenancy.integrations.setTenant('none', { tenantText: randomUUID(), by: BY })).rejects.toMatchObject(
    missing,
  );
});
