import type { PortalStack } from '../../support/portal/portal-stack.js';
import { startPortalStack } from '../../support/portal/portal-stack.js';

let stack: PortalStack;
let base: string;

beforeAll(async () => {
  stack = await startPortalStack();
  base = `/enterprises/${stack.enterpriseId}/integration`;
});
afterAll(() => stack?.close());

function person(properties: Record<string, unknown>, mailbox?: { timeZone: string; userPurpose: string }): string {
  return stack.tenant.directory.createUser(properties, mailbox ?? 'none').objectId;
}

test('there are six fields, each with what may feed it, and e-mail has no way to be left unmapped', async () => {
  const { status, body, headers } = await stack.api(`${base}/fields`, { as: 'reader' });
  expect(status).toBe(200);
  expect(body.items.map(({ label }: { label: string }) => label)).toEqual([
    ...['First Name', 'Last Name', 'Email Address', 'Mobile Phone Number', 'Country', 'Time Zone'],
  ]);
  expect(body.items.filter(({ mandatory }: { mandatory: boolean }) => mandatory)).toMatchObject([{ target: 'email' }]);
  const country = body.items.find(({ target }: { target: string }) => target === 'country');
  expect(country.offered).toContainEqual({ source: 'usageLocation', label: 'Usage location' });
  expect(country.offered.map(({ source }: { source: string }) => source)).not.toContain('mailboxSettings.timeZone');
  expect(headers.get('etag')).toBe(`"${body.revision}"`);
});

test('a mapping is changed by administrators only, at the version they saw, and a wrong one names its field', async () => {
  const { body: before } = await stack.api(`${base}/fields`);
  const change = { method: 'PATCH' as const, body: { country: 'usageLocation' } };
  const ifMatch = { 'if-match': `"${before.revision}"` };
  expect((await stack.api(`${base}/fields`, { ...change, as: 'reader' })).status).toBe(403);
  expect((await stack.api(`${base}/fields`, { ...change, as: 'foreign' })).status).toBe(404);
  const changed = await stack.api(`${base}/fields`, { ...change, headers: ifMatch });
  expect(changed.status).toBe(200);
  expect(await saved('country')).toBe('usageLocation');
  const late = await stack.api(`${base}/fields`, { method: 'PATCH', body: { country: 'country' }, headers: ifMatch });
  expect([late.status, late.body.code]).toEqual([412, 'changed_meanwhile']);
  const unmapped = await stack.api(`${base}/fields`, { method: 'PATCH', body: { email: null } });
  expect([unmapped.status, unmapped.body.field]).toEqual([400, 'email']);
  expect(unmapped.body.detail).toContain('mandatory');
  const unknown = await stack.api(`${base}/fields`, { method: 'PATCH', body: { firstName: 'department' } });
  expect([unknown.status, unknown.body.field]).toEqual([400, 'firstName']);
  expect(await saved('country')).toBe('usageLocation');
});

async function saved(target: 'country'): Promise<string | null> {
  return (await stack.services.integrations.getIntegration(stack.enterpriseId)).settings.fields[target];
}

test('a sample shows raw values, what they mean, and problems in words, also for a mapping that is not saved', async () => {
  const mail = 'ana@kiwipower.test';
  const rest = { givenName: 'Ana', surname: 'Māhina', displayName: 'Ana Māhina', accountEnabled: true };
  const zone = { timeZone: 'New Zealand Standard Time', userPurpose: 'user' };
  const phones = { mobilePhone: 'x123', businessPhones: ['022 518 9900'], country: 'New Zealand' };
  const id = person({ mail, userPrincipalName: mail, ...rest, ...phones }, zone);
  await stack.api(`${base}/fields`, { method: 'PATCH', body: { country: 'country' } });
  const preview = (mapping?: object) =>
    stack.api(`${base}/fields/preview`, { method: 'POST', body: { person: mail, mapping }, as: 'reader' });
  const { status, body } = await preview();
  expect(status).toBe(200);
  expect(body).toMatchObject({ objectId: id, id: null, name: 'Ana Māhina' });
  const row = (target: string) => body.fields.find((each: { target: string }) => each.target === target);
  expect(row('mobilePhone')).toMatchObject({ raw: 'x123', value: null, problem: { code: 'phone_unparseable' } });
  expect(row('mobilePhone').problem.remedy).toContain('Correct the number');
  expect(row('country')).toMatchObject({ raw: 'New Zealand', value: 'NZ', problem: null });
  expect(row('timeZone')).toMatchObject({ raw: 'New Zealand Standard Time', value: 'Pacific/Auckland' });
  const tried = await preview({ mobilePhone: 'businessPhones', lastName: null });
  expect(tried.body.fields).toMatchObject([
    { target: 'firstName', value: 'Ana' },
    { target: 'lastName', source: null, value: null, problem: null },
    { target: 'email' },
    { target: 'mobilePhone', raw: '022 518 9900', value: '+64225189900', problem: null },
    {},
    {},
  ]);
  expect((await stack.services.integrations.getIntegration(stack.enterpriseId)).settings.fields.mobilePhone).toBe(
    'mobilePhone',
  );
});

test('an attribute that is empty, or a mailbox that is not there, is told with what to do about it', async () => {
  const upn = 'bare@kiwipower.test';
  person({ userPrincipalName: upn, displayName: 'Bare', accountEnabled: true, mail: null, country: null });
  const { body } = await stack.api(`${base}/fields/preview`, { method: 'POST', body: { person: upn } });
  const codes = body.fields.map(({ problem }: { problem: { code: string } | null }) => problem?.code ?? null);
  expect(codes).toEqual(['field_blank', 'field_blank', 'email_missing', 'field_blank', 'field_blank', 'field_blank']);
  expect(body.fields[5].problem.message).toContain('has none in Exchange Online');
});

test('a sample of nobody, or with nonsense, says so', async () => {
  const ask = (body: object) => stack.api(`${base}/fields/preview`, { method: 'POST', body });
  const nobody = await ask({ person: 'nobody@kiwipower.test' });
  expect([nobody.status, nobody.body.code, nobody.body.field]).toEqual([404, 'person_not_found', 'person']);
  const wrong = await ask({ person: 'ana@kiwipower.test', mapping: { firstName: 'shoeSize' } });
  expect([wrong.status, wrong.body.field]).toEqual([400, 'mapping.firstName']);
});

test('people to try with are those of the enterprise, then others of the tenant by name or address', async () => {
  const { services, enterpriseId, organisationId } = stack;
  const fields = { email: 'manual@kiwipower.test', firstName: 'Ana' };
  await services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' });
  const found = await stack.api(`${base}/sample-people?text=ana`);
  expect(found.body.items).toEqual([
    { person: expect.any(String), name: 'Ana Māhina', email: 'ana@kiwipower.test', isHere: false },
  ]);
  const byAddress = await stack.api(`${base}/sample-people?text=bare@kiwi`);
  expect(byAddress.body.items).toMatchObject([{ name: 'Bare' }]);
  expect((await stack.api(`${base}/sample-people?text=ana&here=true`)).body.items).toEqual([]);
});

test('while Microsoft Graph refuses, the pickers say what an administrator has to do', async () => {
  const { simulator } = stack;
  const refuse = { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' };
  simulator.faults.add({
    match: { path: '^/v1.0/users\\?' },
    ...{ after: 0, times: 1, action: { status: 403, body: { error: refuse } } },
  });
  const { status, body } = await stack.api(`${base}/sample-people?text=ana`);
  expect([status, body.code]).toEqual([409, 'permission_denied']);
  expect(body.detail).toContain('User.Read.All');
});
