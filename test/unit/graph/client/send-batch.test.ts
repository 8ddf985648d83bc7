import type { BatchItem } from '../../../../src/graph/types.js';
import { type Answering, aGuid, batchAnswer, benchFor, type Double, graphError, startDouble } from '../graph-double.js';

let double: Double;
afterEach(() => double.close());

async function aBench(answer: Answering) {
  double = await startDouble(answer);
  return benchFor(double);
}

function items(count: number): BatchItem[] {
  return Array.from({ length: count }, (_, index) => ({ id: `i${index}`, path: `/users/${aGuid(index)}` }));
}

test('items go by twenty and every one has its own answer, whatever the order', async () => {
  const { graph } = await aBench((asked) => batchAnswer(asked, (item) => ({ body: { url: item.url } })));
  const answers = await graph.batch(items(45));
  const sizes = double.graphAsked().map((one) => one.json.requests.length);
  expect(sizes.toSorted((a, b) => b - a)).toEqual([20, 20, 5]);
  expect(answers.size).toBe(45);
  expect(answers.get('i44')).toMatchObject({ ok: true, status: 200, body: { url: `/users/${aGuid(44)}` } });
});

test('mixed results stay with their items', async () => {
  const { graph } = await aBench((asked) => {
    return batchAnswer(asked, ({ id }) => (id === 'i1' ? graphError(404, 'Request_ResourceNotFound') : { body: {} }));
  });
  const answers = await graph.batch(items(3));
  expect([...answers.values()].filter((answer) => answer.ok)).toHaveLength(2);
  expect(answers.get('i1')).toMatchObject({ ok: false, failure: { kind: 'not_found', status: 404 } });
});

test('a throttled item alone is repeated, after its own Retry-After', async () => {
  let tries = 0;
  const { graph, clock } = await aBench((asked) =>
    batchAnswer(asked, ({ id }) => {
      if (id !== 'i1' || ++tries > 1) return { body: {} };
      return { ...graphError(429, 'TooManyRequests'), headers: { 'Retry-After': '12' } };
    }),
  );
  const answers = await graph.batch(items(3));
  expect(answers.get('i1')).toMatchObject({ ok: true });
  expect(double.graphAsked().map((one) => one.json.requests.length)).toEqual([3, 1]);
  expect(clock.slept.reduce((a, b) => Math.max(a, b))).toBe(12_000);
});

test('an item that stays throttled is given back as throttled after four tries', async () => {
  const { graph } = await aBench((asked) => batchAnswer(asked, () => graphError(429, 'TooManyRequests')));
  const answers = await graph.batch(items(1));
  expect(answers.get('i0')).toMatchObject({ ok: false, failure: { kind: 'throttled' } });
  expect(double.graphAsked()).toHaveLength(4);
});

test('parts that refuse the token, even writes, are sent once more with a new one', async () => {
  const { graph } = await aBench((asked) =>
    batchAnswer(asked, ({ id }) => {
      const isOld = asked.headers['authorization'] === 'Bearer token-1';
      return isOld && id !== 'i0' ? graphError(401, 'InvalidAuthenticationToken') : { body: {} };
    }),
  );
  const answers = await graph.batch([...items(3), { id: 'w', method: 'POST', path: '/groups/x', body: {} }]);
  expect([...answers.values()].map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(double.graphAsked().map(({ json }) => json.requests.map(({ id }: { id: string }) => id))).toEqual([
    ['i0', 'i1', 'i2', 'w'],
    ['i1', 'i2', 'w'],
  ]);
});

test('a part that refuses the new token too is denied, and one batch asks for one new token', async () => {
  const { graph } = await aBench((asked) =>
    batchAnswer(asked, ({ id }) => (id === 'i1' ? graphError(401, 'InvalidAuthenticationToken') : { body: {} })),
  );
  const answers = await graph.batch(items(3));
  expect(answers.get('i1')).toMatchObject({ ok: false, failure: { kind: 'denied', status: 401 } });
  expect(answers.get('i2')).toMatchObject({ ok: true });
  expect(double.graphAsked().map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer token-1',
    'Bearer token-2',
  ]);
  expect(double.asked).toHaveLength(4);
});

test('an item missing from the answer is unavailable, not lost', async () => {
  const { graph } = await aBench((asked) => batchAnswer(asked, ({ id }) => (id === 'i2' ? null : { body: {} })));
  const answers = await graph.batch(items(3));
  expect(answers.get('i2')).toMatchObject({ ok: false, failure: { kind: 'unavailable', code: 'missing_in_batch' } });
  expect(answers.get('i0')).toMatchObject({ ok: true });
});

test('a failed batch fails its own items only', async () => {
  const { graph } = await aBench((asked) => {
    const hasLast = asked.json.requests.some((item: { id: string }) => item.id === 'i20');
    return hasLast ? graphError(400, 'BadRequest') : batchAnswer(asked, () => ({ body: {} }));
  });
  const answers = await graph.batch(items(21));
  expect(answers.get('i20')).toMatchObject({ ok: false, failure: { kind: 'rejected' } });
  expect(answers.get('i0')).toMatchObject({ ok: true });
});

test('a batch answer that is no JSON or has no responses is unavailable for all its items', async () => {
  const { graph } = await aBench((_, count) => (count % 2 === 0 ? { body: '<html>' } : { body: { other: [] } }));
  const answers = await graph.batch(items(2));
  expect([...answers.values()]).toMatchObject([
    { failure: { kind: 'unavailable' } },
    { failure: { kind: 'unavailable' } },
  ]);
});

test('a write in a batch is not repeated', async () => {
  const { graph } = await aBench((asked) => batchAnswer(asked, () => graphError(503, 'X')));
  const answers = await graph.batch([{ id: 'a', method: 'DELETE', path: `/subscriptions/${aGuid(1)}` }]);
  expect(answers.get('a')).toMatchObject({ ok: false, failure: { kind: 'unavailable', status: 503 } });
  expect(double.graphAsked()).toHaveLength(1);
});

test('a body brings its content type, headers go with their item, and an item outside Graph is not sent', async () => {
  const { graph } = await aBench((asked) => batchAnswer(asked, () => ({ body: {} })));
  const answers = await graph.batch([
    { id: 'a', method: 'POST', path: '/groups/x', body: { n: 1 }, headers: { Prefer: 'p' } },
    { id: 'b', path: 'https://evil.example/v1.0/users' },
  ]);
  expect(double.graphAsked()[0]?.json).toEqual({
    requests: [
      {
        id: 'a',
        method: 'POST',
        url: '/groups/x',
        body: { n: 1 },
        headers: { 'Content-Type': 'application/json', Prefer: 'p' },
      },
    ],
  });
  expect(answers.get('b')).toMatchObject({ ok: false, failure: { code: 'foreign_link' } });
});

test('no more than four batches are under way at once', async () => {
  let now = 0;
  let most = 0;
  const { graph } = await aBench((asked) => batchAnswer(asked, () => ({ body: {} })));
  const counting: typeof fetch = async (...parameters) => {
    const isBatch = String(parameters[0]).endsWith('$batch');
    if (isBatch) most = Math.max(most, ++now);
    const response = await fetch(...parameters);
    if (isBatch) now -= 1;
    return response;
  };
  const counted = benchFor(double, { fetch: counting }).graph;
  await counted.batch(items(200));
  await graph.batch([]);
  expect(most).toBe(4);
  expect(double.graphAsked()).toHaveLength(10);
});
