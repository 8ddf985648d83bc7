import { REQUESTED_ROLES } from '../../../src/simulator/world/create-world.js';
import { type ConnectScene, openConnectScene } from './connect-scene.js';
import { BY } from './tenancy-fixture.js';

let scene: ConnectScene;
beforeAll(async () => {
  scene = await openConnectScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  const holder = await scene.tenancy.integrations.ofTenant(scene.ours.id);
  if (holder !== null) await scene.tenancy.integrations.disconnect(holder._id, BY);
  consent([]);
  scene.simulator.faults.clear();
});

function consent(roles: readonly string[]): void {
  scene.ours.consentedRoles.clear();
  for (const role of roles) scene.ours.consentedRoles.add(role);
}

async function attested(roles: readonly string[] = REQUESTED_ROLES) {
  consent(roles);
  const enterpriseId = await scene.tenancy.anEnterprise();
  const reason = 'Contract 4711 names this tenant';
  const result = await scene.proofs.attest(enterpriseId, { tenantText: scene.ours.id, reason, by: BY });
  return { enterpriseId, result };
}

test('an operator attests a tenant with a reason, which stays in the audit log', async () => {
  const { enterpriseId, result } = await attested();
  expect(result.probe).toEqual({ outcome: 'consented' });
  expect(result.row).toMatchObject({
    connection: 'connected',
    proof: { by: 'attestation', reason: 'Contract 4711 names this tenant' },
  });
  expect(await scene.tenancy.audit(enterpriseId)).toContainEqual(
    expect.objectContaining({
      who: BY,
      what: 'connect.attested',
      after: expect.objectContaining({ proof: expect.objectContaining({ reason: 'Contract 4711 names this tenant' }) }),
    }),
  );
});

test.each(['', '  ', 'x'.repeat(501)])('an attestation with the reason "%s" changes nothing', async (reason) => {
  const enterpriseId = await scene.tenancy.anEnterprise();
  const attestation = { tenantText: scene.ours.id, reason, by: BY };
  const refused = scene.proofs.attest(enterpriseId, attestation);
  await expect(refused).rejects.toMatchObject({ code: 'invalid_input', field: 'reason' });
  expect(await scene.tenancy.integrations.getIntegration(enterpriseId)).toMatchObject({ tenantId: null, proof: null });
});

test('E75: an attested tenant waits for consent, whose address is at hand, and is connected when it is looked at again', async () => {
  const { enterpriseId, result } = await attested([]);
  expect(result.row.connection).toBe('awaiting_consent');
  expect(result.row.lastError?.message).toBeTruthy();
  const consentUrl = new URL(await scene.connect.consentUrl(enterpriseId));
  expect(consentUrl.pathname).toContain(scene.ours.id);

  consent(REQUESTED_ROLES);
  const { row } = await scene.proofs.check(enterpriseId, BY);
  expect(row).toMatchObject({ connection: 'connected', lastError: null });
});

test('S34: a permission that is taken away shows as an error, and goes with the permission back', async () => {
  const { enterpriseId } = await attested();
  await scene.tenancy.settings.setSettings(enterpriseId, { usersSync: true, teamSync: true }, { by: BY });
  consent(['Calendars.Read']);
  scene.advance(2 * 60 * 60_000);
  const lost = await scene.proofs.check(enterpriseId, BY);
  expect(lost.probe).toMatchObject({ outcome: 'refused', code: 'permission_denied' });
  expect(lost.row).toMatchObject({ connection: 'error', lastError: { code: 'permission_denied' } });
  // Trying on is the only way out of an error.
  expect(lost.row.nextSyncAt).not.toBeNull();

  consent(REQUESTED_ROLES);
  const found = await scene.proofs.check(enterpriseId, BY);
  expect(found.row).toMatchObject({ connection: 'connected', lastError: null });
});

test('trouble on the way to Microsoft leaves the connection as it is', async () => {
  const { enterpriseId } = await attested();
  scene.simulator.faults.add({ match: { path: '/v1.0/users' }, after: 0, times: 50, action: { status: 503 } });
  const { row, probe } = await scene.proofs.check(enterpriseId, BY);
  expect(probe).toMatchObject({ outcome: 'unclear', code: 'network' });
  expect(row).toMatchObject({ connection: 'connected', lastError: { code: 'network' } });
});

test('E74: a tenant that does not exist is told so', async () => {
  const enterpriseId = await scene.tenancy.anEnterprise();
  const tenantText = '5a1b0c3d-1111-4222-8333-444455556666';
  const { row, probe } = await scene.proofs.attest(enterpriseId, { tenantText, reason: 'Test', by: BY });
  expect(probe).toMatchObject({ outcome: 'refused', code: 'tenant_not_found' });
  expect(row.connection).toBe('awaiting_consent');
});

test('a tenant that nobody proved is not asked at all', async () => {
  const enterpriseId = await scene.tenancy.anEnterprise();
  await scene.tenancy.integrations.setTenant(enterpriseId, { tenantText: scene.ours.id, by: BY });
  consent(REQUESTED_ROLES);
  await expect(scene.proofs.check(enterpriseId, BY)).rejects.toMatchObject({ code: 'tenant_unproven' });
});
