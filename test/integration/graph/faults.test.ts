import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { all, type Scene, startScene } from './start-scene.js';

let scene: Scene;
let people: string[];
beforeEach(async () => {
  scene = await startScene({ people: 30, groups: 4 });
  people = [...scene.tenant.view().users()].map((user) => user.id);
});
afterEach(() => scene.close());

function fault(path: string, action: Parameters<Scene['simulator']['faults']['add']>[0]['action'], times = 1): void {
  scene.simulator.faults.add({ match: { path }, after: 0, times, action });
}

test('a throttled call waits for its Retry-After and then succeeds', async () => {
  fault('/organization|/groups\\?', {
    status: 429,
    headers: { 'Retry-After': '9' },
    body: { error: { code: 'TooManyRequests' } },
  });
  expect(await scene.graph.searchGroups({ text: '', limit: 5 })).toHaveLength(4);
  expect(scene.clock.slept).toContain(9_000);
});

test('throttled and failing items of a batch are repeated by themselves', async () => {
  const [first = '', second = ''] = people;
  fault(`/users/${first}`, {
    status: 429,
    headers: { 'Retry-After': '3' },
    body: { error: { code: 'TooManyRequests' } },
  });
  fault(`/users/${second}`, { status: 503, body: { error: { code: 'UnknownError' } } });
  const answers = await scene.graph.readPeople(people.slice(0, 10), { mappedGroupIds: [] });
  expect([...answers.values()].map((answer) => answer.status)).toEqual(Array(10).fill('present'));
});

test('an item that never recovers fails alone', async () => {
  const [first = ''] = people;
  fault(`/users/${first}`, { status: 500, body: { error: { code: 'UnknownError' } } }, 100);
  const answers = await scene.graph.readPeople(people.slice(0, 10), { mappedGroupIds: [] });
  expect(answers.get(first)).toMatchObject({ status: 'failed', failure: { kind: 'unavailable' } });
  expect([...answers.values()].filter((answer) => answer.status === 'present')).toHaveLength(9);
});

test('a cut connection and a page that is no JSON are tried again', async () => {
  fault('/groups\\?', { reset: true });
  fault('/groups\\?', { status: 200, body: '<html>sign in to the proxy</html>' });
  expect(await scene.graph.searchGroups({ text: '', limit: 5 })).toHaveLength(4);
});

test('a list whose pages stay unreadable is a failure, never a short list', async () => {
  fault('skiptoken', { status: 200, body: '<html>' }, 100);
  const reading = all(scene.graph.page({ path: '/users?$select=id&$top=10' }));
  await expect(reading).rejects.toMatchObject({ kind: 'unavailable', code: 'not_json' });
});

test('a link to a foreign host gets no request and no token', async () => {
  const heard: unknown[] = [];
  const foreign = createServer((request, response) => {
    heard.push(request.headers);
    response.end('{}');
  });
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = foreign.address() as AddressInfo;
    fault('/users\\?', {
      status: 200,
      body: { value: [{ id: '1' }], '@odata.nextLink': `http://127.0.0.1:${port}/v1.0/users` },
    });
    await expect(all(scene.graph.page({ path: '/users?$select=id' }))).rejects.toMatchObject({ code: 'foreign_link' });
    expect(heard).toEqual([]);
  } finally {
    foreign.close();
  }
});

test('a token that Graph no longer takes is renewed once', async () => {
  expect(await scene.graph.searchGroups({ text: '', limit: 5 })).toHaveLength(4);
  fault('/groups\\?', { status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } });
  expect(await scene.graph.searchGroups({ text: '', limit: 5 })).toHaveLength(4);
});

test('a part of a batch that no longer takes the token is asked once more with a new one', async () => {
  const [first = '', second = ''] = people;
  const refused = { status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } };
  fault(`/users/${first}`, refused);
  fault(`/users/${second}`, refused, 100);
  const answers = await scene.graph.readPeople([first, second], { mappedGroupIds: [] });
  expect(answers.get(first)).toMatchObject({ status: 'present' });
  expect(answers.get(second)).toMatchObject({ status: 'failed', failure: { kind: 'denied', status: 401 } });
  expect(scene.simulator.faults.list().map(({ caught }) => caught)).toEqual([1, 2]);
});

test('many reads stay under Graph’s own budget by waiting, and none is throttled', async () => {
  await scene.close();
  scene = await startScene({ people: 30, groups: 4, unitsPer10s: 180 });
  scene.simulator.world.switches.throttling = true;
  scene.simulator.world.switches.resourceUnitsPer10s = 200;
  people = [...scene.tenant.view().users()].map((user) => user.id);
  let failed = 0;
  for (let round = 0; round < 10; round += 1) {
    const items = Array.from({ length: 100 }, (_, index) => {
      return { id: String(index), path: `/users/${people[index % people.length]}` };
    });
    const answers = await scene.graph.batch(items);
    failed += [...answers.values()].filter((answer) => !answer.ok).length;
  }
  expect(failed).toBe(0);
  expect(await throttledCount()).toBe(0);
  expect(scene.clock.slept.length).toBeGreaterThan(0);
});

async function throttledCount(): Promise<number> {
  const text = await scene.metrics.metrics();
  return Number(/^graph_throttled_total (\d+)/m.exec(text)?.[1]);
}

test('a Retry-After that is a date is obeyed until then', async () => {
  const untilMs = scene.clock.nowMs() + 40_000;
  const headers = { 'Retry-After': new Date(untilMs).toUTCString() };
  fault('/groups\\?', { status: 429, headers, body: { error: { code: 'TooManyRequests' } } });
  expect(await scene.graph.searchGroups({ text: '', limit: 5 })).toHaveLength(4);
  // A date has no milliseconds.
  expect(scene.clock.nowMs()).toBeGreaterThanOrEqual(untilMs - 1_000);
});

test('everybody in the process keeps to three calls at once in a mailbox, which Graph would refuse at five', async () => {
  const [mailbox] = [...scene.tenant.view().users()].filter((user) => typeof user.mailbox !== 'string');
  const now = scene.clock.now();
  const window = { objectId: mailbox?.id ?? '', from: now, to: new Date(now.getTime() + 86_400_000) };
  fault('calendarView', { delayMs: 50 }, 20);
  const views = [scene.graph, scene.beside];
  const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => views[at % 2]?.readCalendar(window)));
  expect(answers.map((answer) => answer?.status)).toEqual(Array(12).fill('ok'));
  const log = await (await fetch(`${scene.simulator.control}/requests?path=calendarView`)).text();
  const { items }: { items: { status: number }[] } = JSON.parse(log);
  expect(items.map(({ status }) => status)).toEqual(Array(12).fill(200));
});
