import { DAY_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import { createWorld } from '../../../src/simulator/world/create-world.js';
import type { DirectoryUser } from '../../../src/simulator/world/types.js';
import { UnknownObject } from '../../../src/simulator/world/unknown-object.js';
import { aDirectory, onlyTenant } from './directory-client.js';

const people = (seed: number): DirectoryUser[] => {
  const world = createWorld({ seed, tenants: [{ people: 120, groups: 12 }] });
  return [...onlyTenant(world).view().users()];
};

test('the same seed gives the same people, and another seed gives others', () => {
  expect(people(7)).toEqual(people(7));
  expect(people(7).map(({ id }) => id)).not.toEqual(people(8).map(({ id }) => id));
});

test('a world has guests, disabled people, people without mail, macrons and both kinds of zone names', () => {
  const seeded = people(7);
  const texts = seeded.map(({ properties }) => String(properties['displayName'])).join(' ');
  const zones = seeded.map(({ mailbox }) => (typeof mailbox === 'string' ? mailbox : mailbox.timeZone));
  expect(seeded.some(({ properties }) => String(properties['userPrincipalName']).includes('#EXT#@'))).toBe(true);
  expect(seeded.some(({ properties }) => properties['accountEnabled'] === false)).toBe(true);
  expect(seeded.some(({ properties }) => properties['mail'] === null)).toBe(true);
  expect(texts).toMatch(/[āēīōū]/);
  expect(zones).toEqual(expect.arrayContaining(['New Zealand Standard Time', 'Pacific/Auckland', 'none']));
});

test('groups are nested, two of them hold each other, and one hides its members', () => {
  const view = aDirectory().tenant.view();
  const [everyone, first, , third, fourth, hidden] = [...view.groups()];
  expect(everyone?.memberIds.has(first?.id ?? '')).toBe(true);
  expect(third?.memberIds.has(fourth?.id ?? '')).toBe(true);
  expect(fourth?.memberIds.has(third?.id ?? '')).toBe(true);
  expect(hidden?.hiddenMembership).toBe(true);
  for (const group of view.groups()) for (const id of group.memberIds) expect(view.parentsOf(id)).toContain(group.id);
});

test('a lagging view shows people, groups and memberships as they were', () => {
  const { world, tenant } = aDirectory();
  const [, group] = [...tenant.view().groups()];
  const groupId = group?.id ?? '';
  const [personId = ''] = group?.memberIds ?? [];
  const newcomer = tenant.directory.createUser({ displayName: 'Tāne Mahuta', userPrincipalName: 'tane@x.example' });
  world.clock.advance(10_000);
  tenant.directory.updateUser(personId, { userPrincipalName: 'new@x.example', country: 'Fiji' });
  tenant.directory.removeMember(groupId, personId);
  tenant.directory.addMember(groupId, newcomer.objectId);
  world.clock.advance(10_000);
  tenant.directory.deleteUser(newcomer.objectId, true);

  const [now, before, start] = [tenant.view(), tenant.view(15_000), tenant.view(25_000)];
  expect(now.user(newcomer.objectId)).toBeUndefined();
  expect(now.group(groupId)?.memberIds.has(personId)).toBe(false);
  expect(now.parentsOf(personId).has(groupId)).toBe(false);
  expect(tenant.view(5_000).group(groupId)?.memberIds.has(newcomer.objectId)).toBe(true);
  expect(tenant.view(5_000).parentsOf(newcomer.objectId).has(groupId)).toBe(true);
  expect(before.user(newcomer.objectId)?.properties['displayName']).toBe('Tāne Mahuta');
  expect(before.userByPrincipalName('TANE@x.example')?.id).toBe(newcomer.objectId);
  expect(before.userByPrincipalName('new@x.example')).toBeUndefined();
  expect(before.user(personId)?.properties['country']).not.toBe('Fiji');
  expect(before.group(groupId)?.memberIds.has(personId)).toBe(true);
  expect(before.parentsOf(personId).has(groupId)).toBe(true);
  expect(start.user(newcomer.objectId)).toBeUndefined();
  expect([...start.users()].length).toBe(30);
  expect([now.sequence, before.sequence, start.sequence]).toEqual([5, 1, 0]);
});

test('deletion puts the id before the principal name, keeps memberships, and is undone by restoring', () => {
  const { tenant } = aDirectory();
  const [, group] = [...tenant.view().groups()];
  const [personId = ''] = group?.memberIds ?? [];
  const name = tenant.view().user(personId)?.properties['userPrincipalName'];
  expect(tenant.directory.deleteUser(personId, false)).toMatchObject({ kind: 'user', changeType: 'updated' });
  expect(tenant.view().user(personId)?.properties['userPrincipalName']).toBe(`${personId.replaceAll('-', '')}${name}`);
  expect(tenant.view().parentsOf(personId).size).toBeGreaterThan(0);
  expect(() => tenant.directory.updateUser(personId, { city: 'Leeds' })).toThrow(UnknownObject);
  tenant.directory.restoreUser(personId);
  expect(tenant.view().user(personId)?.properties).toMatchObject({ userPrincipalName: name, deletedDateTime: null });
});

test('what was deleted 30 days ago is gone for good, and listeners hear of it', () => {
  const { world, tenant } = aDirectory();
  const [person] = [...tenant.view().users()];
  const heard: string[] = [];
  tenant.onCommit((commit) => heard.push(`${commit.changeType} ${commit.objectId === person?.id}`));
  tenant.directory.deleteUser(person?.id ?? '', false);
  world.clock.advance(30 * DAY_MS - MINUTE_MS);
  expect(tenant.view().user(person?.id ?? '')).toBeDefined();
  world.clock.advance(2 * MINUTE_MS);
  expect(tenant.view().user(person?.id ?? '')).toBeUndefined();
  expect(tenant.view().parentsOf(person?.id ?? '').size).toBe(0);
  expect(heard).toEqual(['updated true', 'deleted true']);
});

test('a Microsoft 365 group can be restored with its members, a security group cannot', () => {
  const { tenant } = aDirectory();
  const [personId = ''] = [...tenant.view().users()].map(({ id }) => id);
  const unified = tenant.directory.createGroup({ displayName: 'Crew', groupTypes: ['Unified'] }).objectId;
  const security = tenant.directory.createGroup({ displayName: 'Access' }).objectId;
  for (const id of [unified, security]) tenant.directory.addMember(id, personId);
  expect(tenant.directory.deleteGroup(unified).changeType).toBe('updated');
  expect(tenant.directory.deleteGroup(security).changeType).toBe('deleted');
  expect(tenant.view().parentsOf(personId).has(unified)).toBe(false);
  tenant.directory.restoreGroup(unified);
  expect(tenant.view().parentsOf(personId).has(unified)).toBe(true);
  expect(tenant.view().group(security)).toBeUndefined();
});

test('a commit names what changed; an edit of a mailbox alone commits nothing', () => {
  const { tenant } = aDirectory();
  const [person] = [...tenant.view().users()];
  const commit = tenant.directory.updateUser(person?.id ?? '', {
    city: 'Leeds',
    surname: person?.properties['surname'],
  });
  expect(commit).toMatchObject({ sequence: 1, changedProperties: ['city'], membersAdded: [] });
  tenant.directory.updateUser(person?.id ?? '', {}, 'blocked');
  expect(tenant.view().user(person?.id ?? '')?.mailbox).toBe('blocked');
  expect(tenant.latestSequence()).toBe(1);
  expect(tenant.commitsAfter(0)).toEqual([commit]);
});

test('unknown properties and taken principal names are refused', () => {
  const { tenant } = aDirectory();
  const name = `ADMIN@${tenant.domain}`;
  expect(() => tenant.directory.createUser({ userPrincipalName: name })).toThrow('userPrincipalName');
  expect(() => tenant.directory.createUser({ dispalyName: 'x' })).toThrow('dispalyName');
});
