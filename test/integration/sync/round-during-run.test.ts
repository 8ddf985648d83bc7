import type { RunRow } from '../../../src/reconciliation/types.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/** So long Graph keeps the run waiting for the second list; what happens meanwhile is waited for. */
const LIST_MS = 3_000;

let stack: Stack;
/** Called with the path of each answer of Graph, before it is sent. */
let answered: (path: string) => void = () => {};

beforeAll(async () => {
  stack = await startStack({ simulator: { record: ({ path }) => answered(path) } });
  stack.tenant.directory.addMember(await fieldCrew(stack), person('Aroha'));
  await stack.sync();
  await subscribed(stack);
  await ownersLooked();
  // The round after the first sync is had.
  await restedSince(await ask());
});
afterAll(() => stack?.close());
afterEach(() => {
  answered = () => {};
  stack.simulator.faults.clear();
});

function person(name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  return stack.tenant.directory.createUser(properties).objectId;
}

const cursor = () => stack.services.mirror.cursors.load(stack.tenant.id);
const userOf = (objectId: string) =>
  stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
const listOf = (groupId: string) => `groups/${groupId}/transitiveMembers/microsoft.graph.user`;

async function ask(): Promise<Date> {
  const at = stack.services.clock.now();
  await stack.services.mirror.cursors.ask(stack.tenant.id, at);
  return at;
}

async function roundSince(at: Date): Promise<void> {
  await waitFor(async () => ((await cursor()).roundAt?.getTime() ?? 0) >= at.getTime(), { message: 'no round' });
}

async function restedSince(at: Date): Promise<void> {
  const rests = async () => {
    const { askedAt, roundAt, pending } = await cursor();
    const { open } = await stack.services.changes.stats(stack.tenant.id);
    const isHad = roundAt !== null && askedAt !== null && roundAt >= at && roundAt >= askedAt;
    return isHad && pending === null && open === 0;
  };
  await waitFor(rests, { message: 'no rest' });
}

interface Listed {
  readonly run: RunRow;
  readonly ana: string;
  readonly cara: string;
  readonly dan: string;
}

type Late = Parameters<Stack['simulator']['faults']['add']>[0]['action'];

/** A run begins that reads a newly mapped group at once and another one late; people change when it has the first list. */
async function listing(crew: string, late: Late = {}): Promise<Listed> {
  const { tenant, services, simulator, enterpriseId, teams } = stack;
  const { directory } = tenant;
  const [first, second, below] = ['', 'late', 'below'].map(
    (name) => directory.createGroup({ displayName: `${crew} ${name}` }).objectId,
  ) as [string, string, string];
  const [ana, cara, dan, ben] = ['Ana', 'Cara', 'Dan', 'Ben'].map((name) => person(name + crew)) as string[];
  for (const objectId of [ana, cara, below]) directory.addMember(first, objectId ?? '');
  directory.addMember(second, ben ?? '');
  for (const groupId of [first, second])
    await services.teamMappings.mapTeam(enterpriseId, { groupId, teamId: teams['South'] ?? '' }, 'test');
  const hasFirst = new Promise<void>((resolve) => {
    answered = (path) => {
      if (!path.includes(listOf(first))) return;
      answered = () => {};
      directory.updateUser(ana ?? '', { givenName: 'Anahera' });
      directory.updateUser(cara ?? '', { accountEnabled: false });
      directory.addMember(below, dan ?? '');
      resolve();
    };
  });
  simulator.faults.add({ match: { path: listOf(second) }, after: 0, times: 1, action: { delayMs: LIST_MS, ...late } });
  const { run } = await services.runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false });
  await hasFirst;
  return { run, ana: ana ?? '', cara: cara ?? '', dan: dan ?? '' };
}

async function expectIn({ ana, cara, dan }: Listed): Promise<void> {
  await waitFor(async () => (await userOf(cara))?.status !== 'invited', { message: 'is let in though disabled' });
  expect((await userOf(ana))?.firstName).toBe('Anahera');
  expect((await userOf(dan))?.memberships).toHaveLength(1);
}

test('what changes while a run reads its lists, and a round names meanwhile, is in after the run', async () => {
  const { users: link, verifiedUntil } = await cursor();
  const listed = await listing('One');
  const askedAt = await ask();
  await roundSince(askedAt);
  const during = await cursor();
  const isReading = (await stack.services.runs.get(listed.run._id))?.phase === 'reading';
  if (isReading) expect(during).toMatchObject({ users: link, verifiedUntil });
  await stack.services.runs.wait(listed.run._id, { timeoutMs: 60_000 });
  await restedSince(askedAt);
  await expectIn(listed);
  expect((await cursor()).users).not.toBe(link);
});

test('a round that is under way when a run begins takes nothing from it', async () => {
  const { faults } = stack.simulator;
  faults.add({
    match: { path: 'users/(microsoft.graph.)?delta' },
    after: 0,
    times: 1,
    action: { delayMs: LIST_MS / 2 },
  });
  const askedAt = await ask();
  await waitFor(() => faults.list().some(({ caught }) => caught > 0), { message: 'no round' });
  const listed = await listing('Two');
  await stack.services.runs.wait(listed.run._id, { timeoutMs: 60_000 });
  await restedSince(askedAt);
  await expectIn(listed);
});

test('where a run has failed, nothing counts as verified until the new groups are read, and nothing is lost', async () => {
  const { verifiedUntil } = await cursor();
  const listed = await listing('Three', { status: 400 });
  expect(await stack.services.runs.wait(listed.run._id, { timeoutMs: 60_000 })).toMatchObject({ status: 'failed' });
  await restedSince(await ask());
  expect((await cursor()).verifiedUntil).toEqual(verifiedUntil);
  expect(await stack.sync()).toMatchObject({ status: 'succeeded' });
  await restedSince(await ask());
  await expectIn(listed);
  expect((await cursor()).verifiedUntil.users).not.toEqual(verifiedUntil.users);
});
