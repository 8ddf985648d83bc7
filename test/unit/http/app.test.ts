import { Writable } from 'node:stream';
import express, { Router } from 'express';
import request from 'supertest';
import { createApp } from '../../../src/http/create-app.js';
import { AppError } from '../../../src/kernel/app-error.js';
import { createLog } from '../../../src/kernel/log.js';

function startApp(trustProxy: boolean | number = false) {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const router = Router();
  router.use(express.json({ limit: 100 }));
  router.get('/refused', () => {
    throw new AppError('email_taken', 'Somebody else has this address. Choose another.', {
      status: 409,
      field: 'email',
      command: 'ghs people list',
    });
  });
  router.get('/broken', async () => {
    throw new Error('password of the database is hunter2');
  });
  router.get('/people/:person', () => {
    throw new Error('the database is gone');
  });
  router.get('/half', (_request, response) => {
    response.write('half');
    throw new Error('too late');
  });
  router.get('/file/:status', (request) => {
    throw Object.assign(new Error('Forbidden'), { status: Number(request.params.status) });
  });
  router.get('/address', (request, response) => {
    response.json({ ip: request.ip, protocol: request.protocol });
  });
  router.post('/echo', (request, response) => {
    response.json(request.body);
  });
  const intake = Router();
  intake.post('/graph/notifications', (_request, response) => {
    response.status(202).end();
  });
  const app = createApp({ intake, routers: [{ path: '/api/v1', router }], log: createLog('info', sink), trustProxy });
  return { app, lines };
}

test('health is told without asking anything', () => request(startApp().app).get('/healthz').expect(200, { ok: true }));

test('an expected failure is a problem with its code, field and advice, and is not logged as an error', async () => {
  const { app, lines } = startApp();
  const response = await request(app).get('/api/v1/refused');
  expect(response.status).toBe(409);
  expect(response.headers['content-type']).toMatch('application/problem+json');
  expect(response.body).toEqual({
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    detail: 'Somebody else has this address. Choose another.',
    code: 'email_taken',
    field: 'email',
  });
  expect(lines).toEqual([]);
});

test('an unexpected failure tells nothing of the inside, and everything to the log', async () => {
  const { app, lines } = startApp();
  const response = await request(app).get('/api/v1/broken');
  expect(response.status).toBe(500);
  expect(response.body).toMatchObject({ code: 'internal_error', status: 500 });
  expect(response.text).not.toMatch(/hunter2|at .*\.ts/);
  expect(lines.join()).toMatch('hunter2');
});

test('of the path of a failure its pattern is logged, because a person may be named in it by an address', async () => {
  const { app, lines } = startApp();
  await request(app).get('/api/v1/people/jane%40example.com').expect(500);
  expect(lines.join()).not.toMatch(/jane|example\.com/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'http.error', method: 'GET', route: '/people/:person' });
});

test('a failure after half an answer ends the connection', async () => {
  await expect(request(startApp().app).get('/api/v1/half')).rejects.toThrow();
});

test('an unknown address is a problem too', async () => {
  const response = await request(startApp().app).get('/nowhere');
  expect(response.status).toBe(404);
  expect(response.body).toMatchObject({ code: 'not_found' });
});

test.each([
  ['{"a":', 'application/json', 400, 'bad_request'],
  [JSON.stringify({ a: 'x'.repeat(200) }), 'application/json', 413, 'body_too_large'],
  ['{}', 'application/json; charset=koi8-r', 415, 'unsupported_type'],
])('a body like %.10s of type %s is answered %i', async (body, type, status, code) => {
  const response = await request(startApp().app).post('/api/v1/echo').set('content-type', type).send(body);
  expect(response.status).toBe(status);
  expect(response.body).toMatchObject({ code });
});

test('an address that cannot be decoded is a bad request', async () => {
  const response = await request(startApp().app).get('/api/v1/%E0%A4%A');
  expect([400, 404]).toContain(response.status);
});

test('security headers stand before everything for people and not before Graph', async () => {
  const { app } = startApp();
  const portal = await request(app).get('/api/v1/refused');
  expect(portal.headers['content-security-policy']).toMatch("default-src 'self'");
  expect(portal.headers['x-powered-by']).toBeUndefined();
  const graph = await request(app).post('/graph/notifications');
  expect(graph.status).toBe(202);
  expect(graph.headers['content-security-policy']).toBeUndefined();
});

test('the sender behind a proxy is known only where the proxy is trusted', async () => {
  const ask = (app: express.Express) =>
    request(app).get('/api/v1/address').set('x-forwarded-for', '203.0.113.7').set('x-forwarded-proto', 'https');
  expect((await ask(startApp(1).app)).body).toEqual({ ip: '203.0.113.7', protocol: 'https' });
  expect((await ask(startApp(false).app)).body).toMatchObject({ protocol: 'http' });
});

test.each([403, 404])('a file that is not to be had (%i) is just not there', async (status) => {
  const response = await request(startApp().app).get(`/api/v1/file/${status}`);
  expect(response.status).toBe(404);
  expect(response.body).toMatchObject({ code: 'not_found', detail: expect.stringMatching(/^There is nothing/) });
});
