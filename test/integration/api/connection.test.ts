import { AUDIT_LOG, type AuditRow } from '../../../src/store/audit-log.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';

const NOBODYS = '11111111-2222-4333-8444-555555555555';
let stack: PortalStack;
let base: string;
let foreign: string;

beforeAll(async () => {
  const tenants = [
    { people: 2, groups: 0 },
    { people: 2, groups: 0, consentedRoles: [] },
  ];
  stack = await startPortalStack({ simulator: { tenants } });
  base = `/enterprises/${stack.enterpriseId}/integration`;
  foreign = `/enterprises/${stack.foreignEnterpriseId}/integration`;
});
afterAll(() => stack?.close());

function unconsented() {
  const [, tenant] = [...stack.simulator.world.tenants.values()];
  if (tenant === undefined) throw new Error('two tenants');
  return tenant;
}

const post = (path: string, body?: unknown, as: 'admin' | 'reader' | 'foreign' = 'admin') =>
  stack.api(path, { method: 'POST', as, ...(body === undefined ? {} : { body }) });

describe('connecting', () => {
  const connect = (tenantGuid: string) => post(`${foreign}/connect`, { tenantGuid }, 'foreign');

  test.each([
    ['', 'is required'],
    ['contoso.onmicrosoft.com', 'looks like a domain; paste the Tenant ID'],
    ['not a guid', 'is no GUID'],
  ])('refuses %p at the field, with what to paste', async (text, message) => {
    const { status, body } = await connect(text);
    expect([status, body.field, body.detail]).toEqual([400, 'tenantGuid', expect.stringContaining(message)]);
  });

  test('refuses a tenant of another enterprise without telling whose it is', async () => {
    const { status, body } = await connect(stack.tenant.id);
    expect([status, body.code, body.field]).toEqual([409, 'tenant_taken', 'tenantGuid']);
    expect(body.detail).toContain('Contact GetHomeSafe support');
    expect(body.detail).not.toContain('Kiwi Power');
  });

  test('until somebody has signed in, the tenant is asked for nothing', async () => {
    const { id } = unconsented();
    expect((await connect(`  {${id.toUpperCase()}} `)).body).toMatchObject({ tenantId: id });
    const consent = await stack.api(`${foreign}/consent`, { as: 'foreign' });
    expect(consent.body.url).toBeNull();
    expect(consent.body.permissions.map(({ name }: { name: string }) => name)).toContain('User.Read.All');
    expect((await post(`${foreign}/check`, undefined, 'foreign')).body).toMatchObject({ code: 'tenant_unproven' });
    const examined = (await post(`${foreign}/doctor`, undefined, 'foreign')).body;
    expect(examined.checks.at(-1)).toMatchObject({ id: 'tenant', ok: false, mend: 'connect' });
  });

  test('Check again asks Microsoft anew, and says what is in the way until the tenant has consented', async () => {
    const tenant = unconsented();
    await stack.microsoft.proofs.attest(stack.foreignEnterpriseId, { tenantText: tenant.id, reason: 'x', by: 'test' });
    const waiting = (await post(`${foreign}/check`, undefined, 'foreign')).body;
    expect(waiting).toMatchObject({ admitted: false, obstacle: { code: 'app_not_consented' } });
    expect(waiting.integration.connection).toBe('awaiting_consent');
    expect((await stack.api(`${foreign}/consent`, { as: 'foreign' })).body.url).toContain(tenant.id);
    for (const role of stack.tenant.consentedRoles) tenant.consentedRoles.add(role);
    const connected = (await post(`${foreign}/check`, undefined, 'foreign')).body;
    expect(connected).toMatchObject({ admitted: true, obstacle: null, integration: { connection: 'connected' } });
  });
});

test('what another Tenant GUID would end is told before, and is done only when it is confirmed', async () => {
  await fieldCrew(stack);
  const told = await stack.api(`${base}/tenant-change?tenantGuid=${NOBODYS}`);
  expect(told.body.change).toMatchObject({
    from: stack.tenant.id,
    to: NOBODYS,
    mappingsCleared: 1,
    calendarActivities: 0,
  });
  const same = await stack.api(`${base}/tenant-change?tenantGuid=${stack.tenant.id}`);
  expect(same.body).toEqual({ change: null });
  const wrong = await stack.api(`${base}/tenant-change?tenantGuid=nonsense`);
  expect([wrong.status, wrong.body.field]).toEqual([400, 'tenantGuid']);
  const refused = await post(`${base}/connect`, { tenantGuid: NOBODYS });
  expect([refused.status, refused.body.code]).toEqual([409, 'tenant_change_unconfirmed']);
  expect((await stack.api(base)).body.tenantId).toBe(stack.tenant.id);
});

test('a schedule shows its instants before it is saved, and names what is wrong with it', async () => {
  const ask = (query: string) => stack.api(`${base}/schedule?${query}`);
  const daily = await ask('frequency=daily&time=02:30&zone=Pacific/Auckland&count=2');
  expect(daily.body.runs).toHaveLength(2);
  const [first = '', second = ''] = daily.body.runs;
  expect(Date.parse(second)).toBeGreaterThan(Date.parse(first));
  const refusals = await Promise.all(
    [
      'frequency=hourly&time=02:30&zone=UTC',
      'frequency=daily&time=25:00&zone=UTC',
      'frequency=daily&time=02:30&zone=Mars',
    ].map(ask),
  );
  expect(refusals.map(({ status, body }) => [status, body.field])).toEqual([
    [400, 'frequency'],
    [400, 'time'],
    [400, 'zone'],
  ]);
});

test('Sync Now says why it cannot start, and how the last one ended', async () => {
  const mappings = await stack.services.teamMappings.listMappings(stack.enterpriseId);
  for (const { id } of mappings) await stack.services.teamMappings.unmapTeam(stack.enterpriseId, { id }, 'test');
  expect((await stack.api(`${base}/sync`)).body).toMatchObject({
    ...{ obstacle: { code: 'no_group_mapping' }, open: null, last: null, people: null },
  });
  await fieldCrew(stack);
  const run = await stack.sync();
  await stack.sync({ dry: true });
  const after = (await stack.api(`${base}/sync`, { as: 'reader' })).body;
  expect(after).toMatchObject({ obstacle: null, open: null, last: { id: run._id, status: 'succeeded' }, people: 0 });
});

test('the connection doctor names the permission that does not work, what it serves, and where to mend it', async () => {
  const inOrder = (await post(`${base}/doctor`)).body;
  expect(inOrder.checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
  stack.tenant.consentedRoles.delete('Calendars.Read');
  const { body } = await post(`${base}/doctor`);
  stack.tenant.consentedRoles.add('Calendars.Read');
  expect(body.ok).toBe(false);
  expect(body.checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([
    {
      ...{ id: 'read_calendars', ok: false, mend: 'consent', title: 'Read calendars (Calendars.Read)' },
      serves: 'Scheduled activities are made of events.',
      detail: expect.stringContaining('Grant Calendars.Read'),
    },
  ]);
});

test('a reader changes nothing here, and nobody sees the connection of another enterprise', async () => {
  const acts = ['check', 'doctor', 'pause', 'resume', 'disconnect'].map((act) => `${base}/${act}`);
  for (const path of acts) expect((await post(path, undefined, 'reader')).status).toBe(403);
  for (const path of acts) expect((await post(path, undefined, 'foreign')).status).toBe(404);
  const reads = [
    'consent',
    'disconnect',
    'sync',
    'tenant-change?tenantGuid=x',
    'schedule?frequency=daily&time=01:00&zone=UTC',
  ];
  for (const path of reads) expect((await stack.api(`${base}/${path}`, { as: 'foreign' })).status).toBe(404);
  expect((await stack.api(base)).body.connection).toBe('connected');
});

test('disconnecting tells what it can cancel, takes the choice, and refuses another one at its field', async () => {
  expect((await stack.api(`${base}/disconnect`, { as: 'reader' })).body).toEqual({ calendarActivities: 0 });
  const refused = await post(`${base}/disconnect`, { calendarActivities: 'perhaps' });
  expect(refused).toMatchObject({ status: 400, body: { field: 'calendarActivities' } });
  expect((await stack.api(base)).body.connection).toBe('connected');
  expect((await post(`${base}/disconnect`, { calendarActivities: 'cancel' })).body.connection).toBe('not_connected');
  const [entry] = await stack.services.store
    .collection<AuditRow>(AUDIT_LOG)
    .find({ what: 'connect.disconnected', enterpriseId: stack.enterpriseId })
    .toArray();
  expect(entry?.after).toEqual({ tenantId: null, calendarActivities: 'cancel' });
});
