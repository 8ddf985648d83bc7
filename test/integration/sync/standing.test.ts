import { DECISIONS, type DecisionRow } from '../../../src/records/types.js';
import { ghsAt } from '../../support/ghs.js';
import { atRest, fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
});
afterAll(() => stack?.close());

const freshness = () => stack.services.freshness.of(stack.enterpriseId);
const latency = () => stack.services.latency.of(stack.enterpriseId);

function member(name: string): string {
  const { directory } = stack.tenant;
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  const { objectId } = directory.createUser(properties);
  directory.addMember(group, objectId);
  return objectId;
}

test('before the first sync nothing is verified and nothing was told', async () => {
  const none = { verifiedUntil: null, held: 0, parked: 0, stale: 0 };
  expect(await freshness()).toEqual({ users: none, groups: none, calendars: none });
  expect(await latency()).toMatchObject({ count: 0, p50Ms: null, p95Ms: null, maxMs: null });
});

/** What a catch-up happens to meet first nobody was told of: then the next one is timed. */
async function tellUntilTimed(tell: (time: number) => void): Promise<void> {
  const before = await latency();
  let times = 0;
  const isTimed = async () => {
    if ((await latency()).count > before.count) return true;
    tell(times++);
    return false;
  };
  await waitFor(isTimed, { message: 'not timed', everyMs: 1_000 });
}

test('what Graph tells of is timed, people behind a group too', async () => {
  const { services, enterpriseId, tenant } = stack;
  const aroha = member('Aroha');
  await stack.sync();
  await subscribed(stack);
  await tellUntilTimed((time) => tenant.directory.updateUser(aroha, { surname: `Ngata ${time}` }));
  const after = await latency();
  expect(after.maxMs).toBeGreaterThanOrEqual(after.p95Ms ?? Number.POSITIVE_INFINITY);
  await atRest(stack);
  await tellUntilTimed((time) => void member(`Ben${time}`));
  const found = () => services.people.findOrNull(enterpriseId, 'ben0@kiwipower.test');
  await waitFor(async () => (await found()) !== null, { message: 'Ben is not in' });
});

test('what is verified, and what is left out of it, is said for each kind', async () => {
  const { services, enterpriseId, tenant } = stack;
  await waitFor(async () => (await freshness()).users.verifiedUntil, { message: 'not verified' });
  const far = new Date(services.clock.nowMs() + 3_600_000);
  const note = (kind: 'user' | 'group' | 'events', objectId: string) =>
    services.changes.note([{ tenantId: tenant.id, kind, objectId, via: 'manual', notified: 0, dueAt: far }]);
  const open = async (kind: 'user' | 'group' | 'events', objectId: string) => {
    await note(kind, objectId);
    const change = await services.changes.find({ tenantId: tenant.id, kind, objectId });
    return { id: change?._id ?? '', mark: change?.mark ?? '' };
  };
  const why = { code: 'made_up', message: 'cannot be read', nextTryAt: far };
  const parked = [await open('user', 'u1'), await open('group', 'g1'), await open('events', 'e1')];
  await services.changes.park(parked.map((change) => ({ ...change, ...why })));
  await open('user', 'u2');
  const held = (subject: string): DecisionRow => ({
    ...{ _id: `${enterpriseId}:x:${subject}`, enterpriseId, objectId: 'x', userId: null, subject, valueHash: 'h' },
    ...{ verdict: 'held', by: 'guard', at: new Date(), until: far },
  });
  const decisions = services.store.collection<DecisionRow>(DECISIONS);
  await decisions.insertMany([held('archive'), held('activity:1'), held('activity:2')]);
  const { users, groups, calendars } = await freshness();
  expect(users).toMatchObject({ held: 1, parked: 1, stale: 1 });
  expect(groups).toMatchObject({ held: 0, parked: 1, stale: 0 });
  expect(calendars).toMatchObject({ held: 2, parked: 1, stale: 0 });

  // Catch-up may move it on in between: then all are asked again.
  await waitFor(
    async () => {
      const { users: until } = (await services.mirror.cursors.load(tenant.id)).verifiedUntil;
      const said = await ghsAt(stack, 'integration', 'status');
      const here = await freshness();
      const all = [here.users.verifiedUntil?.toISOString(), until?.toISOString()];
      return all.every((each) => each === said.document.verifiedUntil.users);
    },
    { message: 'ghs, the page and the cursor say something different' },
  );
});

test('a mapped group that cannot be read is said', async () => {
  stack.tenant.directory.deleteGroup(group, true);
  await stack.sync();
  expect((await freshness()).groups.stale).toBe(1);
});
