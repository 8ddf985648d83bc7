import { USERS, type UserRow } from '../../../src/records/types.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/** Collections that grow with people or enterprises: nobody may look through the whole of one for a single one. */
const GROWING = [
  'users',
  'people',
  'ledger',
  'changes',
  'problems',
  'decisions',
  'runProblems',
  'activities',
  'outbox',
  'organisations',
  'teams',
  'runs',
  'calendars',
  'groups',
  'subscriptions',
];

interface Profiled {
  readonly ns: string;
  readonly op: string;
  readonly planSummary?: string;
  readonly docsExamined?: number;
  readonly command: { readonly find?: string; readonly filter?: unknown };
}

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ simulator: { people: 60, groups: 4 } });
  const [north = ''] = Object.values(stack.teams);
  for (const { id } of stack.tenant.view().groups())
    await stack.services.teamMappings.mapTeam(stack.enterpriseId, { groupId: id, teamId: north }, 'test');
});

afterAll(() => stack?.close());

test('runs, changes, moved addresses, removals and archives use an index for every query on what grows', async () => {
  const { db } = stack.services.store;
  const { directory } = stack.tenant;
  const { activities, settings } = stack.services;
  await settings.setSettings(stack.enterpriseId, { sendAddressNotices: true }, { by: 'test' });
  // Of its own size it would forget the first ones on a slow machine.
  await db.createCollection('system.profile', { capped: true, size: 2 ** 25 });
  await db.command({ profile: 2 });
  await stack.sync();
  const [first, second, third] = await linked();
  const planned = { name: 'Poles', start: new Date('2040-01-01T00:00:00Z'), finish: new Date('2040-01-01T01:00:00Z') };
  await activities.schedule({ enterpriseId: stack.enterpriseId, person: third ?? '' }, planned, { who: 'test' });
  directory.updateUser(third ?? '', { accountEnabled: false });
  directory.updateUser(first ?? '', { mail: 'moved@kiwipower.test', surname: 'Moved' });
  for (const { id, memberIds } of stack.tenant.view().groups())
    if (memberIds.has(second ?? '')) directory.removeMember(id, second ?? '');
  await stack.sync();
  await waitFor(async () => (await stack.services.ledger.ofPerson(await idOf(second), 50)).some(isLeave), {
    message: 'nobody left',
  });
  const { enterpriseId } = stack;
  const cancelled = () => activities.list(enterpriseId, { status: 'cancelled' });
  await waitFor(async () => (await cancelled()).length === 1, { message: 'nothing was cancelled' });
  const told = () => stack.services.outbox.list(enterpriseId);
  await waitFor(async () => (await told()).length === 1, { message: 'nobody was told' });
  await db.command({ profile: 0 });
  const profiled = await db.collection<Profiled>('system.profile').find().toArray();
  const about = profiled.filter(({ ns }) => GROWING.some((name) => ns.endsWith(`.${name}`)));
  expect(about.length).toBeGreaterThan(50);
  const scans = about.filter(({ planSummary }) => planSummary?.startsWith('COLLSCAN'));
  expect([...new Set(scans.map(shown))]).toEqual([]);
  const detours = about.filter(({ ns, command, planSummary }) => {
    const filter = JSON.stringify(command.filter ?? {});
    const isPartial = /wantedEmailKey|look\.at|mailboxDueAt|ripening\.since|waitsFor/.exec(filter)?.[0];
    return ns.endsWith('.people') && isPartial !== undefined && !planSummary?.includes(isPartial);
  });
  expect([...new Set(detours.map(shown))]).toEqual([]);
  const used = (collection: string, keys: string) =>
    about.some(({ ns, planSummary }) => ns.endsWith(`.${collection}`) && planSummary?.includes(`IXSCAN { ${keys}`));
  expect(used('activities', 'enterpriseId: 1, userId: 1 }')).toBe(true);
  expect(used('activities', 'enterpriseId: 1, userId: 1, status: 1, scheduledStart: 1 }')).toBe(true);
  // Which of the indexes that begin so is chosen differs from time to time.
  expect(used('users', 'enterpriseId: 1')).toBe(true);
});

function shown({ ns, op, planSummary, command }: Profiled): string {
  return `${ns} ${op} ${planSummary} ${JSON.stringify(command.filter ?? command)}`.slice(0, 400);
}

function isLeave({ kind }: { kind: string }): boolean {
  return kind === 'leave';
}

async function linked(): Promise<string[]> {
  const users = await stack.services.store
    .collection<UserRow>(USERS)
    .find({ enterpriseId: stack.enterpriseId })
    .toArray();
  return users.flatMap(({ memberships, entra }) => (entra && memberships.length > 0 ? [entra.objectId] : []));
}

async function idOf(objectId: string | undefined): Promise<string> {
  const whose = { 'entra.tenantId': stack.tenant.id, 'entra.objectId': objectId ?? '' };
  return (await stack.services.store.collection<UserRow>(USERS).findOne(whose))?._id ?? '';
}
