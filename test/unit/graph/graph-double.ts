import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBudget } from '../../../src/graph/budget.js';
import type { GraphDeps } from '../../../src/graph/client/graph-deps.js';
import { createGraph } from '../../../src/graph/create-graph.js';
import type { GraphConfig } from '../../../src/graph/graph-config.js';
import { createTokens } from '../../../src/graph/tokens/tokens.js';
import type { TenantGraph } from '../../../src/graph/types.js';
import { systemChance } from '../../../src/kernel/chance.js';
import type { Clock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createMetrics, type Metrics } from '../../../src/kernel/metrics.js';

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const CLIENT = '22222222-2222-4222-8222-222222222222';

export interface Asked {
  readonly method: string;
  /** Path with query as it was sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read bodies of many shapes
  readonly json: any;
}

export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as it is, everything else as JSON. */
  readonly body?: unknown;
  /** Closes the connection without an answer. */
  readonly cut?: boolean;
  /** Never answers. */
  readonly hang?: boolean;
}

export interface Double {
  readonly url: string;
  readonly asked: Asked[];
  /** Those asked of Graph, not of Entra ID. */
  graphAsked(): Asked[];
  close(): Promise<void>;
}

export type Answering = (asked: Asked, count: number) => Told;

/** A real HTTP server with scripted answers. Tokens are given unless `answer` is asked for them. */
export async function startDouble(answer: Answering, options: { ownTokens?: boolean } = {}): Promise<Double> {
  const asked: Asked[] = [];
  let tokens = 0;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { method = 'GET', url: path = '/', headers } = request;
    const isJson = headers['content-type']?.includes('json') === true && text !== '';
    const one: Asked = { method, path, headers, text, json: isJson ? JSON.parse(text) : undefined };
    asked.push(one);
    const isToken = path.includes('/oauth2/v2.0/token');
    if (isToken && !options.ownTokens) tokens += 1;
    const told = isToken && !options.ownTokens ? tokenAnswer(`token-${tokens}`) : answer(one, asked.length);
    if (told.hang) return;
    if (told.cut) return void request.socket.destroy();
    const body = typeof told.body === 'string' ? told.body : JSON.stringify(told.body);
    response.writeHead(told.status ?? 200, { 'content-type': 'application/json', ...told.headers });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    graphAsked: () => asked.filter((one) => one.path.startsWith('/v1.0')),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function tokenAnswer(token: string): Told {
  return { body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token } };
}

export function graphError(status: number, code: string, message = 'words'): Told {
  return {
    status,
    body: { error: { code, message, innerError: { 'request-id': 'r1' } } },
    headers: { 'request-id': 'r1' },
  };
}

/** A clock on which every sleep is over at once, having moved the time. */
export function eagerClock(): Clock & { readonly slept: number[] } {
  let nowMs = Date.now();
  const slept: number[] = [];
  return {
    slept,
    nowMs: () => nowMs,
    now: () => new Date(nowMs),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
    },
  };
}

export function configFor(double: { url: string }, over: Partial<GraphConfig> = {}): GraphConfig {
  const credential = { kind: 'secret', secret: 's3cret' } as const;
  return { clientId: CLIENT, credential, authorityHost: double.url, graphBaseUrl: double.url, ...over };
}

export const quiet = createLog('silent');

export interface Bench {
  readonly graph: TenantGraph;
  readonly clock: ReturnType<typeof eagerClock>;
  readonly metrics: Metrics;
}

/** The real client with real MSAL against a double. */
export function benchFor(double: Double, over: Partial<GraphDeps> = {}): Bench {
  const clock = eagerClock();
  const metrics = createMetrics();
  const config = configFor(double);
  const tokens = createTokens({ config, clock, log: quiet });
  const graph = createGraph({ config, tokens, clock, chance: systemChance, log: quiet, metrics, ...over });
  const budget = createBudget({ clock, resourceUnitsPer10s: 8_000 });
  return { graph: graph.forTenant(TENANT, { budget }), clock, metrics };
}

/** An id that is a GUID, told apart by its number. */
export function aGuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Answers a `$batch` item by item, in reverse order, as Graph may. */
export function batchAnswer(
  asked: Asked,
  each: (item: { id: string; method: string; url: string; body?: unknown }) => Told | null,
): Told {
  const responses = asked.json.requests.flatMap((item: { id: string; method: string; url: string }) => {
    const told = each(item);
    if (told === null) return [];
    return [{ id: item.id, status: told.status ?? 200, headers: told.headers ?? {}, body: told.body }];
  });
  return { body: { responses: responses.toReversed() } };
}
