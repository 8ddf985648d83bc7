import request from 'supertest';
import { waitFor } from '../../support/wait-for.js';
import { aUserItem } from '../../unit/intake/notification-builders.js';
import { type StartedIntake, startIntake } from './start-intake.js';

let intake: StartedIntake;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake.stop());
afterEach(async () => {
  intake.proxy.set('open');
  const recovered = async () => (await post()).status === 202;
  await waitFor(recovered, { message: 'the intake stores again', everyMs: 200 });
});

const path = '/graph/notifications';
/** From here on Graph calls an answer slow; we give up after 2 s. */
const SLOW_MS = 3_000;
const post = () =>
  request(intake.url)
    .post(path)
    .send({ value: [aUserItem()] });

async function timed() {
  const startedAtMs = performance.now();
  const response = await post();
  return { status: response.status, tookMs: performance.now() - startedAtMs };
}

test.each(['refusing', 'hanging'] as const)(
  'while the database is %s every POST is answered 503 in about 2 s',
  async (mode) => {
    await post().expect(202);
    intake.proxy.set(mode);
    const answers = await Promise.all(Array.from({ length: 20 }, timed));
    const next = await timed();
    for (const { status, tookMs } of [...answers, next]) {
      expect(status).toBe(503);
      expect(tookMs).toBeLessThan(SLOW_MS);
    }
  },
);

test('what is wrong inside is not told to the sender, but to the operator', async () => {
  intake.proxy.set('refusing');
  intake.logged.splice(0);
  const response = await post();
  expect(response.body).toMatchObject({ status: 503, code: 'not_stored' });
  expect(JSON.stringify(response.body)).not.toMatch(/mongo|127\.0\.0\.1|time/i);
  expect(intake.logged).toContainEqual(
    expect.objectContaining({ event: 'intake.post', status: 503, code: 'not_stored' }),
  );
  expect(await intake.metrics()).toMatch(/intake_seconds_count\{status="503"\} [1-9]/);
});

test('the handshake and the health are answered without a database', async () => {
  intake.proxy.set('hanging');
  await request(intake.url).post(`${path}?validationToken=t`).expect(200, 't');
  await request(intake.url).get('/healthz').expect(200, { ok: true });
});

test('forged items need no database', async () => {
  intake.proxy.set('hanging');
  await request(intake.url)
    .post(path)
    .send({ value: [aUserItem({ clientState: 'x' })] })
    .expect(202);
});

test('a body that never ends is answered 503 in about 2 s', async () => {
  const endless = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{"value":[')) });
  const startedAtMs = performance.now();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${intake.url}${path}`, { method: 'POST', body: endless, headers, duplex: 'half' });
  expect(response.status).toBe(503);
  expect(performance.now() - startedAtMs).toBeLessThan(SLOW_MS);
});

test('accepted is never less than what was answered 202, through an outage', async () => {
  const before = (await intake.changes.stats()).accepted;
  let stored = 0;
  for (const mode of ['open', 'refusing', 'open'] as const) {
    intake.proxy.set(mode);
    const answers = await Promise.all(Array.from({ length: 20 }, timed));
    stored += answers.filter(({ status }) => status === 202).length;
  }
  expect(stored).toBeGreaterThanOrEqual(20);
  expect((await intake.changes.stats()).accepted - before).toBeGreaterThanOrEqual(stored);
});
