import type { PersonAnswer } from '../../../../src/graph/types.js';
import { aGuid, batchAnswer, benchFor, type Double, graphError, startDouble, type Told } from '../graph-double.js';

const G1 = aGuid(901);
const G2 = aGuid(902);
const ANN = 'abcdef00-0000-4000-8000-000000000001';

let double: Double;
afterEach(() => double.close());

type Item = { id: string; method: string; url: string; body?: unknown };

async function read(
  ids: readonly string[],
  mappedGroupIds: readonly string[],
  each: (item: Item) => Told | null,
): Promise<Map<string, PersonAnswer>> {
  double = await startDouble((asked) => batchAnswer(asked, each));
  return benchFor(double).graph.readPeople(ids, { mappedGroupIds });
}

function sent(): Item[] {
  return double.graphAsked().flatMap((one) => one.json.requests);
}

function aUser(id: string, over: Record<string, unknown> = {}): Told {
  return {
    body: { '@odata.context': 'x', id, accountEnabled: true, mail: null, otherMails: [], unknownThing: 1, ...over },
  };
}

test('a person and the mapped groups come from one batch', async () => {
  const people = await read([ANN], [G1, G2], ({ url }) =>
    url.includes('Groups') ? { body: { value: [G2.toUpperCase()] } } : aUser(ANN),
  );
  expect(people.get(ANN)).toMatchObject({ status: 'present', user: { id: ANN, accountEnabled: true }, groupIds: [G2] });
  expect(double.graphAsked()).toHaveLength(1);
  expect(sent()).toMatchObject([
    { method: 'GET', url: expect.stringContaining('$select=id,accountEnabled,userType,') },
    { method: 'POST', url: `/users/${ANN}/checkMemberGroups`, body: { groupIds: [G1, G2] } },
  ]);
});

test('an empty attribute is null and one that was not answered is absent', async () => {
  const people = await read([ANN], [], () => aUser(ANN));
  const person = people.get(ANN);
  expect(person?.status === 'present' && person.user.mail).toBeNull();
  expect(person?.status === 'present' && 'mobilePhone' in person.user).toBe(false);
});

test('without mapped groups nobody is asked for groups', async () => {
  const people = await read([ANN], [], () => aUser(ANN));
  expect(people.get(ANN)).toMatchObject({ status: 'present', groupIds: [] });
  expect(sent()).toHaveLength(1);
});

test('above twenty mapped groups all groups are asked for and the mapped ones kept', async () => {
  const mapped = Array.from({ length: 21 }, (_, index) => aGuid(900 + index));
  const people = await read([ANN], mapped, ({ url }) => {
    return url.includes('getMemberGroups') ? { body: { value: [aGuid(5), mapped[3]] } } : aUser(ANN);
  });
  expect(people.get(ANN)).toMatchObject({ groupIds: [mapped[3]] });
  expect(sent()[1]).toMatchObject({ body: { securityEnabledOnly: false } });
});

test.each<[string, Told | null]>([
  ['refused', graphError(403, 'Authorization_RequestDenied')],
  ['not found', graphError(404, 'Request_ResourceNotFound')],
  ['missing', null],
  ['of another shape', { body: { value: 'x' } }],
])('a membership answer that is %s fails the person instead of emptying the list', async (_, told) => {
  const people = await read([ANN], [G1], ({ url }) => (url.includes('Groups') ? told : aUser(ANN)));
  expect(people.get(ANN)).toMatchObject({ status: 'failed' });
});

test('a missing user is looked for among the deleted ones', async () => {
  const [soft, hard, unsure] = [aGuid(2), aGuid(3), aGuid(4)];
  const people = await read([ANN, soft, hard, unsure], [G1], ({ url }) => {
    if (url.includes(`deletedItems/${soft}`)) return { body: { id: soft, deletedDateTime: '2026-01-04T08:00:00Z' } };
    if (url.includes(`deletedItems/${unsure}`)) return graphError(403, 'Authorization_RequestDenied');
    if (url.includes(ANN)) return url.includes('Groups') ? { body: { value: [] } } : aUser(ANN);
    return graphError(404, 'Request_ResourceNotFound');
  });
  expect(people.get(ANN)).toMatchObject({ status: 'present', groupIds: [] });
  expect(people.get(soft)).toMatchObject({ status: 'soft_deleted', deletedAt: new Date('2026-01-04T08:00:00Z') });
  expect(people.get(hard)).toMatchObject({ status: 'absent' });
  expect(people.get(unsure)).toMatchObject({ status: 'failed', failure: { kind: 'denied' } });
});

test.each<[string, Told]>([
  ['a server fault', graphError(500, 'UnknownError')],
  ['a user without an id', { body: { accountEnabled: false } }],
  ['another user', aUser(aGuid(77), { accountEnabled: false })],
  ['a text for a switch', aUser(ANN, { accountEnabled: 'false' })],
])('%s fails the person', async (_, told) => {
  const people = await read([ANN], [], () => told);
  expect(people.get(ANN)).toMatchObject({ status: 'failed', failure: { kind: 'unavailable' } });
});

test('every id given has an entry, and one that is no GUID goes into no path', async () => {
  const ids = [ANN, ANN.toUpperCase(), '../groups', aGuid(8)];
  const people = await read(ids, [], ({ url }) => aUser(url.slice(7, 43)));
  expect([...people.keys()].toSorted()).toEqual(ids.toSorted());
  expect(people.get('../groups')).toMatchObject({ status: 'failed', failure: { code: 'bad_id' } });
  expect(people.get(ANN.toUpperCase())).toMatchObject({ status: 'present', user: { id: ANN } });
  expect(sent().every((item) => /^\/users\/[0-9a-f-]{36}\?/.test(item.url))).toBe(true);
});

test('a mapped group id that is no GUID does not spoil the question for the others', async () => {
  await read([ANN], ['nonsense', G1], ({ url }) => (url.includes('Groups') ? { body: { value: [] } } : aUser(ANN)));
  expect(sent()[1]).toMatchObject({ body: { groupIds: [G1] } });
});
