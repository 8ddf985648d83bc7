import { type Answering, aGuid, benchFor, type Double, graphError, startDouble } from '../graph-double.js';

const GROUP = aGuid(900);

let double: Double;
afterEach(() => double.close());

async function aBench(answer: Answering) {
  double = await startDouble(answer);
  return benchFor(double).graph;
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

test('users below a group come in pages, without those that have no id', async () => {
  const graph = await aBench((asked) => {
    if (asked.path.includes('skip')) return { body: { value: [{ id: aGuid(2).toUpperCase() }] } };
    const value = [{ id: aGuid(1), mail: 'a@b.c' }, { mail: 'no id' }, null, { id: aGuid(3), mail: 5 }];
    return { body: { value, '@odata.nextLink': `${double.url}/v1.0/groups/x?skip=1` } };
  });
  const pages = await all(graph.transitiveUsers(GROUP, { priority: 'run' }));
  expect(pages).toMatchObject([
    { users: [{ id: aGuid(1), mail: 'a@b.c' }], dropped: 3 },
    { users: [{ id: aGuid(2) }], dropped: 0 },
  ]);
  const [first, second] = double.graphAsked();
  expect(first?.path).toContain(`/groups/${GROUP}/transitiveMembers/microsoft.graph.user?$select=id,`);
  expect(first?.path).toContain('&$count=true&$top=999');
  expect(second?.headers).toMatchObject({ consistencylevel: 'eventual', 'x-ms-throttle-priority': 'Low' });
});

test('S34: members of whom Graph hides everything are a permission that is missing, not people without values', async () => {
  const hidden = { id: aGuid(1), accountEnabled: null, displayName: null, userPrincipalName: null, mail: null };
  const graph = await aBench(() => ({ body: { value: [hidden] } }));
  await expect(all(graph.transitiveUsers(GROUP))).rejects.toMatchObject({
    kind: 'denied',
    message: expect.stringContaining('User.Read.All'),
  });
});

test('a missing group is a failure of its list', async () => {
  const graph = await aBench(() => graphError(404, 'Request_ResourceNotFound'));
  await expect(all(graph.transitiveUsers(GROUP))).rejects.toMatchObject({ kind: 'not_found' });
});

test('nested groups come as ids', async () => {
  const graph = await aBench(() => ({ body: { value: [{ id: aGuid(1) }, { id: aGuid(2) }] } }));
  expect(await all(graph.transitiveGroups(GROUP))).toEqual([[aGuid(1), aGuid(2)]]);
});

test('direct members come with their type', async () => {
  const value = [
    { '@odata.type': '#microsoft.graph.user', id: aGuid(1) },
    { '@odata.type': '#microsoft.graph.group', id: aGuid(2) },
    { '@odata.type': '#microsoft.graph.device', id: aGuid(3) },
    { id: aGuid(4) },
  ];
  const graph = await aBench(() => ({ body: { value } }));
  const [page] = await all(graph.directMembers(GROUP));
  expect(page?.map((object) => object.type)).toEqual(['user', 'group', 'other', 'other']);
});

test('objects are looked up by a thousand at a time, and again after a fault', async () => {
  let calls = 0;
  const graph = await aBench((asked) => {
    if (++calls === 1) return graphError(503, 'X');
    return {
      body: {
        value: asked.json.ids.slice(0, 1).map((id: string) => ({ '@odata.type': '#microsoft.graph.group', id })),
      },
    };
  });
  const ids = Array.from({ length: 1_001 }, (_, index) => aGuid(index));
  expect(await graph.getByIds(ids, ['group'])).toEqual([
    { id: aGuid(0), type: 'group' },
    { id: aGuid(1_000), type: 'group' },
  ]);
  expect(double.graphAsked().map((one) => one.json.ids.length)).toEqual([1_000, 1_000, 1]);
});

test('a group id that is no GUID is not asked for', async () => {
  const graph = await aBench(() => ({ body: { value: [] } }));
  await expect(all(graph.transitiveUsers('a/../b'))).rejects.toMatchObject({ code: 'bad_id' });
  expect(double.asked).toHaveLength(0);
});
