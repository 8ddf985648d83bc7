import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { AppError } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';

/** A validation token of 10 KB may be 30 KB when every character is percent-encoded; Node's own limit is 16 KB. */
const MOST_HEADER_BYTES = 64 * 1_024;
/** A request must be here whole within this time. */
const REQUEST_LIMIT_MS = 30_000;
/** Longer than the 60 s for which proxies usually keep a connection, so that it is theirs to end it. */
const KEEP_ALIVE_MS = 65_000;
const CLOSE_LIMIT_MS = 5_000;

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
  const answering = trackAnswers(server);
  const port = await open(server, options);
  let closed: Promise<void> | null = null;
  return { port, close: () => (closed ??= close(server, { ...options, answering })) };
}

function trackAnswers(server: Server): ReadonlySet<ServerResponse> {
  const answering = new Set<ServerResponse>();
  server.prependListener('request', (_request, response: ServerResponse) => {
    answering.add(response);
    response.once('close', () => answering.delete(response));
  });
  return answering;
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

async function close(
  server: Server,
  options: ListenOptions & { answering: ReadonlySet<ServerResponse> },
): Promise<void> {
  const over = new AbortController();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection whose answer is under way would be kept alive after it.
  for (const response of options.answering) if (!response.headersSent) response.setHeader('connection', 'close');
  server.closeIdleConnections();
  const late = options.clock.sleep(options.closeLimitMs ?? CLOSE_LIMIT_MS, over.signal).then(
    () => server.closeAllConnections(),
    () => {},
  );
  await Promise.race([closed, late]);
  over.abort('closed');
  await closed;
}
