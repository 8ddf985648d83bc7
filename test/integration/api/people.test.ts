import { LEDGER } from '../../../src/records/types.js';
import { AUDIT_LOG } from '../../../src/store/audit-log.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

let stack: PortalStack;
let base: string;
let group: string;
const ids: Record<string, string> = {};

function add(name: string, more: Readonly<Record<string, unknown>> = {}): string {
  const mail = `${name.toLowerCase()}@kiwi.example`;
  const properties = { displayName: `${name} Ngata`, givenName: name, surname: 'Ngata', mail, userPrincipalName: mail };
  const id = stack.tenant.directory.createUser({ ...properties, ...more, accountEnabled: true }).objectId;
  stack.tenant.directory.addMember(group, id);
  ids[name] = id;
  return id;
}

const settled = <T>(read: () => Promise<T>, message: string) => waitFor(read, { message });
const audited = (what: string) => stack.services.store.collection(AUDIT_LOG).find({ what }).toArray();

beforeAll(async () => {
  stack = await startPortalStack();
  base = `/enterprises/${stack.enterpriseId}`;
  group = await fieldCrew(stack);
  const { organisationId, enterpriseId, services } = stack;
  const fields = { email: 'Mere@kiwi.example', firstName: 'Mere', lastName: 'by hand' };
  await services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' });
  for (const name of ['Aroha', 'Wiremu', 'Hēmi', 'Mere']) add(name);
});
afterAll(() => stack?.close());

test('before the first sync one team can be begun with, and a plan tells everybody by name', async () => {
  const teamId = stack.teams['North'] ?? '';
  const start = await stack.api(`${base}/plan-start`);
  expect(start.body).toMatchObject({ isFirst: true, startWithTeam: null, refused: null });
  expect(start.body.teams).toEqual([{ id: teamId, name: 'North', organisation: stack.organisationId }]);
  await stack.services.settings.setSettings(stack.enterpriseId, { teamSync: false }, { by: 'test' });
  const made = await stack.api(`${base}/runs`, { method: 'POST', body: { dry: true } });
  const path = `${base}/plans/${made.body.run.id}`;
  const plan = await settled(async () => {
    const { body } = await stack.api(path);
    return body.run.status === 'succeeded' ? body : null;
  }, 'no plan');
  expect(plan).toMatchObject({ refused: null, run: { counts: { created: 3, failed: 1 } } });
  const creates = await stack.api(`${path}/items?kind=create&limit=2`);
  expect(creates.body.items).toHaveLength(2);
  const rest = await stack.api(`${path}/items?kind=create&limit=2&after=${creates.body.next}`);
  const labels = [...creates.body.items, ...rest.body.items].map(({ label }) => label);
  expect(labels.sort()).toEqual(['Aroha Ngata', 'Hēmi Ngata', 'Wiremu Ngata']);
  const found = await stack.api(`${path}/items?text=h%C4%93mi%20nga`);
  expect(new Set(found.body.items.map(({ person }: { person: string }) => person))).toEqual(new Set([ids['Hēmi']]));
  expect((await stack.api(`${base}/plans`)).body.items).toMatchObject([{ id: made.body.run.id }]);
});

test('a plan is applied exactly, what has come up since is left out and listed, and its settings outdate it', async () => {
  const [{ id: planId }] = (await stack.api(`${base}/plans`)).body.items;
  add('Tama');
  const begun = await stack.api(`${base}/runs`, { method: 'POST', body: { planId } });
  expect(begun.body.run.planId).toBe(planId);
  const run = `${base}/runs/${begun.body.run.id}`;
  await settled(async () => !['queued', 'running'].includes((await stack.api(run)).body.status), 'not applied');
  const left = await stack.api(`${run}/left-out`);
  expect(left.body.items.map(({ person }: { person: string }) => person)).toContain(ids['Tama']);
  expect(left.body.items.every(({ code }: { code: string }) => code === 'not_in_plan')).toBe(true);
  await stack.api(`${base}/integration`, { method: 'PATCH', body: { teamSync: true } });
  const outdated = await stack.api(`${base}/plans/${planId}`);
  expect(outdated.body.refused).toMatchObject({ code: 'plan_outdated' });
  expect((await stack.api(`${base}/plan-start`)).body.isFirst).toBe(false);
  await stack.sync();
});

test('people are found by parts of their names, by address, by object id, and page by page', async () => {
  const named = async (query: string) => {
    const { body } = await stack.api(`${base}/people?${query}`);
    return body.items.map(({ firstName }: { firstName: string }) => firstName);
  };
  expect(await named('text=nga%20aro')).toEqual(['Aroha']);
  expect(await named('text=%00nga%00aro%04')).toEqual(['Aroha']);
  expect(await named('text=wiremu%40kiwi')).toEqual(['Wiremu']);
  expect(await named(`text=${ids['Hēmi']}`)).toEqual(['Hēmi']);
  expect(await named('source=other')).toEqual(['Mere']);
  expect(await named(`team=${stack.teams['North']}&status=archived`)).toEqual([]);
  const first = await stack.api(`${base}/people?limit=3`);
  const second = await stack.api(`${base}/people?limit=3&after=${first.body.next}`);
  expect([first.body.items.length, second.body.items.length, second.body.next]).toEqual([3, 2, null]);
});

test('a person is told with each field, its source, the Entra groups and what was written', async () => {
  const { body } = await stack.api(`${base}/people/${ids['Aroha']}/why`);
  const email = body.fields.find(({ target }: { target: string }) => target === 'email');
  expect(email).toMatchObject({ source: 'mail', raw: 'aroha@kiwi.example', origin: 'entra' });
  expect(body.groups).toMatchObject([{ name: 'Field crew', mappings: [{ teamName: 'North' }] }]);
  expect(body.ledger.map(({ kind }: { kind: string }) => kind)).toContain('create');
  const person = await stack.api(`${base}/people/${body.id}`);
  expect(person.body).toMatchObject({ status: 'invited', teams: [{ name: 'North', groups: [group] }] });
  expect((await stack.api(`${base}/people/${body.id}/activities`)).body).toEqual({ items: [], next: null });
});

test('sync now for a person brings what Entra says, and stands in the audit log', async () => {
  // The time zone of the mailbox is a write of its own, which comes when it comes.
  const zone = async () => (await stack.api(`${base}/people/${ids['Aroha']}`)).body.timeZone;
  await settled(async () => (await zone()) !== null, 'no time zone');
  stack.tenant.directory.updateUser(ids['Aroha'] ?? '', { surname: 'Parata' });
  const noted = await stack.api(`${base}/people/${ids['Aroha']}/sync`, { method: 'POST' });
  expect([noted.status, noted.body]).toMatchObject([202, { objectId: ids['Aroha'], noted: true }]);
  const name = async () => (await stack.api(`${base}/people/${ids['Aroha']}`)).body.lastName;
  await settled(async () => (await name()) === 'Parata', 'not in step');
  expect(await audited('person.read_again')).toMatchObject([{ before: { userId: noted.body.id } }]);
});

test('an undo is shown before it is done, and what Entra says is declined until released', async () => {
  const at = `${base}/people/${ids['Aroha']}`;
  const shown = await stack.api(`${at}/undo`);
  expect(shown.body).toMatchObject({
    steps: [{ kind: 'update', field: 'lastName', before: 'Parata', after: 'Ngata' }],
  });
  expect(shown.body.declined).toEqual(['field:lastName']);
  const undone = await stack.api(`${at}/undo`, {
    method: 'POST',
    body: { reason: 'a typing error', write: shown.body.write },
  });
  expect(undone.body).toMatchObject({ undone: 1, left: 0 });
  expect((await stack.api(at)).body.lastName).toBe('Ngata');
  const { body } = await stack.api(`${base}/decisions?verdict=declined`);
  const [{ id }] = body.items;
  expect(body.items).toMatchObject([
    { about: 'field', what: 'lastName', label: 'Aroha Ngata', reason: 'a typing error' },
  ]);
  const released = await stack.api(`${base}/decisions/release`, { method: 'POST', body: { ids: [id] } });
  expect(released.body).toEqual({ decided: 1 });
  await settled(async () => (await stack.api(at)).body.lastName === 'Parata', 'not followed again');
});

test('what was shown is undone or nothing: what the sync has written since is to be looked at first', async () => {
  const at = `${base}/people/${ids['Aroha']}`;
  const undo = (body: object) => stack.api(`${at}/undo`, { method: 'POST', body });
  const { write } = (await stack.api(`${at}/undo`)).body;
  stack.tenant.directory.updateUser(ids['Aroha'] ?? '', { country: 'New Zealand' });
  await stack.api(`${at}/sync`, { method: 'POST' });
  await settled(async () => (await stack.api(at)).body.country === 'NZ', 'not in step');
  expect(await undo({ write })).toMatchObject({ status: 409, body: { code: 'written_since', field: 'write' } });
  expect(await undo({ write: '' })).toMatchObject({ status: 409, body: { code: 'written_since', field: 'write' } });
  expect((await stack.api(at)).body).toMatchObject({ lastName: 'Parata', country: 'NZ' });
  expect((await undo({})).body).toMatchObject({ undone: 1, left: 0 });
  expect((await stack.api(at)).body).toMatchObject({ lastName: 'Parata', country: null });
  const [{ id }] = (await stack.api(`${base}/decisions?verdict=declined`)).body.items;
  await stack.api(`${base}/decisions/release`, { method: 'POST', body: { ids: [id] } });
});

test('a duplicate address is shown side by side, and ends when the old profile is archived', async () => {
  expect((await stack.api(`${base}/problem-counts`)).body.items).toContainEqual(
    expect.objectContaining({ code: 'duplicate_email', severity: 'error', count: 1 }),
  );
  const { body } = await stack.api(`${base}/problems?code=duplicate_email&text=mere`);
  const [problem] = body.items;
  expect(problem).toMatchObject({ person: ids['Mere'], label: 'Mere Ngata', code: 'duplicate_email' });
  const clash = await stack.api(`${base}/problems/${encodeURIComponent(problem.id)}/clash`);
  expect(clash.body).toMatchObject({ address: 'mere@kiwi.example', isElsewhere: false, rivals: [] });
  expect(clash.body.holder).toMatchObject({ lastName: 'by hand', objectId: null, origin: 'manual' });
  expect(clash.body.choices).toEqual(['correct', 'archive', 'link', 'keep_apart', 'support']);
  await stack.api(`${base}/people/${clash.body.holder.id}/archive`, { method: 'POST', body: { reason: 'twice' } });
  await settled(async () => (await stack.api(`${base}/people/${ids['Mere']}`)).status === 200, 'not in');
  expect((await stack.api(`${base}/problems?code=duplicate_email`)).body.items).toEqual([]);
});

test('an address in use elsewhere is told without any detail of whose it is', async () => {
  const { services, foreignEnterpriseId: enterpriseId } = stack;
  const about = { name: 'Secret', zone: 'Pacific/Auckland', country: 'NZ', by: 'test' };
  const organisation = await services.structure.createOrganisation({ enterpriseId, ...about });
  const fields = { email: 'rangi@kiwi.example', firstName: 'Hidden', lastName: 'Holder' };
  await services.people.add({ enterpriseId, organisationId: organisation._id, fields }, { who: 'test' });
  add('Rangi');
  await stack.sync();
  const [problem] = (await stack.api(`${base}/problems?text=rangi`)).body.items;
  const clash = await stack.api(`${base}/problems/${encodeURIComponent(problem.id)}/clash`);
  expect(clash.body).toMatchObject({ holder: null, isElsewhere: true, choices: ['correct', 'keep_apart', 'support'] });
  expect(JSON.stringify(clash.body)).not.toContain('Hidden');
  const ids = [problem.id];
  const kept = await stack.api(`${base}/problems/keep-apart`, { method: 'POST', body: { ids, reason: 'two people' } });
  expect(kept.body).toEqual({ decided: 1 });
});

test('what may be seen, and what may be done, is for whom it is', async () => {
  const person = `${base}/people/${ids['Aroha']}`;
  expect((await stack.api(`${person}/why`, { as: 'reader' })).status).toBe(200);
  const acts: readonly (readonly [string, object | undefined])[] = [
    [`${person}/sync`, undefined],
    [`${person}/undo`, {}],
    [`${person}/archive`, {}],
    [`${base}/problems/retry`, {}],
    [`${base}/decisions/approve`, { all: true }],
  ];
  for (const [path, body] of acts) {
    expect((await stack.api(path, { method: 'POST', body, as: 'reader' })).status).toBe(403);
    expect((await stack.api(path, { method: 'POST', body, as: 'foreign' })).status).toBe(404);
  }
  const foreign = `/enterprises/${stack.foreignEnterpriseId}`;
  const [plan] = (await stack.api(`${base}/plans`)).body.items;
  expect((await stack.api(`${foreign}/people/${ids['Aroha']}`, { as: 'foreign' })).status).toBe(404);
  expect((await stack.api(`${foreign}/plans/${plan.id}`, { as: 'foreign' })).status).toBe(404);
  expect((await stack.api(`${foreign}/runs/${plan.id}/left-out`, { as: 'foreign' })).status).toBe(404);
});

test.each(['paused', 'users_sync_off'])('nobody is promised to be read while nothing is: %s', async (code) => {
  const { services, enterpriseId } = stack;
  const by = { by: 'test' };
  if (code === 'paused') await services.integrations.pause(enterpriseId, 'test');
  else await services.settings.setSettings(enterpriseId, { usersSync: false }, by);
  const before = await audited('person.read_again');
  const post = (path: string, body?: object) => stack.api(`${base}/${path}`, { method: 'POST', body });
  const whole = await post('runs', {});
  expect(whole).toMatchObject({ status: 409, body: { code } });
  expect((await post(`people/${ids['Aroha']}/sync`)).body).toEqual(whole.body);
  expect((await post('problems/retry', {})).body).toEqual(whole.body);
  expect((await post('problems/retry', { ids: ['x'] })).body).toEqual(whole.body);
  expect(await audited('person.read_again')).toHaveLength(before.length);
  await services.integrations.resume(enterpriseId, 'test');
  await services.settings.setSettings(enterpriseId, { usersSync: true }, by);
  expect((await post(`people/${ids['Aroha']}/sync`)).status).toBe(202);
});

test.each([
  ['a filter that does not exist', 'people?status=lost', 'status'],
  ['a cursor that is none', 'people?after=x', 'after'],
  ['a kind that does not exist', 'plans/x/items?kind=nothing', 'kind'],
  ['a verdict that does not exist', 'decisions?verdict=maybe', 'verdict'],
  ['too long a page', 'problems?limit=501', 'limit'],
])('%s is refused with the field', async (_what, path, field) => {
  expect((await stack.api(`${base}/${path}`)).body).toMatchObject({ status: 400, field });
});

test.each([
  ['neither decisions nor all', 'decisions/approve', {}, 'ids'],
  ['decisions and all', 'decisions/refuse', { ids: ['x'], all: true }, 'all'],
  ['a value without its decision', 'decisions/approve', { all: true, value: 'x' }, 'value'],
  ['ids and a kind', 'problems/retry', { ids: ['x'], code: 'held' }, 'code'],
  ['a problem that is not open', 'problems/ignore', { ids: ['x'] }, 'ids'],
])('%s is refused, and nothing is written', async (_what, path, body, field) => {
  const before = await stack.services.store.collection(LEDGER).countDocuments();
  const refused = await stack.api(`${base}/${path}`, { method: 'POST', body });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.status).toBeLessThan(500);
  expect(refused.body.field).toBe(field);
  expect(await stack.services.store.collection(LEDGER).countDocuments()).toBe(before);
});
