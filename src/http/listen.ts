import { createServer, type RequestListener, type Server } from 'node:http';
import { AppError } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';

/** A validation token of 10 KB may be 30 KB when every character is percent-encoded; Node's own limit is 16 KB. */
const MOST_HEADER_BYTES = 64 * 1_024;
/** A request must be here whole within this time. */
const REQUEST_LIMIT_MS = 30_000;
/** Longer than the 60 s for which proxies usually keep a connection, so that it is theirs to end it. */
const KEEP_ALIVE_MS = 65_000;
const CLOSE_LIMIT_MS = 5_000;
const LOOK_FOR_IDLE_MS = 20;

export interface ListenOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly host: string;
  readonly clock: Clock;
  /** How long `close` waits for answers that are under way; 5 s when left out. */
  readonly closeLimitMs?: number;
}

export interface Listening {
  readonly port: number;
  /** Takes no new connections, ends idle ones, lets answers under way finish, then ends what is left. */
  close(): Promise<void>;
}

/** Serves an application; resolves when the port is open. */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, requestTimeout: REQUEST_LIMIT_MS }, app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await open(server, options);
  let closed: Promise<void> | null = null;
  return { port, close: () => (closed ??= close(server, options)) };
}

function open(server: Server, { port, host }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const text = `Cannot listen on ${host}:${port}: ${cause.message}. Is the port taken? Choose another.`;
      reject(new AppError('cannot_listen', text, { status: 500, cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function close(server: Server, { clock, closeLimitMs = CLOSE_LIMIT_MS }: ListenOptions): Promise<void> {
  let isClosed = false;
  const closed = new Promise<void>((resolve) => server.close(() => resolve())).then(() => {
    isClosed = true;
  });
  const giveUpAtMs = clock.nowMs() + closeLimitMs;
  // A connection whose answer was under way is kept alive after it, so idle ones are looked for again and again.
  while (!isClosed && clock.nowMs() < giveUpAtMs) {
    server.closeIdleConnections();
    await Promise.race([closed, clock.sleep(LOOK_FOR_IDLE_MS)]);
  }
  if (!isClosed) server.closeAllConnections();
  await closed;
}
