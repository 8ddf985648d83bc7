import { HOUR_MS } from '../../../src/kernel/clock.js';
import { ADVANCED, aDirectory, allPages } from './directory-client.js';

const EVENTUAL_CAST = '$count=true&$select=id';

test('a list shows the captured default properties in pages whose links keep the query', async () => {
  const { call } = aDirectory();
  const [first, ...rest] = await allPages(call, '/users?$top=7');
  expect(Object.keys(first.value[0])).toEqual([
    ...['businessPhones', 'displayName', 'givenName', 'jobTitle', 'mail', 'mobilePhone', 'officeLocation'],
    ...['preferredLanguage', 'surname', 'userPrincipalName', 'id'],
  ]);
  expect(first['@odata.nextLink']).toMatch(/^http:\/\/127\.0\.0\.1:4000\/v1\.0\/users\?\$top=7&\$skiptoken=/);
  const ids = [first, ...rest].flatMap((page) => page.value.map(({ id }: { id: string }) => id));
  expect([rest.length, new Set(ids).size]).toEqual([4, 30]);
  const group = await call('/groups?$top=1');
  expect(Object.keys(group.body.value[0])).toHaveLength(35);
});

test('$select shows what was asked for, without an id, and leaves unknown names out', async () => {
  const { call } = aDirectory();
  const one = await call('/users/admin@contoso.example?$select=displayName,noSuchProperty');
  expect(Object.keys(one.body)).toEqual(['@odata.context', 'displayName']);
  expect(one.body['@odata.context']).toMatch(/\$metadata#users\(displayName,noSuchProperty\)\/\$entity$/);
});

test('a person is found by id and principal name until deleted, then 404', async () => {
  const { call, tenant } = aDirectory();
  const { id } = (await call('/users/ADMIN@contoso.example')).body;
  expect((await call(`/users/${id.toUpperCase()}`)).status).toBe(200);
  tenant.directory.deleteUser(id, false);
  const gone = await call(`/users/${id}`);
  expect([gone.status, gone.body.error.code]).toEqual([404, 'Request_ResourceNotFound']);
  expect(Object.keys(gone.body.error.innerError)).toEqual(['date', 'request-id', 'client-request-id']);
  expect((await call('/users/not-a-valid-object-id')).status).toBe(404);
});

test.each([
  ['/users?$top=1000', 400, 'Request_BadRequest'],
  ['/users?$top=0', 400, 'Request_BadRequest'],
  ['/users?$skip=5', 400, 'Request_UnsupportedQuery'],
  ['/users?$search="displayName:a"', 400, 'Request_UnsupportedQuery'],
  ['/users/$count', 400, 'Request_BadRequest'],
  ["/users?$filter=endswith(mail,'x')", 400, 'Request_UnsupportedQuery'],
  ["/users?$filter=contains(mail,'x')", 400, 'Request_UnsupportedQuery'],
  ["/users?$filter=noSuch eq 'x'", 400, 'Request_BadRequest'],
  ["/users?$filter=id eq '", 400, 'Request_BadRequest'],
  ["/users?$filter=startswith(displayName,'a')&$orderby=displayName", 400, 'Request_UnsupportedQuery'],
  ['/users?$skiptoken=made.up', 400, 'Request_BadRequest'],
  ['/users?$select=id&$select=mail', 400, 'Request_BadRequest'],
  ['/users?$select=mailboxSettings', 501, 'NotImplemented'],
  ['/me', 400, 'BadRequest'],
])('GET %s is refused with %i %s', async (path, status, code) => {
  const { call } = aDirectory();
  const answer = await call(path);
  expect([answer.status, answer.body.error.code]).toEqual([status, code]);
});

test('$filter, $search, $orderby and $count narrow, sort and count', async () => {
  const { call } = aDirectory();
  const all = (await call('/users?$select=id,displayName,accountEnabled')).body.value;
  const [a, b] = all;
  const ids = async (path: string, headers = {}) =>
    (await call(path, { headers })).body.value.map(({ id }: { id: string }) => id);
  expect(await ids(`/users?$filter=id in ('${a.id}', '${b.id}')`)).toEqual([a.id, b.id]);
  expect(await ids(`/users?$filter=id eq '${b.id}' and accountEnabled eq true`)).toEqual([b.id]);
  expect(await ids(`/users?$filter=not (id eq '${b.id}')&$count=true`, ADVANCED)).toHaveLength(29);
  expect(await ids("/users?$filter=userPrincipalName eq 'Admin@Contoso.example'")).toEqual([a.id]);
  const word = b.displayName.split(' ').at(-1).slice(0, 4);
  expect(await ids(`/users?$search="displayName:${encodeURIComponent(word)}"`, ADVANCED)).toContain(b.id);
  const either = `"displayName:${word}" OR "mail:${a.displayName}" OR "userPrincipalName:admin@"`;
  expect(await ids(`/users?$search=${encodeURIComponent(either)}`, ADVANCED)).toEqual(
    expect.arrayContaining([a.id, b.id]),
  );
  const joined = await call(`/users?$search=${encodeURIComponent('"displayName:a" or "mail:a"')}`, {
    headers: ADVANCED,
  });
  expect([joined.status, joined.body.error.code]).toEqual([400, 'Request_BadRequest']);
  const sorted = await call('/users?$orderby=displayName&$top=5&$count=true', { headers: ADVANCED });
  expect(sorted.body['@odata.count']).toBe(30);
  const names = (await allPages(call, '/users?$orderby=displayName&$top=4')).flatMap((page) => page.value);
  expect(names.map((each) => each.displayName)).toEqual(
    all.map((each: { displayName: string }) => each.displayName).sort((x: string, y: string) => x.localeCompare(y)),
  );
  expect((await call('/users/$count', { headers: ADVANCED })).body).toBe(30);
});

test('a page token that was kept too long is refused', async () => {
  const { call, world } = aDirectory();
  const next = (await call('/users?$top=5')).body['@odata.nextLink'];
  world.clock.advance(HOUR_MS + 1);
  expect((await call(next)).body.error.code).toBe('Directory_ExpiredPageToken');
});

test('transitive members go through nested groups and cycles once; casts need an advanced query', async () => {
  const { call, tenant } = aDirectory();
  const [everyone, first, second, third, fourth] = [...tenant.view().groups()];
  const direct = (await call(`/groups/${everyone?.id}/members`)).body.value;
  expect(direct.map((each: Record<string, unknown>) => each['@odata.type'])).toEqual(
    Array(2).fill('#microsoft.graph.group'),
  );
  const below = (await allPages(call, `/groups/${everyone?.id}/transitiveMembers?$select=id&$top=3`)).flatMap(
    (page) => page.value,
  );
  const expected = new Set([
    ...direct.map(({ id }: { id: string }) => id),
    ...(first?.memberIds ?? []),
    ...(second?.memberIds ?? []),
  ]);
  expect(below.map(({ id }) => id).sort()).toEqual([...expected].sort());
  const cycle = (await call(`/groups/${third?.id}/transitiveMembers`)).body.value;
  expect(cycle.map(({ id }: { id: string }) => id)).toContain(fourth?.id);
  expect(cycle.map(({ id }: { id: string }) => id)).not.toContain(third?.id);
  const cast = `/groups/${everyone?.id}/transitiveMembers/microsoft.graph.user?${EVENTUAL_CAST}`;
  expect((await call(cast)).body.error.code).toBe('Request_UnsupportedQuery');
  const users = await call(cast, { headers: ADVANCED });
  expect(users.body['@odata.count']).toBe(expected.size - 2);
  expect(Object.keys(users.body.value[0])).toEqual(['id']);
});

test('hidden membership is refused on members and left out of checks, and shown with its own permission', async () => {
  const { call, tenant } = aDirectory();
  const hidden = [...tenant.view().groups()][5];
  const [personId] = [...(hidden?.memberIds ?? [])];
  const roles = ['User.Read.All', 'GroupMember.Read.All', 'Member.Read.Hidden'];
  const check = { method: 'POST', body: { groupIds: [hidden?.id] } } as const;
  expect((await call(`/groups/${hidden?.id}/members`)).status).toBe(403);
  expect((await call(`/groups/${hidden?.id}/members`, { roles })).status).toBe(200);
  expect((await call(`/users/${personId}/checkMemberGroups`, check)).body.value).toEqual([]);
  expect((await call(`/users/${personId}/checkMemberGroups`, { ...check, roles })).body.value).toEqual([hidden?.id]);
});

test('checkMemberGroups is transitive, takes 20 ids, and one malformed id fails all', async () => {
  const { call, tenant } = aDirectory();
  const [everyone, first] = [...tenant.view().groups()];
  const personId = [...(first?.memberIds ?? [])].find((id) => tenant.view().user(id) !== undefined);
  const check = (groupIds: unknown[]) =>
    call(`/users/${personId}/checkMemberGroups`, { method: 'POST', body: { groupIds } });
  expect((await check([everyone?.id])).body.value).toEqual([everyone?.id]);
  expect((await check([everyone?.id, 'nonsense'])).status).toBe(400);
  expect((await check(Array(21).fill(everyone?.id))).status).toBe(400);
  const all = await call(`/users/${personId}/getMemberGroups`, {
    method: 'POST',
    body: { securityEnabledOnly: false },
  });
  expect(all.body.value).toEqual(expect.arrayContaining([everyone?.id, first?.id]));
  const onlyGroups = { method: 'POST', body: { groupIds: [everyone?.id] }, roles: ['GroupMember.Read.All'] } as const;
  expect((await call(`/users/${personId}/checkMemberGroups`, onlyGroups)).status).toBe(403);
});

test('what the app may not read is shown by id and type only', async () => {
  const { call, tenant } = aDirectory();
  const [, group] = [...tenant.view().groups()];
  const [member] = (await call(`/groups/${group?.id}/members`, { roles: ['GroupMember.Read.All'] })).body.value;
  expect(member).toMatchObject({ '@odata.type': '#microsoft.graph.user', displayName: null, businessPhones: [] });
  expect(member.id).toBeTruthy();
});

test('getByIds answers the known ones among at most 1,000 ids', async () => {
  const { call, tenant } = aDirectory();
  const ids = [
    [...tenant.view().users()][3]?.id,
    [...tenant.view().groups()][1]?.id,
    '00000000-0000-4000-8000-000000000000',
  ];
  const post = (body: unknown) => call('/directoryObjects/getByIds?$select=id', { method: 'POST', body });
  expect((await post({ ids })).body.value).toEqual([
    { '@odata.type': '#microsoft.graph.user', id: ids[0] },
    { '@odata.type': '#microsoft.graph.group', id: ids[1] },
  ]);
  expect((await post({ ids, types: ['group'] })).body.value).toHaveLength(1);
  expect((await post({ ids: Array(1_001).fill(ids[0]) })).status).toBe(400);
});

test('mailbox settings come mailbox by mailbox: a zone, none, or closed', async () => {
  const { call, tenant } = aDirectory();
  const users = [...tenant.view().users()];
  const path = (kind: 'none' | 'blocked') =>
    `/users/${users.find(({ mailbox }) => mailbox === kind)?.id}/mailboxSettings`;
  const zone = await call('/users/admin@contoso.example/mailboxSettings/timeZone');
  const whole = await call('/users/admin@contoso.example/mailboxSettings');
  expect(Object.keys(zone.body)).toEqual(['@odata.context', 'value']);
  expect(whole.body.timeZone).toBe(zone.body.value);
  const selected = await call('/users/admin@contoso.example?$select=id,mailboxSettings');
  expect(selected.body.mailboxSettings.timeZone).toBe(zone.body.value);
  const [none, blocked] = [await call(path('none')), await call(path('blocked'))];
  expect([none.status, none.body.error.code]).toEqual([404, 'MailboxNotEnabledForRESTAPI']);
  expect([blocked.status, blocked.body.error.code]).toEqual([403, 'ErrorAccessDenied']);
  expect((await call('/users/nobody@x.example/mailboxSettings')).body.error.code).toBe('ErrorInvalidUser');
});

test('deleted people are listed, read, restored and purged under deletedItems only', async () => {
  const { call, tenant } = aDirectory();
  const [first, second] = [...tenant.view().users()].slice(4).map(({ id }) => id);
  for (const id of [first, second]) tenant.directory.deleteUser(id ?? '', false);
  const listed = await call('/directory/deletedItems/microsoft.graph.user?$select=id,deletedDateTime');
  expect(listed.body.value).toHaveLength(2);
  expect(listed.body.value[0].deletedDateTime).toBe('2026-11-23T09:00:00Z');
  const one = await call(`/directory/deletedItems/${first}`);
  expect(one.body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: first });
  expect((await call(`/directory/deletedItems/${first}/restore`, { method: 'POST' })).status).toBe(200);
  expect((await call(`/directory/deletedItems/${first}`)).status).toBe(404);
  expect((await call(`/users/${first}`)).status).toBe(200);
  expect((await call(`/directory/deletedItems/${second}`, { method: 'DELETE' })).status).toBe(204);
  expect((await call(`/directory/deletedItems/${second}`)).status).toBe(404);
});

test('a lagging replica answers with the past', async () => {
  const { call, tenant, world } = aDirectory();
  const [person] = [...tenant.view().users()];
  world.clock.advance(60_000);
  tenant.directory.updateUser(person?.id ?? '', { city: 'Whangārei' });
  world.clock.advance(1_000);
  const city = async (lagMs: number) => (await call(`/users/${person?.id}?$select=city`, { lagMs })).body.city;
  expect([await city(0), await city(5_000)]).toEqual(['Whangārei', person?.properties['city']]);
});
