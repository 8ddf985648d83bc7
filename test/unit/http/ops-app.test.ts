import { Counter } from 'prom-client';
import request from 'supertest';
import { createOpsApp } from '../../../src/http/create-ops-app.js';
import type { ReadinessCheck } from '../../../src/http/readiness.js';
import { createLog } from '../../../src/kernel/log.js';
import { createMetrics } from '../../../src/kernel/metrics.js';
import { createManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';

function startOps(checks: Record<string, ReadinessCheck> = {}) {
  const clock = createManualClock();
  const metrics = createMetrics();
  const app = createOpsApp({ metrics, checks, clock, log: createLog('silent') });
  return { app, clock, metrics };
}

test('metrics are told in the format of Prometheus', async () => {
  const { app, metrics } = startOps();
  new Counter({ name: 'things_total', help: 'Things', registers: [metrics] }).inc(3);
  const response = await request(app).get('/metrics');
  expect(response.status).toBe(200);
  expect(response.headers['content-type']).toMatch('text/plain');
  expect(response.text).toMatch('things_total 3');
});

test('it is ready when every part is', async () => {
  const response = await request(startOps({ intake: async () => true, worker: () => true }).app).get('/readyz');
  expect(response.status).toBe(200);
  expect(response.body).toMatchObject({ ok: true, checks: { intake: { ok: true }, worker: { ok: true } } });
});

test('one part that says no, or fails, makes it not ready, and why is not told', async () => {
  const { app } = startOps({
    intake: () => Promise.reject(new Error('mongodb://user:secret@db')),
    worker: () => false,
    portal: () => true,
  });
  const response = await request(app).get('/readyz');
  expect(response.status).toBe(503);
  expect(response.body.checks).toMatchObject({ intake: { ok: false }, worker: { ok: false }, portal: { ok: true } });
  expect(response.text).not.toMatch('secret');
});

test('a part that stays silent for a second is not ready', async () => {
  const { app, clock } = startOps({ intake: () => new Promise<boolean>(() => {}) });
  const asking = request(app)
    .get('/readyz')
    .then((response) => response);
  await waitFor(() => clock.sleeping() === 1, { message: 'the check was asked' });
  await clock.advance(1_000);
  expect((await asking).status).toBe(503);
});

test('everything else is nothing', () => request(startOps().app).get('/').expect(404));
