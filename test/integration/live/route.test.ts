import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { createLiveFeed, LIVE_POLL_MS, type LiveFeed } from '../../../src/api/live/live-feed.js';
import { createLiveRoute, type LiveRouteDeps } from '../../../src/api/live/live-route.js';
import { createApp } from '../../../src/http/create-app.js';
import { type Listening, listen } from '../../../src/http/listen.js';
import { AppError } from '../../../src/kernel/app-error.js';
import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createLive } from '../../../src/records/live-counters.js';
import { connectStore, type Store } from '../../../src/store/connect.js';
import { LIVE, raiseLive } from '../../../src/store/live.js';
import { startCutOffProxy } from '../../support/cut-off-proxy.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { type EventStream, openEventStream } from '../../support/event-stream.js';
import { createManualClock, type ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';

let database: TestStore;

beforeAll(async () => {
  database = await openTestStore();
  await database.store.db.createCollection(LIVE);
});
afterAll(() => database.drop());

interface Scene {
  readonly clock: ManualClock;
  readonly feed: LiveFeed;
  readonly http: Listening;
  /** Names of those who may listen; the rest is refused. */
  readonly allowed: Set<string>;
  /** Enterprises of each look at the database. */
  readonly looks: (readonly string[])[];
  watch(enterpriseId: string, who?: string): Promise<EventStream>;
}

let scene: Scene;
const streams: EventStream[] = [];

/** The route behind real HTTP and on the real database; its time is moved by hand. */
async function start(given: { limits?: LiveRouteDeps['limits']; store?: Store } = {}): Promise<Scene> {
  const { limits, store = database.store } = given;
  const clock = createManualClock();
  const log = createLog('silent');
  const looks: (readonly string[])[] = [];
  const real = createLive({ store, clock });
  const live = {
    read: (ids: readonly string[]) => {
      looks.push([...ids].sort());
      return real.read(ids);
    },
  };
  const feed = createLiveFeed({ live, clock, log });
  const allowed = new Set(['anna']);
  const router = Router();
  const mayListen: LiveRouteDeps['mayListen'] = async (request) => {
    const principal = request.get('x-who') ?? '';
    if (!allowed.has(principal)) throw new AppError('signed_out', 'Sign in again.', { status: 401 });
    return { principal };
  };
  const route = createLiveRoute({ feed, clock, mayListen, ...(limits ? { limits } : {}) });
  router.get('/enterprises/:enterpriseId/live', route);
  const app = createApp({ intake: null, routers: [{ path: '/api/v1', router }], log, trustProxy: false });
  const http = await listen(app, { port: 0, host: '127.0.0.1', clock: systemClock });
  const watch = async (enterpriseId: string, who = 'anna') => {
    const url = `http://127.0.0.1:${http.port}/api/v1/enterprises/${enterpriseId}/live`;
    const stream = await openEventStream(url, { 'x-who': who });
    streams.push(stream);
    return stream;
  };
  return { clock, feed, http, allowed, looks, watch };
}

const raise = (enterpriseId: string, counter: Parameters<typeof raiseLive>[2]) =>
  database.store.transaction(async (session) => raiseLive(session, enterpriseId, counter));
const ended = (stream: EventStream) => waitFor(() => stream.hasEnded(), { message: 'the stream goes on' });
const first = (stream: EventStream) => stream.event(() => true, 'nothing was told');

/** Moves the clock until it is so: what waits for sockets and the database is not done at once. */
async function moving(isSo: () => boolean, message: string): Promise<void> {
  await waitFor(
    async () => {
      if (!isSo()) await scene.clock.advance(LIVE_POLL_MS);
      return isSo();
    },
    { message },
  );
}

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.leave();
  await scene.feed.stop();
  await scene.http.close();
});

test('the counters are told at once, as a stream that nobody on the way holds back', async () => {
  scene = await start();
  const enterpriseId = randomUUID();
  await raise(enterpriseId, 'changes');
  const stream = await scene.watch(enterpriseId);
  expect(await first(stream)).toEqual({ event: 'counters', data: { runs: 0, problems: 0, changes: 1 } });
  expect(stream.status).toBe(200);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  expect(stream.text()).toContain('retry: 2000\n\n');
});

test('what is written is told at the next look, and nothing while nothing is written', async () => {
  scene = await start();
  const enterpriseId = randomUUID();
  const stream = await scene.watch(enterpriseId);
  await first(stream);
  const before = scene.looks.length;
  await moving(() => scene.looks.length >= before + 3, 'nobody looks');
  expect(stream.events()).toHaveLength(1);

  await raise(enterpriseId, 'problems');
  await moving(() => stream.events().length > 1, 'not told');
  expect(stream.events().at(-1)?.data).toEqual({ runs: 0, problems: 1, changes: 0 });
});

test('one look serves all who listen, and nobody looks when the last has gone', async () => {
  scene = await start();
  const [mine, other] = [randomUUID(), randomUUID()].sort() as [string, string];
  const watching = [await scene.watch(mine), await scene.watch(mine), await scene.watch(other)];
  for (const stream of watching) await first(stream);
  await scene.clock.advance(LIVE_POLL_MS);
  await moving(() => JSON.stringify(scene.looks.at(-1)) === JSON.stringify([mine, other]), 'not in one look');
  await raise(other, 'runs');
  await moving(() => (watching[2]?.events().length ?? 0) > 1, 'not told');
  expect(watching[0]?.events()).toHaveLength(1);

  for (const stream of watching) stream.leave();
  await waitFor(() => scene.clock.sleeping() === 0, { message: 'somebody still waits' });
  const looks = scene.looks.length;
  await scene.clock.advance(10 * LIVE_POLL_MS);
  expect(scene.looks).toHaveLength(looks);
});

test('a comment keeps the stream alive, and it ends when the session has', async () => {
  scene = await start();
  const stream = await scene.watch(randomUUID());
  await first(stream);
  await moving(() => stream.text().split(': still here').length > 2, 'no heartbeats');
  expect(stream.hasEnded()).toBe(false);
  scene.allowed.delete('anna');
  const beganMs = scene.clock.nowMs();
  await moving(() => stream.hasEnded(), 'goes on without a session');
  expect(scene.clock.nowMs() - beganMs).toBeLessThan(60 * SECOND_MS);
});

test('who may not listen is told so, and gets no stream', async () => {
  scene = await start();
  const stream = await scene.watch(randomUUID(), 'mallory');
  await ended(stream);
  expect(stream.status).toBe(401);
  expect(JSON.parse(stream.text())).toMatchObject({ code: 'signed_out', status: 401 });
  expect(scene.looks).toHaveLength(0);
});

test('one person watches in so many windows and no more; a closed one makes room', async () => {
  scene = await start({ limits: { perPrincipal: 2, perProcess: 10 } });
  const enterpriseId = randomUUID();
  const one = await scene.watch(enterpriseId);
  await scene.watch(enterpriseId);
  const refused = await scene.watch(enterpriseId);
  await ended(refused);
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('30');
  expect(JSON.parse(refused.text())).toMatchObject({ code: 'too_many_streams' });

  one.leave();
  await waitFor(async () => (await scene.watch(enterpriseId)).status === 200, { message: 'no room' });
});

test('a process serves so many streams and no more', async () => {
  scene = await start({ limits: { perPrincipal: 2, perProcess: 2 } });
  scene.allowed.add('ben');
  const enterpriseId = randomUUID();
  await scene.watch(enterpriseId);
  await scene.watch(enterpriseId, 'ben');
  const refused = await scene.watch(enterpriseId, 'ben');
  await ended(refused);
  expect(refused.status).toBe(503);
});

test('streams end when the process stops, so that it need not wait for them', async () => {
  scene = await start();
  const stream = await scene.watch(randomUUID());
  await first(stream);
  await scene.feed.stop();
  await ended(stream);
  const late = await scene.watch(randomUUID());
  await ended(late);
  expect(late.events()).toHaveLength(0);
});

test('an outage of the database is waited out', async () => {
  const { hostname: host, port, pathname } = new URL(database.uri.replace('mongodb:', 'http:'));
  const proxy = await startCutOffProxy({ host, port: Number(port) });
  const uri = `mongodb://127.0.0.1:${proxy.port}${pathname}?directConnection=true`;
  const store = await connectStore({ uri, log: createLog('silent') });
  try {
    scene = await start({ store });
    const enterpriseId = randomUUID();
    const stream = await scene.watch(enterpriseId);
    await first(stream);
    proxy.set('refusing');
    const looks = scene.looks.length;
    await moving(() => scene.looks.length > looks, 'nobody looks');
    await raise(enterpriseId, 'changes');
    proxy.set('open');
    await moving(() => stream.events().length > 1, 'not told after the outage');
    expect(stream.hasEnded()).toBe(false);
  } finally {
    await scene.feed.stop();
    await store.close();
    await proxy.close();
  }
});
