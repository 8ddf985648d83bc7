import { readMappedGroups } from '../../../src/reconciliation/groups/read-mapped-groups.js';
import {
  type Answering,
  aGuid,
  batchAnswer,
  benchFor,
  type Double,
  graphError,
  startDouble,
  type Told,
} from '../graph/graph-double.js';

const [CREW, GONE, LOCKED] = [aGuid(1), aGuid(2), aGuid(3)];
const [ANNA, BEN] = [aGuid(11), aGuid(12)];
const DENIED = graphError(403, 'Authorization_RequestDenied');
const MISSING = graphError(404, 'Request_ResourceNotFound');

let double: Double;
afterEach(() => double.close());

/** Groups by id: the answer for the group itself and the one for its members. */
async function read(groups: Readonly<Record<string, { group: Told; members?: Told }>>) {
  const answerOf = (url: string): Told => {
    const found = Object.entries(groups).find(([id]) => url.includes(id))?.[1];
    return (url.includes('/transitiveMembers') ? found?.members : found?.group) ?? MISSING;
  };
  const answer: Answering = (asked) =>
    asked.path.endsWith('$batch') ? batchAnswer(asked, ({ url }) => answerOf(url)) : answerOf(asked.path);
  double = await startDouble(answer);
  const signal = new AbortController().signal;
  const request = { graph: benchFor(double).graph, groupIds: Object.keys(groups), signal, onPage: async () => {} };
  return readMappedGroups({ ...request, ticket: { epoch: 1, number: 1 } });
}

const crew = {
  group: { body: { id: CREW, displayName: 'Field crew' } },
  members: { body: { value: [{ id: ANNA }, { id: BEN }] } },
};

function statesOf({ groups }: Awaited<ReturnType<typeof read>>) {
  return Object.fromEntries(groups.map(({ groupId, state, memberCount }) => [groupId, [state, memberCount]]));
}

test('E12: a group that is gone and one that is denied are broken, and the others go on', async () => {
  const found = await read({ [CREW]: crew, [GONE]: { group: MISSING }, [LOCKED]: { group: DENIED } });
  expect(statesOf(found)).toEqual({
    [CREW]: ['ok', 2],
    [GONE]: ['missing', undefined],
    [LOCKED]: ['unreadable', undefined],
  });
  expect([...found.listed.entries()].map(([id]) => id)).toEqual([ANNA, BEN]);
});

test('E12: a group that goes, or is closed to us, while its members are read is not empty', async () => {
  const named = (id: string, members: Told) => ({ group: { body: { id, displayName: 'x' } }, members });
  const found = await read({ [CREW]: crew, [GONE]: named(GONE, MISSING), [LOCKED]: named(LOCKED, DENIED) });
  expect(statesOf(found)).toMatchObject({ [GONE]: ['missing', undefined], [LOCKED]: ['unreadable', undefined] });
  expect(found.groups.find(({ groupId }) => groupId === LOCKED)).toMatchObject({ displayName: 'x' });
});

test('E12: where no group is left to read, the app is denied and the run says so', async () => {
  const refused = read({ [GONE]: { group: MISSING }, [LOCKED]: { group: DENIED } });
  await expect(refused).rejects.toMatchObject({ kind: 'denied' });
});

test.each([
  ['an outage', graphError(503, 'ServiceUnavailable')],
  ['a refused token', graphError(401, 'InvalidAuthenticationToken')],
])('%s says nothing about a group: the read fails as a whole', async (_case, answer) => {
  await expect(read({ [CREW]: crew, [LOCKED]: { group: answer } })).rejects.toMatchObject({ name: 'GraphFailure' });
});

test('E15: what is no user is not listed, and a user without an id is left out and counted', async () => {
  const members = { body: { value: [{ id: ANNA }, { displayName: 'nobody' }] } };
  const found = await read({ [CREW]: { ...crew, members } });
  expect([[...found.listed.entries()].map(([id]) => id), found.dropped]).toEqual([[ANNA], 1]);
  const [asked] = double.graphAsked().filter(({ path }) => path.includes('transitiveMembers'));
  expect(asked?.path).toContain('/transitiveMembers/microsoft.graph.user');
});
