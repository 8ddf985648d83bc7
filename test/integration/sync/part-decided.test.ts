import { PEOPLE, type PersonRow } from '../../../src/mirror/types.js';
import { LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { atRest, fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let north: readonly string[];
let south: readonly string[];
const by = { who: 'maia', reason: 'a test' };

beforeAll(async () => {
  stack = await startStack();
  const { services, enterpriseId, teams, tenant } = stack;
  north = crew('n', 28, await fieldCrew(stack));
  const group = tenant.directory.createGroup({ displayName: 'South crew' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId: group, teamId: teams['South'] ?? '' }, 'test');
  south = crew('s', 8, group);
  await stack.sync();
  await subscribed(stack);
});
afterAll(() => stack?.close());

function crew(name: string, count: number, group: string): string[] {
  const { directory } = stack.tenant;
  return Array.from({ length: count }, (_, index) => {
    const mail = `${name}${index}@kiwipower.test`;
    const names = { displayName: `${name}${index}`, givenName: name, surname: `${index}`, mobilePhone: '+64225189900' };
    const id = directory.createUser({ ...names, mail, userPrincipalName: mail, accountEnabled: true }).objectId;
    directory.addMember(group, id);
    return id;
  });
}

const enable = (ids: readonly string[], accountEnabled: boolean) => {
  for (const id of ids) stack.tenant.directory.updateUser(id, { accountEnabled });
};
const held = () => stack.services.decisions.list(stack.enterpriseId, { verdict: 'held' });
const heldAre = (count: number) =>
  waitFor(async () => (await held()).length === count, { message: `not ${count} held` });
const recordsOf = (ids: readonly string[], filter: object) =>
  stack.services.store.collection<UserRow>(USERS).countDocuments({ 'entra.objectId': { $in: [...ids] }, ...filter });
const archived = (ids: readonly string[]) => recordsOf(ids, { status: 'archived' });
const archivedAre = (ids: readonly string[], count: number) =>
  waitFor(async () => (await archived(ids)) === count, { message: `not ${count} archived` });

/** Has somebody read by themselves, and what is decided about them then. */
async function readAlone(person = ''): Promise<void> {
  await stack.services.readAgain.person({ enterpriseId: stack.enterpriseId, person }, by);
  await atRest(stack);
}

/** Approves the first six of what is held, refuses two more, and answers the rest, which is held as before. */
async function decidedInPart() {
  const open = await held();
  const { approve, refuse } = stack.services.decisionActs;
  await approve(stack.enterpriseId, { ids: open.slice(0, 6).map(({ id }) => id) }, by);
  await refuse(stack.enterpriseId, { ids: open.slice(6, 8).map(({ id }) => id) }, by);
  return open.slice(8);
}

/** Who of them was read anew since, and everybody is at rest. */
async function readSince(ids: readonly string[], rows: object): Promise<void> {
  const people = stack.services.store.collection<PersonRow>(PEOPLE);
  const isRead = async () => (await people.countDocuments({ objectId: { $in: [...ids] }, ...rows })) === ids.length;
  await waitFor(isRead, { message: 'not read' });
  await atRest(stack);
}

const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
const sinceWhen = (rows: readonly { id: string; person: string; at: Date }[]) =>
  rows.map(({ id, person, at }) => ({ id, person, at })).sort(byId);

test('approving or refusing a part of a storm lets nobody else go, until the directory recovers', async () => {
  const storm = north.slice(0, 12);
  enable(storm, false);
  await heldAre(12);
  await decidedInPart();
  await archivedAre(storm, 6);
  expect(await stack.sync()).toMatchObject({ status: 'succeeded_with_errors', code: 'removal_brake' });
  expect({ archived: await archived(storm), held: (await held()).length }).toEqual({ archived: 6, held: 4 });
  enable(storm, true);
  await archivedAre(storm, 0);
  await heldAre(0);
  await atRest(stack);
});

test('what is held of a storm stays so when these people are deleted after they were disabled', async () => {
  const { directory } = stack.tenant;
  const storm = north.slice(0, 12);
  enable(storm, false);
  await heldAre(12);
  const rest = await decidedInPart();
  await archivedAre(storm, 6);
  const people = rest.map(({ person }) => person);
  for (const person of people) directory.deleteUser(person, false);
  await readSince(people, { state: 'soft_deleted' });
  expect({ archived: await archived(storm), held: sinceWhen(await held()) }).toEqual({
    archived: 6,
    held: sinceWhen(rest),
  });
  for (const person of people) directory.restoreUser(person);
  enable(storm, true);
  await archivedAre(storm, 0);
  await heldAre(0);
  await atRest(stack);
});

test('addresses that are held of a storm stay so when they change once more', async () => {
  const { services, enterpriseId, tenant } = stack;
  const storm = north.slice(0, 12);
  const address = (id: string, domain: string) => tenant.directory.updateUser(id, { mail: `${id}@${domain}.test` });
  const have = (domain: string) => recordsOf(storm, { emailKey: { $regex: `@${domain}` } });
  await services.integrations.pause(enterpriseId, 'test');
  for (const id of storm) address(id, 'kereru');
  await services.integrations.resume(enterpriseId, 'test');
  await heldAre(12);
  const rest = await decidedInPart();
  await waitFor(async () => (await have('kereru')) === 6, { message: 'not six addresses' });
  const people = rest.map(({ person }) => person);
  for (const id of people) address(id, 'tui');
  await readSince(people, { 'attributes.values.mail': { $regex: '@tui' } });
  expect({ changed: await have('tui'), held: sinceWhen(await held()) }).toEqual({ changed: 0, held: sinceWhen(rest) });
  for (const [index, id] of storm.entries()) tenant.directory.updateUser(id, { mail: `n${index}@kiwipower.test` });
  await heldAre(0);
  await waitFor(async () => (await have('kiwipower')) === 12, { message: 'not all as before' });
  await atRest(stack);
});

test('a team whose people would go is held whole, whoever of them is read alone', async () => {
  // Six of 36 in the enterprise, and six of eight in the team.
  const storm = south.slice(0, 6);
  enable(storm, false);
  await heldAre(6);
  await atRest(stack);
  for (const person of storm.slice(0, 2)) await readAlone(person);
  expect({ archived: await archived(storm), held: (await held()).length }).toEqual({ archived: 0, held: 6 });
  enable(storm, true);
  await heldAre(0);
  await atRest(stack);
});

test('numbers that are held are not cleared because one of these people is read alone', async () => {
  const { services, enterpriseId, tenant } = stack;
  const storm = north.slice(0, 14);
  await services.integrations.pause(enterpriseId, 'test');
  await ownersLooked();
  for (const id of storm) tenant.directory.updateUser(id, { mobilePhone: null });
  // All of it is known when somebody looks: a number that is cleared does not wait for others.
  const areNoted = async () => (await services.changes.stats(tenant.id)).open >= storm.length;
  await waitFor(areNoted, { message: 'not told' });
  await services.integrations.resume(enterpriseId, 'test');
  await heldAre(14);
  await atRest(stack);
  for (const person of storm.slice(0, 2)) await readAlone(person);
  expect((await held()).length).toBe(14);
  const cleared = { objectId: { $in: [...storm] }, taking: 'clear' as const };
  expect(await services.store.collection<LedgerRow>(LEDGER).countDocuments(cleared)).toBe(0);
});
