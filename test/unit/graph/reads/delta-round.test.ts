import type { DeltaStep } from '../../../../src/graph/types.js';
import { type Answering, aGuid, benchFor, type Double, graphError, startDouble, type Told } from '../graph-double.js';

let double: Double;
afterEach(() => double.close());

async function aBench(answer: Answering) {
  double = await startDouble(answer);
  return benchFor(double).graph;
}

async function steps(round: AsyncIterable<DeltaStep>): Promise<DeltaStep[]> {
  const found: DeltaStep[] = [];
  for await (const step of round) found.push(step);
  return found;
}

function last(value: unknown[], token = 'new'): Told {
  return { body: { value, '@odata.deltaLink': `${double.url}/v1.0/groups/delta?$deltatoken=${token}` } };
}

test('a latest link is taken without reading anything, also after empty pages', async () => {
  const graph = await aBench((asked) => {
    if (asked.path.includes('skiptoken')) return last([]);
    return { body: { value: [], '@odata.nextLink': `${double.url}/v1.0/users/delta?$skiptoken=a` } };
  });
  expect(await graph.deltaLatest('users')).toBe(`${double.url}/v1.0/groups/delta?$deltatoken=new`);
  expect(double.graphAsked()[0]?.path).toMatch(
    /^\/v1\.0\/users\/delta\?\$select=id,accountEnabled,.*&\$deltatoken=latest$/,
  );
});

test('a round names objects page by page, members included, and ends with the new link', async () => {
  const old = () => `${double.url}/v1.0/groups/delta?$deltatoken=old`;
  const graph = await aBench((asked) => {
    if (asked.path.includes('skiptoken'))
      return last([{ id: aGuid(1), 'members@delta': [{ id: aGuid(12) }, { noId: 1 }] }]);
    const members = [
      { '@odata.type': '#microsoft.graph.user', id: aGuid(10) },
      { '@odata.type': '#microsoft.graph.group', id: aGuid(11), '@removed': { reason: 'deleted' } },
    ];
    const value = [
      { id: aGuid(1).toUpperCase(), displayName: 'x', 'members@delta': members },
      { id: aGuid(2), '@removed': { reason: 'changed' } },
      { id: aGuid(3), '@removed': { reason: 'deleted' } },
      { displayName: 'no id' },
    ];
    return { body: { value, '@odata.nextLink': `${double.url}/v1.0/groups/delta?$skiptoken=a` } };
  });
  double.asked.length = 0;
  const found = await steps(graph.deltaRound('groups', old()));
  expect(double.graphAsked()[0]?.path).toBe('/v1.0/groups/delta?$deltatoken=old');
  expect(found).toEqual([
    {
      step: 'page',
      dropped: 1,
      objects: [
        {
          id: aGuid(1),
          removed: null,
          members: [
            { id: aGuid(10), type: 'user', removed: false },
            { id: aGuid(11), type: 'group', removed: true },
          ],
        },
        { id: aGuid(2), removed: 'changed' },
        { id: aGuid(3), removed: 'deleted' },
      ],
    },
    {
      step: 'page',
      dropped: 0,
      objects: [{ id: aGuid(1), removed: null, members: [{ id: aGuid(12), type: 'other', removed: false }] }],
    },
    { step: 'end', link: `${double.url}/v1.0/groups/delta?$deltatoken=new` },
  ]);
});

test('a first round of groups asks for members', async () => {
  const graph = await aBench(() => last([]));
  await steps(graph.deltaRound('groups', null));
  expect(double.graphAsked()[0]?.path).toBe('/v1.0/groups/delta?$select=displayName,visibility,members');
});

test('410 is a reset with the fresh link that Graph offers', async () => {
  const graph = await aBench(() => {
    const headers = { location: `${double.url}/v1.0/users/delta?$deltatoken=` };
    return { ...graphError(410, 'gone'), headers };
  });
  const link = `${double.url}/v1.0/users/delta?$deltatoken=`;
  expect(await steps(graph.deltaRound('users', link.replace('=', '=x')))).toEqual([
    { step: 'reset', reason: 'gone', link },
  ]);
});

test('a reset that points elsewhere is a reset without a link', async () => {
  const graph = await aBench(() => ({
    ...graphError(410, 'gone'),
    headers: { location: 'https://evil.example/v1.0/users/delta' },
  }));
  expect(await steps(graph.deltaRound('users', null))).toEqual([{ step: 'reset', reason: 'gone', link: null }]);
});

test.each([
  [{ code: 'SyncStateNotFound', message: 'm' }, 'sync_state_not_found'],
  [{ code: 'BadRequest', innerError: { code: 'syncstatenotfound' } }, 'sync_state_not_found'],
  [{ code: 'BadRequest', innererror: { code: 'resyncRequired' } }, 'resync_required'],
])('400 with %j is a reset', async (error, reason) => {
  const graph = await aBench(() => ({ status: 400, body: { error } }));
  expect(await steps(graph.deltaRound('users', null))).toEqual([{ step: 'reset', reason, link: null }]);
});

test.each(['Request_UnsupportedQuery', 'Request_BadRequest', 'NobodyKnows'])(
  'a kept link that Graph refuses with 400 %s is a reset, a first round is not',
  async (code) => {
    const graph = await aBench(() => graphError(400, code));
    const link = `${double.url}/v1.0/users/delta?$deltatoken=x`;
    expect(await steps(graph.deltaRound('users', link))).toEqual([{ step: 'reset', reason: 'refused', link: null }]);
    await expect(steps(graph.deltaRound('users', null))).rejects.toMatchObject({ kind: 'rejected', code });
  },
);

test.each([
  [400, '<html>Bad Request</html>'],
  [302, ''],
  [451, '<html>Unavailable</html>'],
  [403, { error: { code: 'Authorization_RequestDenied' } }],
  [404, { error: { code: 'ResourceNotFound' } }],
])('a kept link that is answered with %d %j is asked again', async (status, body) => {
  const graph = await aBench(() => ({ status, body }));
  const link = `${double.url}/v1.0/users/delta?$deltatoken=x`;
  await expect(steps(graph.deltaRound('users', link))).rejects.toMatchObject({ status });
});

test('any other refusal, and a round without a link at its end, is a failure', async () => {
  let answer: Told = graphError(403, 'Authorization_RequestDenied');
  const graph = await aBench(() => answer);
  await expect(steps(graph.deltaRound('users', null))).rejects.toMatchObject({ kind: 'denied' });
  answer = { body: { value: [] } };
  await expect(steps(graph.deltaRound('users', null))).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'no_delta_link',
  });
});

test('a kept link of another host is a reset and is not followed', async () => {
  const graph = await aBench(() => last([]));
  const round = graph.deltaRound('users', 'https://evil.example/v1.0/users/delta?$deltatoken=x');
  expect(await steps(round)).toEqual([{ step: 'reset', reason: 'foreign_link', link: null }]);
  expect(double.asked).toHaveLength(0);
});

test('a page that leads to another host is a failure: the kept link is asked again', async () => {
  const graph = await aBench(() => ({ body: { value: [], '@odata.nextLink': 'https://evil.example/v1.0/users' } }));
  const round = graph.deltaRound('users', `${double.url}/v1.0/users/delta?$deltatoken=x`);
  await expect(steps(round)).rejects.toMatchObject({ code: 'foreign_link' });
});
