import { AUDIT_LOG, type AuditRow } from '../../../src/store/audit-log.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';

let stack: PortalStack;
let base: string;
let crew: string;

beforeAll(async () => {
  stack = await startPortalStack();
  base = `/enterprises/${stack.enterpriseId}/integration`;
  crew = await fieldCrew(stack);
  for (const name of ['Ana', 'Ben', 'Cleo']) {
    const mail = `${name.toLowerCase()}@kiwipower.test`;
    const rest = { displayName: name, givenName: name, userPrincipalName: mail, accountEnabled: true };
    stack.tenant.directory.addMember(crew, stack.tenant.directory.createUser({ mail, ...rest }, 'none').objectId);
  }
  await stack.sync();
});
afterAll(() => stack?.close());

const map = (body: object, as: 'admin' | 'reader' | 'foreign' = 'admin') =>
  stack.api(`${base}/team-mappings`, { method: 'POST', body, as });

test('Entra groups are found by words of their names, or by their Object ID, at Microsoft Graph', async () => {
  const riggers = stack.tenant.directory.createGroup({ displayName: 'Northern riggers' }).objectId;
  const find = (text: string) => stack.api(`${base}/entra-groups?text=${encodeURIComponent(text)}`);
  expect((await find('rigg')).body).toEqual({
    ...{ items: [{ id: riggers, name: 'Northern riggers', hiddenMembership: false }], next: null, more: false },
  });
  expect((await find(` ${riggers.toUpperCase()} `)).body.items).toMatchObject([{ id: riggers }]);
  expect((await find('00000000-0000-4000-8000-000000000000')).body.items).toEqual([]);
  expect((await find('no" OR "such')).body.items).toEqual([]);
  expect((await stack.api(`${base}/entra-groups`, { as: 'reader' })).status).toBe(403);
  expect((await stack.api(`${base}/entra-groups`, { as: 'foreign' })).status).toBe(404);
});

test('many Entra groups are looked through page by page, as many as Graph has on one; then longer words are asked for', async () => {
  const made = Array.from({ length: 1_050 }, (_, n) => `Pile ${String(n).padStart(4, '0')}`);
  for (const displayName of made) stack.tenant.directory.createGroup({ displayName });
  const page = async (query: string) => (await stack.api(`${base}/entra-groups?text=pile&${query}`)).body;
  const names = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name);
  const first = await page('limit=400');
  expect([first.items.length, first.more]).toEqual([400, true]);
  const second = await page(`limit=400&after=${first.next}`);
  const last = await page(`limit=400&after=${second.next}`);
  expect([...names(first), ...names(second), ...names(last)]).toEqual(made.slice(0, 999));
  expect([last.next, last.more]).toEqual([null, true]);
  const narrow = (await stack.api(`${base}/entra-groups?text=pile%20104&limit=10`)).body;
  expect([names(narrow), narrow.next, narrow.more]).toEqual([made.slice(1_040), null, false]);
  expect((await stack.api(`${base}/entra-groups?after=nonsense`)).body).toMatchObject({ status: 400, field: 'after' });
});

test('a group is mapped to a team, in effect with the next sync', async () => {
  const id = stack.tenant.directory.createGroup({ displayName: 'Southern riggers' }).objectId;
  const made = await map({ groupId: id, groupName: 'Southern riggers', teamId: stack.teams['South'], priority: 7 });
  expect([made.status, made.body.groupName, made.body.organisationName]).toEqual([201, 'Southern riggers', 'Lines']);
  expect(made.body).toMatchObject({ teamName: 'South', status: 'not_read', inEffect: false, priority: 7 });
  await stack.sync();
  const { body } = await stack.api(`${base}/team-mappings?text=riggers`, { as: 'reader' });
  expect(body).toMatchObject({ total: 2, broken: 0, items: [{ id: made.body.id, status: 'ok', inEffect: true }] });
  const named = await stack.api(`${base}/mapped-groups`, { as: 'reader' });
  expect(named.body.items).toContainEqual({ id, name: 'Southern riggers' });
});

test('what cannot be mapped is refused and names its field; readers and others change nothing', async () => {
  const north = stack.teams['North'];
  const refused = async (...asked: Parameters<typeof map>) => {
    const { status, body } = await map(...asked);
    return [status, body.code, body.field];
  };
  expect(await refused({ groupId: crew, teamId: north })).toEqual([409, 'mapping_exists', 'groupId']);
  expect(await refused({ groupId: 'field crew', teamId: north })).toEqual([400, 'invalid_input', 'groupId']);
  expect(await refused({ groupId: crew, teamId: 'nobody' })).toEqual([404, 'team_not_found', 'teamId']);
  expect(await refused({ groupId: crew, teamId: north, priority: -1 })).toEqual([400, 'invalid_input', 'priority']);
  expect((await map({ groupId: crew, teamId: stack.teams['South'] }, 'reader')).status).toBe(403);
  expect((await map({ groupId: crew, teamId: stack.teams['South'] }, 'foreign')).status).toBe(404);
  expect((await stack.api(`${base}/team-mappings`)).body.total).toBe(2);
});

test('removing tells first who would lose the team, and who stays by hand or by another mapping', async () => {
  const { services, enterpriseId, teams } = stack;
  const who = { who: 'test' };
  await services.people.edit(
    { enterpriseId, person: 'cleo@kiwipower.test' },
    { addTeams: [teams['South'] ?? ''] },
    who,
  );
  const other = stack.tenant.directory.createGroup({ displayName: 'Also north' }).objectId;
  const ben = await services.people.find(enterpriseId, 'ben@kiwipower.test');
  stack.tenant.directory.addMember(other, ben.entra?.objectId ?? '');
  const also = await map({ groupId: other, teamId: teams['North'] });
  await stack.sync();
  const [first] = (await stack.api(`${base}/team-mappings?text=field`)).body.items;
  const effect = await stack.api(`${base}/team-mappings/${first.id}/effect`, { as: 'reader' });
  expect(effect.body).toEqual({ lose: 2, keep: 1, loseTheirLast: 1, isLast: false });
  const path = `${base}/team-mappings/${first.id}`;
  expect((await stack.api(path, { method: 'DELETE', as: 'reader' })).status).toBe(403);
  const removed = await stack.api(path, { method: 'DELETE' });
  expect([removed.status, removed.body.groupName]).toEqual([200, 'Field crew']);
  expect((await stack.api(path, { method: 'DELETE' })).body.code).toBe('mapping_not_found');
  await stack.sync();
  const inNorth = async () => (await services.people.list(enterpriseId, { teamId: teams['North'] ?? '' })).items;
  expect((await inNorth()).map(({ email }) => email)).toEqual(['ben@kiwipower.test']);
  expect((await stack.api(`${base}/team-mappings/${also.body.id}/effect`)).body).toMatchObject({ lose: 1, keep: 0 });
});

test('a mapping gets another place in the order, and the change is in the audit log', async () => {
  const [first] = (await stack.api(`${base}/team-mappings`)).body.items;
  const path = `${base}/team-mappings/${first.id}`;
  const change = (body: unknown, as: 'admin' | 'reader' | 'foreign' = 'admin') =>
    stack.api(path, { method: 'PATCH', body, as });
  const wrong = await Promise.all([{ priority: -1 }, { priority: 1.5 }, {}].map((body) => change(body)));
  expect(wrong.map(({ status, body }) => [status, body.field])).toEqual(Array(3).fill([400, 'priority']));
  expect([(await change({ priority: 7 }, 'reader')).status, (await change({ priority: 7 }, 'foreign')).status]).toEqual(
    [403, 404],
  );
  expect((await change({ priority: 700 })).body).toMatchObject({ id: first.id, priority: 700 });
  const [entry, ...more] = await stack.services.store
    .collection<AuditRow>(AUDIT_LOG)
    .find({ what: 'mapping.changed' })
    .toArray();
  expect([entry, more]).toMatchObject([{ before: { priority: first.priority }, after: { priority: 700 } }, []]);
});

test('many mappings and teams come in pages, without one twice or left out', async () => {
  const { services, enterpriseId, organisationId } = stack;
  for (const number of Array.from({ length: 12 }, (_, index) => index)) {
    const name = `Crew ${String(number).padStart(2, '0')}`;
    const { _id: teamId } = await services.structure.createTeam({ organisationId, name, by: 'test' });
    await map({ groupId: crew, groupName: name, teamId });
  }
  const all = async (path: string) => {
    const pages: { id: string; name: string }[][] = [];
    for (let after = ''; ; ) {
      const { body } = await stack.api(`${path}limit=5${after}`);
      pages.push(body.items);
      if (body.next === null) return pages;
      after = `&after=${encodeURIComponent(body.next)}`;
    }
  };
  const teams = await all(`/enterprises/${enterpriseId}/organisations/${organisationId}/teams?text=CREW&`);
  expect(teams.map((page) => page.length)).toEqual([5, 5, 2]);
  const names = teams.flat().map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
  const mappings = await all(`${base}/team-mappings?text=crew&`);
  expect(new Set(mappings.flat().map(({ id }) => id)).size).toBe(12);
  const other = `/enterprises/${stack.foreignEnterpriseId}/organisations/${organisationId}/teams`;
  const elsewhere = await stack.api(other, { as: 'foreign' });
  expect([elsewhere.status, elsewhere.body.code]).toEqual([404, 'organisation_not_found']);
  const wrong = await stack.api(`${base}/team-mappings?after=nonsense`);
  expect([wrong.status, wrong.body.field]).toEqual([400, 'after']);
});

test('a mapping whose team was deleted is among the broken ones, with a remedy (S41, E13)', async () => {
  const { structure } = stack.services;
  await structure.deleteTeam({ enterpriseId: stack.enterpriseId, teamId: stack.teams['South'] ?? '', by: 'test' });
  const { body } = await stack.api(`${base}/team-mappings?broken=true`);
  expect(body).toMatchObject({ broken: 1, items: [{ groupName: 'Southern riggers', status: 'team_missing' }] });
  expect(body.items[0].remedy).toContain('map the group to another team');
});
