import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that Linux gives to outgoing connections (32768 and up, ip_local_port_range), one of which could take
 * the number before it is listened on, and below those of the embedded MongoDB (27100 and up).
 */
const [FIRST_PORT, END_PORT] = [10_000, 27_000];
const MOST_TRIES = 1_000;

/** Nobody is given one a second time, even where nobody listens on it any more. */
const given = new Set<number>();

/** A port that nobody listens on at this moment, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if (given.has(port) || !(await isUnused(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no port between ${FIRST_PORT} and ${END_PORT} is free`);
}

function isUnused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
