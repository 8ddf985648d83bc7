import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { listen } from '../../../src/http/listen.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { waitFor } from '../../support/wait-for.js';

const onLoopback = { port: 0, host: '127.0.0.1' };

function ask(port: number, agent = new Agent()): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response));
    }).on('error', reject);
  });
}

test('a taken port is an error that says what to do', async () => {
  const first = await listen((_request, response) => response.end(), { ...onLoopback, clock: systemClock });
  const second = listen((_request, response) => response.end(), {
    ...onLoopback,
    port: first.port,
    clock: systemClock,
  });
  await expect(second).rejects.toMatchObject({ code: 'cannot_listen', message: expect.stringContaining('port') });
  await first.close();
});

test('closing lets an answer under way finish, then ends its connection, and takes no new one', async () => {
  let answer = () => {};
  const server = await listen(
    (_request, response) => {
      answer = () => response.end('done');
    },
    { ...onLoopback, clock: systemClock },
  );
  const agent = new Agent({ keepAlive: true });
  let started = answer;
  const asking = ask(server.port, agent);
  await waitFor(() => answer !== started, { message: 'the request arrived' });
  started = answer;
  const closing = server.close();
  await expect(ask(server.port)).rejects.toThrow('ECONNREFUSED');
  answer();
  expect((await asking).statusCode).toBe(200);
  await closing;
  agent.destroy();
});

test('closing ends idle connections at once', async () => {
  const server = await listen((_request, response) => response.end(), { ...onLoopback, clock: systemClock });
  const agent = new Agent({ keepAlive: true });
  await ask(server.port, agent);
  await server.close();
  agent.destroy();
});

test('what does not end by itself is ended after the limit', async () => {
  let isAsked = false;
  const never = () => {
    isAsked = true;
  };
  const server = await listen(never, { ...onLoopback, clock: systemClock, closeLimitMs: 100 });
  const socket = connect(server.port, '127.0.0.1');
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await waitFor(() => isAsked, { message: 'the request arrived' });
  await server.close();
  await ended;
});

test('closing twice is closing once', async () => {
  const server = await listen((_request, response) => response.end(), { ...onLoopback, clock: systemClock });
  await Promise.all([server.close(), server.close()]);
});
