import { USERS, type UserRow } from '../../../src/records/types.js';
import { atRest } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let field: string;
let nested: string;

beforeAll(async () => {
  stack = await startStack();
  const { directory } = stack.tenant;
  field = directory.createGroup({ displayName: 'Field crew' }).objectId;
  nested = directory.createGroup({ displayName: 'Night crew' }).objectId;
  directory.addMember(field, nested);
  await stack.services.teamMappings.mapTeam(
    stack.enterpriseId,
    { groupId: field, teamId: stack.teams['North'] ?? '' },
    'test',
  );
});

afterAll(() => stack?.close());

function person(name: string, extra: Record<string, unknown> = {}): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  return stack.tenant.directory.createUser({
    displayName: name,
    givenName: name,
    surname: 'Tester',
    mail,
    userPrincipalName: mail,
    mobilePhone: '022 518 9900',
    country: 'New Zealand',
    accountEnabled: true,
    userType: 'Member',
    ...extra,
  }).objectId;
}

function userOf(objectId: string): Promise<UserRow | null> {
  return stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
}

test('a full run brings in the members of a mapped group with their fields and their team', async () => {
  const aroha = person('Aroha');
  stack.tenant.directory.addMember(field, aroha);
  const run = await stack.sync();

  expect(run).toMatchObject({ status: 'succeeded', counts: { seen: 1, created: 1, teamAdded: 1 } });
  expect(await userOf(aroha)).toMatchObject({
    email: 'aroha@kiwipower.test',
    firstName: 'Aroha',
    mobilePhone: '+64225189900',
    country: 'NZ',
    memberships: [{ teamId: stack.teams['North'], manual: false }],
  });
});

test('a second run over an unchanged tenant writes nothing', async () => {
  // The time zone comes by a work of its own.
  await atRest(stack);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded', writes: 0 });
});

test('a changed attribute reaches the record within seconds, because Graph tells us', async () => {
  const [aroha] = await people();
  await waitFor(async () => (await subscriptions()).length === 2, { message: 'no subscriptions' });
  stack.tenant.directory.updateUser(aroha ?? '', { surname: 'Ngata' });
  await waitFor(async () => (await userOf(aroha ?? ''))?.lastName === 'Ngata', {
    message: 'not applied',
  });
});

test('somebody who joins through a nested group appears, and who leaves loses the team', async () => {
  const hemi = person('Hemi');
  stack.tenant.directory.addMember(nested, hemi);
  await waitFor(async () => (await userOf(hemi))?.memberships.length === 1, {
    message: 'did not join',
  });
  stack.tenant.directory.removeMember(nested, hemi);
  await waitFor(async () => (await userOf(hemi))?.memberships.length === 0, {
    message: 'did not leave',
  });
  expect(await userOf(hemi)).toMatchObject({ status: 'invited' });
});

test('a disabled account is archived and comes back when it is enabled', async () => {
  const [aroha] = await people();
  stack.tenant.directory.updateUser(aroha ?? '', { accountEnabled: false });
  await waitFor(async () => (await userOf(aroha ?? ''))?.status === 'archived', {
    message: 'not archived',
  });
  stack.tenant.directory.updateUser(aroha ?? '', { accountEnabled: true });
  await waitFor(async () => (await userOf(aroha ?? ''))?.status === 'invited', {
    message: 'not restored',
  });
});

async function people(): Promise<string[]> {
  const users = await stack.services.store.collection<UserRow>(USERS).find({}).sort({ createdAt: 1 }).toArray();
  return users.flatMap(({ entra }) => entra?.objectId ?? []);
}

function subscriptions() {
  return stack.services.store.collection('subscriptions').find({ state: 'active' }).toArray();
}
