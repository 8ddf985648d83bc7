import { DAY_MS } from '../../../src/kernel/clock.js';
import { type Answer, aDirectory, allPages, type Call } from './directory-client.js';

/** Runs a round to its end: every entry in order, and the link to the next round. */
async function round(call: Call, path: string, options?: Parameters<Call>[1]) {
  const pages = await allPages(call, path, options);
  const entries: Answer['body'][] = pages.flatMap((page) => page.value);
  return { pages, entries, link: String(pages.at(-1)['@odata.deltaLink']) };
}

function quietDirectory(seed: Parameters<typeof aDirectory>[0] = {}) {
  const directory = aDirectory(seed);
  Object.assign(directory.world.switches.delta, { replayShare: 0, emptyPageShare: 0 });
  return directory;
}

test('a first round tells everybody once in pages, and the next round nothing', async () => {
  const { call, world } = quietDirectory();
  world.switches.delta.userPageSize = 7;
  const first = await round(call, '/users/delta?$select=displayName,mail');
  expect([first.pages.length, new Set(first.entries.map(({ id }) => id)).size]).toEqual([5, 30]);
  expect(first.pages.every((page) => '@odata.nextLink' in page !== '@odata.deltaLink' in page)).toBe(true);
  expect(first.pages[0]['@odata.context']).toMatch(/#users\(displayName,mail\)$/);
  expect((await round(call, first.link)).entries).toEqual([]);
});

test('properties that were never set are left out, and cleared ones are null', async () => {
  const { call, tenant } = quietDirectory({ people: 2 });
  const { objectId: id } = tenant.directory.createUser({ displayName: 'A', city: 'Leeds' });
  const first = await round(call, '/users/delta?$select=displayName,city,state');
  expect(first.entries.at(-1)).toEqual({ displayName: 'A', city: 'Leeds', id });
  tenant.directory.updateUser(id, { city: null });
  expect((await round(call, first.link)).entries).toEqual([{ displayName: 'A', city: null, id }]);
});

test('only selected properties count as changes; return=minimal tells the changed ones only', async () => {
  const { call, tenant } = quietDirectory();
  const [person] = [...tenant.view().users()];
  const id = person?.id ?? '';
  const { link } = await round(call, '/users/delta?$select=displayName,city');
  tenant.directory.updateUser(id, { department: 'Forestry' });
  expect((await round(call, link)).entries).toEqual([]);
  tenant.directory.updateUser(id, { city: 'Taupō' });
  const minimal = { headers: { prefer: 'return=minimal' } };
  expect((await round(call, link, minimal)).entries).toEqual([{ city: 'Taupō', id }]);
  expect((await round(call, link)).entries).toEqual([
    { displayName: person?.properties['displayName'], city: 'Taupō', id },
  ]);
});

test('soft deletion is "changed", purging "deleted", and the restored come back whole', async () => {
  const { call, tenant } = quietDirectory();
  const [first, second] = [...tenant.view().users()].map(({ id }) => id);
  const start = await round(call, '/users/delta?$select=id&$deltatoken=latest');
  expect(start.entries).toEqual([]);
  tenant.directory.deleteUser(first ?? '', false);
  tenant.directory.deleteUser(second ?? '', true);
  const deleted = await round(call, start.link);
  expect(deleted.entries).toEqual([
    { id: first, '@removed': { reason: 'changed' } },
    { id: second, '@removed': { reason: 'deleted' } },
  ]);
  expect((await round(call, '/users/delta?$select=id')).entries).toContainEqual(deleted.entries[0]);
  tenant.directory.restoreUser(first ?? '');
  expect((await round(call, deleted.link)).entries).toEqual([{ id: first }]);
});

test('a large group repeats over pages with further members until all are told', async () => {
  const { call, tenant, world } = quietDirectory({ people: 60, groups: 1 });
  const [group] = [...tenant.view().groups()];
  world.switches.delta.membersPageSize = 10;
  for (const user of tenant.view().users()) tenant.directory.addMember(group?.id ?? '', user.id);
  const first = await round(call, '/groups/delta');
  expect(first.entries.map(({ id }) => id)).toEqual(Array(6).fill(group?.id));
  const members = first.entries.flatMap((entry) => entry['members@delta']);
  expect(new Set(members.map(({ id }) => id)).size).toBe(60);
  const [gone] = members;
  tenant.directory.removeMember(group?.id ?? '', gone.id);
  const [entry] = (await round(call, first.link)).entries;
  expect(entry['members@delta']).toEqual([{ ...gone, '@removed': { reason: 'deleted' } }]);
});

test('a member that is a group is told as one, also once it is deleted for good', async () => {
  const { call, tenant } = quietDirectory();
  const { objectId: inner } = tenant.directory.createGroup({ displayName: 'Inner' });
  const { objectId: outer } = tenant.directory.createGroup({ displayName: 'Outer' });
  tenant.directory.addMember(outer, inner);
  const { link } = await round(call, '/groups/delta?$select=members&$deltatoken=latest');
  tenant.directory.removeMember(outer, inner);
  tenant.directory.deleteGroup(inner, true);
  const { entries } = await round(call, link);
  const [told] = entries.filter(({ id }) => id === outer);
  const member = { '@odata.type': '#microsoft.graph.group', id: inner, '@removed': { reason: 'deleted' } };
  expect(told?.['members@delta']).toEqual([member]);
});

test('no member is lost when members leave between two pages', async () => {
  const { call, tenant, world } = quietDirectory({ people: 40, groups: 1 });
  const groupId = [...tenant.view().groups()][0]?.id ?? '';
  world.switches.delta.membersPageSize = 10;
  const ids = [...tenant.view().users()].map(({ id }) => id);
  for (const id of ids) tenant.directory.addMember(groupId, id);
  const told = new Set<string>();
  for (let path: string | undefined = '/groups/delta?$select=members'; path !== undefined; ) {
    const { body }: Answer = await call(path);
    const slice: { id: string }[] = body.value.flatMap((entry: Answer['body']) => entry['members@delta']);
    for (const { id } of slice) told.add(id);
    const last = slice.at(-1)?.id;
    if (last !== undefined && told.size === 20) tenant.directory.removeMember(groupId, last);
    path = body['@odata.nextLink'];
  }
  expect([...told].sort()).toEqual([...ids].sort());
});

test('members are not told where $select leaves them out', async () => {
  const { call, tenant } = quietDirectory();
  const [, group] = [...tenant.view().groups()];
  const { entries, link } = await round(call, '/groups/delta?$select=displayName');
  expect(entries.some((entry) => 'members@delta' in entry)).toBe(false);
  tenant.directory.removeMember(group?.id ?? '', [...(group?.memberIds ?? [])][0] ?? '');
  expect((await round(call, link)).entries).toEqual([]);
});

test('$filter narrows the round to at most 50 ids for ever', async () => {
  const { call, tenant } = quietDirectory();
  const [first, second] = [...tenant.view().users()].map(({ id }) => id);
  const start = await round(call, `/users/delta?$select=city&$filter=id eq '${first}'`);
  expect(start.entries.map(({ id }) => id)).toEqual([first]);
  for (const id of [first, second]) tenant.directory.updateUser(id ?? '', { city: 'Perth' });
  expect((await round(call, start.link)).entries).toEqual([{ city: 'Perth', id: first }]);
  const many = Array(51).fill(`id eq '${first}'`).join(' or ');
  expect((await call(`/users/delta?$filter=${many}`)).status).toBe(400);
  expect((await call("/users/delta?$filter=city eq 'x'")).status).toBe(400);
});

test.each(['$top=5', '$orderby=displayName', '$expand=members', '$search="displayName:a"'])(
  '%s is refused',
  async (option) => {
    const { call } = quietDirectory();
    expect((await call(`/groups/delta?${option}`)).status).toBe(400);
  },
);

test('a token older than 7 days is refused with 400 and one of two codes, or with 410 and a fresh address', async () => {
  const { call, world } = quietDirectory();
  const { link } = await round(call, '/users/delta?$select=id,mail');
  world.clock.advance(7 * DAY_MS);
  expect((await call(link)).body.error.code).toBe('syncStateNotFound');
  world.switches.expiredDeltaToken = 'unsupported';
  expect((await call(link)).body.error.code).toBe('Request_UnsupportedQuery');
  world.switches.expiredDeltaToken = 'gone';
  const gone = await call(link);
  expect(gone.status).toBe(410);
  expect(gone.headers['location']).toMatch(/\/users\/delta\?\$select=id,mail&\$deltatoken=$/);
  expect((await round(call, gone.headers['location'] ?? '')).entries).toHaveLength(30);
  expect((await call('/users/delta?$deltatoken=made.up')).status).toBe(400);
});

test('empty pages and replays disturb nobody who merges by id', async () => {
  const { call, world, tenant } = aDirectory();
  Object.assign(world.switches.delta, { userPageSize: 3, replayShare: 0.5, emptyPageShare: 0.5 });
  const first = await round(call, '/users/delta?$select=city');
  expect(first.pages.some((page) => page.value.length === 0)).toBe(true);
  expect(first.entries.length).toBeGreaterThan(30);
  expect(new Set(first.entries.map(({ id }) => id)).size).toBe(30);
  const [person] = [...tenant.view().users()];
  tenant.directory.updateUser(person?.id ?? '', { city: 'Denver' });
  expect((await round(call, first.link)).entries.at(-1)).toMatchObject({ city: 'Denver' });
});

test('a change that a replica has not seen yet is told by a later round, never lost', async () => {
  const { call, tenant, world } = quietDirectory();
  const { link } = await round(call, '/users/delta?$select=city');
  world.clock.advance(60_000);
  tenant.directory.updateUser([...tenant.view().users()][0]?.id ?? '', { city: 'Århus' });
  world.clock.advance(1_000);
  const behind = await round(call, link, { lagMs: 10_000 });
  expect(behind.entries).toEqual([]);
  const seen = await round(call, behind.link);
  expect(seen.entries).toHaveLength(1);
  expect((await round(call, seen.link, { lagMs: 10_000 })).entries).toEqual([]);
});

test('a page answered by an older replica than the one that began the round tells the newest state', async () => {
  const { call, tenant, world } = quietDirectory();
  world.switches.delta.userPageSize = 1;
  const { link } = await round(call, '/users/delta?$select=city');
  world.clock.advance(60_000);
  const ids = [...tenant.view().users()].slice(0, 2).map(({ id }) => id);
  for (const id of ids) tenant.directory.updateUser(id, { city: 'Århus' });
  world.clock.advance(1_000);
  const first = await call(link);
  const second = await call(first.body['@odata.nextLink'], { lagMs: 10_000 });
  expect([...first.body.value, ...second.body.value]).toEqual(ids.map((id) => ({ city: 'Århus', id })));
});
