import type { GraphPage } from '../../../../src/graph/types.js';
import { waitFor } from '../../../support/wait-for.js';
import { type Answering, benchFor, type Double, graphError, startDouble } from '../graph-double.js';

let double: Double;
afterEach(() => double.close());

async function aList(answer: Answering, options: { mostPages?: number; signal?: AbortSignal } = {}) {
  double = await startDouble(answer);
  const call = { path: '/users?$select=id', headers: { ConsistencyLevel: 'eventual' } };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  return benchFor(double).graph.page({ ...call, ...signal }, options);
}

async function all(pages: AsyncIterable<GraphPage>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const page of pages) found.push(...page.value);
  return found;
}

function page(value: unknown[], next?: string) {
  return { body: { value, ...(next === undefined ? {} : { '@odata.nextLink': next }) } };
}

test('all pages are read, empty ones in between included, with the first headers on each', async () => {
  const pages = await aList((asked) => {
    if (asked.path.includes('token=2')) return page([], `${double.url}/v1.0/users?token=3`);
    if (asked.path.includes('token=3')) return page([3]);
    return page([1, 2], `${double.url}/v1.0/users?token=2`);
  });
  expect(await all(pages)).toEqual([1, 2, 3]);
  expect(double.graphAsked().map((one) => one.headers['consistencylevel'])).toEqual([
    'eventual',
    'eventual',
    'eventual',
  ]);
});

test('a link is followed letter by letter', async () => {
  const link = '/v1.0/users?b=2&a=1&a=0&$skiptoken=X%2By_z-%2F&$select=id&$select=mail';
  const pages = await aList((asked) => (asked.path === link ? page([2]) : page([1], double.url + link)));
  expect(await all(pages)).toEqual([1, 2]);
});

test('a link to another host is refused and no token goes there', async () => {
  const foreign = await startDouble(() => page(['stolen']));
  try {
    const pages = await aList(() => page([1], `${foreign.url}/v1.0/users?token=2`));
    await expect(all(pages)).rejects.toMatchObject({ kind: 'rejected', code: 'foreign_link' });
    expect(foreign.asked).toHaveLength(0);
  } finally {
    await foreign.close();
  }
});

test.each(['/beta/users', '/v1.0/../beta/users'])('a link to %s of the same host is refused', async (path) => {
  const pages = await aList(() => page([1], `${double.url}${path}`));
  await expect(all(pages)).rejects.toMatchObject({ code: 'foreign_link' });
  expect(double.graphAsked()).toHaveLength(1);
});

test('a delta link to another host is refused as well', async () => {
  const pages = await aList(() => ({
    body: { value: [], '@odata.deltaLink': 'https://evil.example/v1.0/users/delta' },
  }));
  await expect(all(pages)).rejects.toMatchObject({ code: 'foreign_link' });
});

test('a link that comes again ends the list with a failure', async () => {
  const pages = await aList(() => page([1], `${double.url}/v1.0/users?token=same`));
  await expect(all(pages)).rejects.toMatchObject({ kind: 'unavailable', code: 'repeated_link' });
  expect(double.graphAsked()).toHaveLength(2);
});

test('a list without end is given up at the cap', async () => {
  let token = 0;
  const pages = await aList(() => page([1], `${double.url}/v1.0/users?token=${++token}`), { mostPages: 5 });
  await expect(all(pages)).rejects.toMatchObject({ kind: 'rejected', code: 'too_many_pages' });
  expect(double.graphAsked()).toHaveLength(5);
});

test.each(['<html>', '{"value":{}}', '{}', '[]', 'null'])(
  'a page %s is a failure, never an empty list',
  async (body) => {
    await expect(all(await aList(() => ({ body })))).rejects.toMatchObject({ kind: 'unavailable' });
  },
);

test('a failing second page fails the list after the first was given', async () => {
  const pages = await aList((asked) => {
    return asked.path.includes('token') ? graphError(403, 'X') : page([1], `${double.url}/v1.0/users?token=2`);
  });
  const found: unknown[] = [];
  const reading = (async () => {
    for await (const one of pages) found.push(...one.value);
  })();
  await expect(reading).rejects.toMatchObject({ kind: 'denied' });
  expect(found).toEqual([1]);
});

test('the next page is fetched while one is used, and dropped when the reader leaves', async () => {
  const pages = await aList((asked) => {
    return asked.path.includes('token') ? { hang: true } : page([1], `${double.url}/v1.0/users?token=2`);
  });
  for await (const one of pages) {
    expect(one.value).toEqual([1]);
    await waitFor(() => double.graphAsked().length === 2, { message: 'the second page is asked for' });
    break;
  }
});

test('an abort ends the list with its own reason', async () => {
  const stop = new AbortController();
  const pages = await aList(() => ({ hang: true }), { signal: stop.signal });
  const ended = expect(all(pages)).rejects.toThrow('stopping');
  await waitFor(() => double.graphAsked().length === 1, { message: 'the page is asked for' });
  stop.abort(new Error('stopping'));
  await ended;
});
