import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../src/simulator/server/start-simulator.js';

/** A waiting bound: far above what any of these takes. */
const PATIENCE_MS = 8_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes.
  readonly body: any;
}

export interface Handshaken {
  readonly method: string | undefined;
  readonly type: string | undefined;
  readonly token: string;
}

/** A notification endpoint that does as Graph wants, unless told otherwise. */
export interface Receiver {
  readonly url: string;
  readonly handshakes: Handshaken[];
  /** Items of the collections that came, in order of arrival. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly items: any[];
  /** How many items each POST had. */
  readonly posts: number[];
  /** Status for notifications, or null for never answering; and what handshakes are answered. */
  answers: { status: number | null; handshake: (token: string, response: ServerResponse) => void };
  close(): void;
}

export interface Harness {
  readonly simulator: Simulator;
  readonly tenantId: string;
  readonly receiver: Receiver;
  graph(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A subscription on `resource` at the receiver. */
  subscribe(resource: string, changes?: Record<string, unknown>): Promise<Answer>;
  inMinutes(minutes: number): string;
  close(): Promise<void>;
}

/** A simulator with a client that holds a token, and a receiver of notifications. */
export async function startHarness(options: SimulatorOptions = {}): Promise<Harness> {
  const simulator = await startSimulator({ people: 20, groups: 4, deliveryLimits: { retryFirstMs: 30 }, ...options });
  const receiver = await startReceiver();
  const [first] = simulator.tenants;
  const tenantId = first?.id ?? '';
  const token = await tokenFor(simulator, tenantId);
  const inMinutes = (minutes: number) => new Date(simulator.world.clock.nowMs() + minutes * 60_000).toISOString();
  const graph: Harness['graph'] = (method, path, body, headers = {}) =>
    send(path.startsWith('http') ? path : `${simulator.url}/v1.0${path}`, method, {
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    });
  return {
    ...{ simulator, tenantId, receiver, graph, inMinutes },
    control: (method, path, body) => send(simulator.control + path, method, { body, headers: {} }),
    subscribe: (resource, changes = {}) =>
      graph('POST', '/subscriptions', {
        ...{ changeType: 'updated,deleted', resource, notificationUrl: receiver.url, clientState: 'secret' },
        ...{
          lifecycleNotificationUrl: `${receiver.url}&lifecycle=1`,
          expirationDateTime: inMinutes(1_000),
          ...changes,
        },
      }),
    close: async () => {
      receiver.close();
      await simulator.close();
    },
  };
}

export async function tokenFor(simulator: Simulator, tenantId: string): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' };
  const client = { client_id: simulator.clientId, client_secret: simulator.clientSecret };
  const body = new URLSearchParams({ ...form, ...client });
  const response = await fetch(`${simulator.url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body });
  const answer: { access_token: string } = JSON.parse(await response.text());
  return answer.access_token;
}

/** Waits for a condition, with a bound. */
export async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`This never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function send(url: string, method: string, sent: { body: unknown; headers: Record<string, string> }) {
  const body = sent.body === undefined || typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
  const response = await fetch(url, { method, headers: sent.headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => void answer(receiver, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${portOf(server)}/hook?of=us`,
    ...{ handshakes: [], items: [], posts: [] },
    answers: { status: 202, handshake: (token, to) => to.writeHead(200, { 'content-type': 'text/plain' }).end(token) },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}

async function answer(receiver: Receiver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = new URL(request.url ?? '', 'http://receiver').searchParams.get('validationToken');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (token !== null) {
    receiver.handshakes.push({ method: request.method, type: request.headers['content-type'], token });
    return receiver.answers.handshake(token, response);
  }
  const { value } = JSON.parse(Buffer.concat(chunks).toString());
  receiver.items.push(...value);
  receiver.posts.push(value.length);
  if (receiver.answers.status !== null) response.writeHead(receiver.answers.status).end();
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
