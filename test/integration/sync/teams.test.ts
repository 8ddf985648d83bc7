import { LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
/** Groups by name. */
const groups: Record<string, string> = {};
/** Teams by name, of two organisations. */
let teams: Record<string, string>;

beforeAll(async () => {
  stack = await startStack({ teamNames: ['North', 'South', 'Ring', 'Secret', 'Doomed'] });
  const { structure } = stack.services;
  const about = {
    enterpriseId: stack.enterpriseId,
    name: 'Cables',
    zone: 'Australia/Sydney',
    country: 'AU',
    by: 'test',
  };
  const { _id: organisationId } = await structure.createOrganisation(about);
  const west = await structure.createTeam({ organisationId, name: 'West', by: 'test' });
  teams = { ...stack.teams, West: west._id };
  for (const name of ['North', 'South', 'West']) await mapped(name);
  await stack.sync();
  await subscribed(stack);
});

afterAll(() => stack?.close());

/** A group of its own for a team, mapped to it. */
async function mapped(team: string, properties: Record<string, unknown> = {}): Promise<string> {
  const groupId = stack.tenant.directory.createGroup({ displayName: `${team} crew`, ...properties }).objectId;
  groups[team] = groupId;
  await stack.services.teamMappings.mapTeam(stack.enterpriseId, { groupId, teamId: teams[team] ?? '' }, 'test');
  return groupId;
}

function person(name: string, inGroups: readonly string[]): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const { directory } = stack.tenant;
  const id = directory.createUser({ displayName: name, givenName: name, mail, userPrincipalName: mail }).objectId;
  for (const group of inGroups) directory.addMember(groups[group] ?? group, id);
  return id;
}

const users = () => stack.services.store.collection<UserRow>(USERS);
const userOf = (objectId: string) => users().findOne({ 'entra.objectId': objectId });
const ledgerOf = (objectId: string) =>
  stack.services.store.collection<LedgerRow>(LEDGER).find({ objectId }).sort({ at: 1 }).toArray();

async function teamsOf(objectId: string): Promise<string[]> {
  const nameOf = new Map(Object.entries(teams).map(([name, id]) => [id, name]));
  return ((await userOf(objectId))?.memberships ?? []).map(({ teamId }) => nameOf.get(teamId) ?? teamId).sort();
}

function isIn(objectId: string, wanted: readonly string[]): Promise<unknown> {
  const same = async () => (await userOf(objectId)) !== null && (await teamsOf(objectId)).join() === wanted.join();
  return waitFor(same, { message: `${objectId} is not in ${wanted.join()}` });
}

async function settled(): Promise<void> {
  // Not the statistics: those count notifications, and what we note ourselves is none.
  const open = async () =>
    (await stack.services.changes.list({ tenantId: stack.tenant.id, limit: 1 })).rows.length === 0;
  await waitFor(open, { message: 'changes stay open' });
}

async function statusOf(team: string) {
  const views = await stack.services.mappingViews.list(stack.enterpriseId);
  return views.find(({ teamId }) => teamId === teams[team]);
}

test('S27, E1: who is in a mapped group is in its team, who is in two is in both', async () => {
  const one = person('Aroha', ['North']);
  const both = person('Hemi', ['North', 'South']);
  await stack.sync();
  await isIn(one, ['North']);
  await isIn(both, ['North', 'South']);
  expect(await statusOf('North')).toMatchObject({ status: 'ok', memberCount: 2, teamName: 'North', reason: null });
});

test('S28: groups feed teams of several organisations, and none of another enterprise', async () => {
  const sydney = person('Bruce', ['West']);
  await isIn(sydney, ['West']);
  const user = await userOf(sydney);
  expect(user?.organisationId).not.toBe(stack.organisationId);
  expect(user?.organisationId).toBe((await statusOf('West'))?.organisationId);

  const { structure, teamMappings } = stack.services;
  const other = await structure.createEnterprise({ name: 'Other Power', by: 'test' });
  const foreign = { enterpriseId: other._id, name: 'Foreign', zone: 'UTC', by: 'test' };
  const organisation = await structure.createOrganisation(foreign);
  const team = await structure.createTeam({ organisationId: organisation._id, name: 'Foreign', by: 'test' });
  const before = await teamMappings.listMappings(stack.enterpriseId);
  const wanted = { groupId: groups['North'] ?? '', teamId: team._id };
  const refused = teamMappings.mapTeam(stack.enterpriseId, wanted, 'test');
  await expect(refused).rejects.toMatchObject({ code: 'team_not_found', field: 'teamId' });
  expect(await teamMappings.listMappings(stack.enterpriseId)).toEqual(before);
});

test('S30: team settings are looked up: change the team later and the user follows', async () => {
  const { structure, personViews, people } = stack.services;
  const { enterpriseId } = stack;
  const teamId = teams['South'] ?? '';
  const id = person('Mere', ['South']);
  await isIn(id, ['South']);
  const effective = async () => (await personViews.show({ enterpriseId, person: id })).effective;
  await structure.setTeamSettings({ teamId, settings: { escalation: '15 minutes', sites: ['Depot'] }, by: 'test' });
  expect(await effective()).toEqual({ escalation: '15 minutes', sites: ['Depot'], leaders: [] });
  const stored = await userOf(id);

  await structure.setTeamSettings({ teamId, settings: { escalation: '5 minutes', sites: [] }, by: 'test' });
  const { _id: leader } = await people.setLeader({ enterpriseId, person: id }, { teamId, on: true }, { who: 'test' });
  expect(await effective()).toEqual({ escalation: '5 minutes', sites: [], leaders: [leader] });
  await people.setLeader({ enterpriseId, person: id }, { teamId, on: false }, { who: 'test' });
  const keysOf = (user: UserRow | null) => Object.keys(user ?? {}).sort();
  expect(keysOf(await userOf(id))).toEqual(keysOf(stored));
});

test('E4: moved by an administrator to the organisation of the other group, the person gets its team', async () => {
  const { people, activities, structure } = stack.services;
  const { enterpriseId } = stack;
  const id = person('Mover', ['North', 'West']);
  await isIn(id, ['North']);
  const west = (await structure.getTeam(teams['West'] ?? '')).organisationId;
  const ref = { enterpriseId, person: id };
  const by = { who: 'admin' };
  const started = await activities.startNow(ref, { name: 'Poles' }, by);
  await expect(people.move(ref, west, by)).rejects.toMatchObject({ code: 'activity_open', field: 'person' });
  await activities.finish({ enterpriseId, activity: started.id }, by);
  await people.setLeader(ref, { teamId: teams['North'] ?? '', on: true }, by);
  await expect(people.move(ref, west, by)).rejects.toMatchObject({ code: 'leads_elsewhere', field: 'person' });
  await people.setLeader(ref, { teamId: teams['North'] ?? '', on: false }, by);
  await expect(people.move(ref, 'nowhere', by)).rejects.toMatchObject({ code: 'organisation_not_found' });
  await people.move(ref, west, by);
  await isIn(id, ['West']);
  expect((await ledgerOf(id)).map(({ kind, cause }) => `${kind} ${cause.by === 'person'}`)).toEqual(
    expect.arrayContaining(['update true', 'leave true', 'join false']),
  );
});

test('E12: a mapped group that is deleted is missing, not empty; the others go on', async () => {
  const id = person('Tama', ['North', 'South']);
  await isIn(id, ['North', 'South']);
  await settled();
  stack.tenant.directory.deleteGroup(groups['North'] ?? '');
  await waitFor(async () => (await statusOf('North'))?.status === 'group_missing', { message: 'not seen as missing' });
  stack.tenant.directory.removeMember(groups['South'] ?? '', id);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded', counts: { teamRemoved: expect.any(Number) } });
  await isIn(id, ['North']);
  expect(await statusOf('North')).toMatchObject({ remedy: expect.stringContaining('Restore the group'), code: null });
});

test('E13: a deleted team leaves its members team-less, its mapping is broken and skipped, the others go on', async () => {
  await mapped('Doomed');
  const both = person('Kiri', ['Doomed', 'South']);
  await stack.sync();
  await isIn(both, ['Doomed', 'South']);
  const { structure, people } = stack.services;
  const { enterpriseId } = stack;
  const teamId = teams['Doomed'] ?? '';
  const early = people.dropTeam({ enterpriseId, teamId }, { who: 'test' });
  await expect(early).rejects.toMatchObject({ code: 'team_exists' });

  expect(await structure.deleteTeam({ enterpriseId: 'another', teamId, by: 'test' })).toBeNull();
  expect(await structure.deleteTeam({ enterpriseId, teamId, by: 'test' })).toMatchObject({ name: 'Doomed' });
  expect(await people.dropTeam({ enterpriseId, teamId }, { who: 'test' })).toBe(1);
  expect(await people.dropTeam({ enterpriseId, teamId }, { who: 'test' })).toBe(0);
  expect(await teamsOf(both)).toEqual(['South']);
  const leave = (await ledgerOf(both)).find(({ kind }) => kind === 'leave');
  expect(leave).toMatchObject({ teamId, before: { manual: false }, after: null, cause: { by: 'person', who: 'test' } });

  const late = person('Wiremu', ['Doomed']);
  const other = person('Nikau', ['South']);
  expect((await stack.sync()).status).toBe('succeeded');
  await isIn(other, ['South']);
  expect(await userOf(late)).toBeNull();
  expect(await teamsOf(both)).toEqual(['South']);
  expect(await statusOf('Doomed')).toMatchObject({ status: 'team_missing', teamName: null, organisationId: null });
});

test('E14: groups nested in a circle: everybody in it is placed once, and leaving still shows', async () => {
  const { directory } = stack.tenant;
  const top = await mapped('Ring');
  const [middle, bottom] = ['middle', 'bottom'].map((name) => directory.createGroup({ displayName: name }).objectId);
  if (!middle || !bottom) throw new Error('no groups');
  directory.addMember(top, middle);
  directory.addMember(middle, bottom);
  directory.addMember(bottom, top);
  const low = person('Anahera', [bottom, middle]);
  const run = await stack.sync();
  expect(run.status).toBe('succeeded');
  await isIn(low, ['Ring']);
  // What Graph tells of the same groups meanwhile is worked on beside the run.
  await settled();
  expect(await statusOf('Ring')).toMatchObject({ status: 'ok', memberCount: 1 });
  const below = await stack.services.mirror.groups.load(stack.tenant.id, [top, middle, bottom]);
  expect([...below.values()].map(({ above }) => above)).toEqual([[top], [top], [top]]);

  // By notification: into the circle, a second circle below it, and out again.
  const joined = person('Rawiri', [bottom]);
  await isIn(joined, ['Ring']);
  const inner = directory.createGroup({ displayName: 'inner' }).objectId;
  directory.addMember(inner, middle);
  const hidden = person('Moana', [inner]);
  directory.addMember(bottom, inner);
  await isIn(hidden, ['Ring']);
  await settled();
  directory.removeMember(bottom, joined);
  await isIn(joined, []);
  directory.removeMember(bottom, inner);
  await isIn(hidden, []);
  await isIn(low, ['Ring']);
});

test('E15: what is no person in a group is left alone', async () => {
  const { directory } = stack.tenant;
  const before = await users().countDocuments({});
  directory.addMember(groups['South'] ?? '', directory.createGroup({ displayName: 'empty' }).objectId);
  expect((await stack.sync()).status).toBe('succeeded');
  expect(await users().countDocuments({})).toBe(before);
});

test('E16: hidden membership is denied on its mapping, names the permission, and is never read as empty', async () => {
  const group = await mapped('Secret');
  const id = person('Ihaia', ['Secret']);
  await stack.sync();
  await isIn(id, ['Secret']);
  await settled();
  stack.tenant.directory.updateGroup(group, { visibility: 'HiddenMembership' });
  await waitFor(async () => (await statusOf('Secret'))?.status === 'group_hidden', { message: 'not seen as hidden' });
  stack.tenant.directory.updateUser(id, { surname: 'Ngata' });
  await waitFor(async () => (await userOf(id))?.lastName === 'Ngata', { message: 'not applied' });
  expect((await stack.sync()).status).toBe('succeeded');
  expect(await teamsOf(id)).toEqual(['Secret']);
  const denied = { code: 'permission_denied', reason: expect.stringContaining('Member.Read.Hidden') };
  expect(await statusOf('Secret')).toMatchObject(denied);

  const second = person('Pania', ['Secret']);
  // What is under way has a token from before the permission.
  await settled();
  stack.tenant.consentedRoles.add('Member.Read.Hidden');
  // Read by herself while the run still reads its lists, and the group is still known as hidden: that read is the newer.
  const { simulator, services, tenant } = stack;
  simulator.faults.add({
    match: { path: `${group}/transitiveMembers` },
    after: 0,
    times: 1,
    action: { delayMs: 1_500 },
  });
  const synced = stack.sync();
  const isListing = () => simulator.faults.list().some(({ caught }) => caught > 0);
  await waitFor(isListing, { message: 'no list is read' });
  await services.mirror.people.enter(tenant.id, [second]);
  await services.changes.note([{ tenantId: tenant.id, kind: 'user', objectId: second, via: 'manual', notified: 0 }]);
  expect((await synced).status).toBe('succeeded');
  await isIn(second, ['Secret']);
  expect(await statusOf('Secret')).toMatchObject({ status: 'ok', memberCount: 2 });
});
