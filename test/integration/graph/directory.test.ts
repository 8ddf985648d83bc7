import { all, type Scene, startScene } from './start-scene.js';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene({ people: 30, groups: 4 });
});
afterEach(() => scene.close());

function aPerson(over: Record<string, unknown> = {}): string {
  const name = `p${scene.tenant.latestSequence()}`;
  const properties = { displayName: name, userPrincipalName: `${name}@${scene.tenant.domain}`, mail: null, ...over };
  return scene.tenant.directory.createUser({ accountEnabled: true, ...properties }).objectId;
}

function aGroup(over: Record<string, unknown> = {}): string {
  return scene.tenant.directory.createGroup({ displayName: 'Payroll', securityEnabled: true, ...over }).objectId;
}

test('people are read with their direct and nested groups, in one batch', async () => {
  const { tenant, graph } = scene;
  const [inner, outer, other] = [aGroup(), aGroup(), aGroup()];
  const [ann, ben] = [aPerson({ givenName: 'Ann' }), aPerson()];
  tenant.directory.addMember(inner, ann);
  tenant.directory.addMember(outer, inner);
  tenant.directory.addMember(other, ben);
  const people = await graph.readPeople([ann, ben], { mappedGroupIds: [inner, outer] });
  expect(people.get(ann)).toMatchObject({ status: 'present', user: { id: ann, givenName: 'Ann', mail: null } });
  const annAnswer = people.get(ann);
  expect(annAnswer?.status === 'present' && annAnswer.groupIds.toSorted()).toEqual([inner, outer].toSorted());
  expect(people.get(ben)).toMatchObject({ status: 'present', groupIds: [] });
});

test('more than twenty mapped groups give the same answer', async () => {
  const { tenant, graph } = scene;
  const groups = Array.from({ length: 23 }, () => aGroup());
  const ann = aPerson();
  for (const group of groups.slice(20)) tenant.directory.addMember(group, ann);
  const answer = (await graph.readPeople([ann], { mappedGroupIds: groups })).get(ann);
  expect(answer?.status === 'present' && answer.groupIds.toSorted()).toEqual(groups.slice(20).toSorted());
});

test('soft deleted, deleted for good and restored people are told apart', async () => {
  const { tenant, graph } = scene;
  const [soft, hard, back] = [aPerson(), aPerson(), aPerson()];
  tenant.directory.deleteUser(soft, false);
  tenant.directory.deleteUser(hard, true);
  tenant.directory.deleteUser(back, false);
  tenant.directory.restoreUser(back);
  const people = await graph.readPeople([soft, hard, back], { mappedGroupIds: [] });
  expect([soft, hard, back].map((id) => people.get(id)?.status)).toEqual(['soft_deleted', 'absent', 'present']);
  const answer = people.get(soft);
  expect(answer?.status === 'soft_deleted' && answer.deletedAt).toBeInstanceOf(Date);
});

test('a list longer than a page is read whole, nested people included and each once', async () => {
  const { tenant, graph } = scene;
  const [outer, inner] = [aGroup(), aGroup()];
  tenant.directory.addMember(outer, inner);
  const ids = Array.from({ length: 1_100 }, (_, index) => {
    const id = aPerson();
    tenant.directory.addMember(index % 2 === 0 ? inner : outer, id);
    if (index === 0) tenant.directory.addMember(outer, id);
    return id;
  });
  const pages = await all(graph.transitiveUsers(outer, { priority: 'run' }));
  expect(pages.length).toBeGreaterThan(1);
  const found = pages.flatMap((page) => page.users.map((user) => user.id));
  expect(found.toSorted()).toEqual(ids.toSorted());
  expect((await all(graph.transitiveGroups(outer))).flat()).toEqual([inner]);
  expect((await all(graph.directMembers(outer))).flat()).toContainEqual({ id: inner, type: 'group' });
  expect(await graph.getByIds([inner, ids[0] ?? '', outer], ['group'])).toHaveLength(2);
});

test('groups are present, hidden, absent, and found by their name', async () => {
  const { tenant, graph } = scene;
  const [plain, hidden, gone] = [
    aGroup({ displayName: 'Zebra keepers' }),
    aGroup({ visibility: 'HiddenMembership' }),
    aGroup(),
  ];
  tenant.directory.deleteGroup(gone, true);
  const groups = await graph.readGroups([plain, hidden, gone]);
  expect(groups.get(plain)).toMatchObject({
    status: 'present',
    group: { displayName: 'Zebra keepers', hiddenMembership: false },
  });
  expect(groups.get(hidden)).toMatchObject({ status: 'present', group: { hiddenMembership: true } });
  expect(groups.get(gone)).toEqual({ status: 'absent' });
  expect(await graph.readGroup(gone)).toEqual({ status: 'absent' });
  expect((await graph.searchGroups({ text: 'zebra', limit: 5 })).map((group) => group.id)).toEqual([plain]);
});

test('mailbox settings come for those who have a mailbox', async () => {
  const { tenant, graph } = scene;
  const create = (mailbox: Parameters<typeof tenant.directory.createUser>[1]) => {
    const properties = { displayName: 'x', userPrincipalName: `m${tenant.latestSequence()}@${tenant.domain}` };
    return tenant.directory.createUser(properties, mailbox).objectId;
  };
  const [has, none, blocked] = [
    create({ timeZone: 'Romance Standard Time', userPurpose: 'user' }),
    create('none'),
    create('blocked'),
  ];
  const mailboxes = await graph.readMailboxSettings([has, none, blocked]);
  expect(mailboxes.get(has)).toEqual({ status: 'ok', timeZone: 'Romance Standard Time', userPurpose: 'user' });
  expect(mailboxes.get(none)).toEqual({ status: 'no_mailbox' });
  expect(mailboxes.get(blocked)).toMatchObject({ status: 'forbidden' });
});

test('a missing permission is a refusal that names it', async () => {
  scene.tenant.consentedRoles.delete('User.Read.All');
  const ann = aPerson();
  const answer = (await scene.graph.readPeople([ann], { mappedGroupIds: [] })).get(ann);
  expect(answer).toMatchObject({ status: 'failed', failure: { kind: 'denied', status: 403 } });
  expect(answer?.status === 'failed' && answer.failure.message).toContain('User.Read.All');
});
