import { Client, type Context, type Middleware, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Budget } from '../budget.js';
import { GraphFailure } from '../graph-failure.js';
import type { GraphAnswer, GraphCall } from '../types.js';
import { type CallProfile, profileOf } from '../wire/call-profile.js';
import { graphAddress } from '../wire/graph-link.js';
import { readFailure } from '../wire/read-failure.js';
import { authorised } from './authorised.js';
import type { GraphDeps } from './graph-deps.js';
import { type Attempt, closeGate, DEFAULT_PATIENCE, repeated } from './repeated.js';
import { type Received, sendAttempt } from './send-attempt.js';

/** Names this program to Graph, in the form Microsoft asks for (best practices, "decorate your traffic"). */
const USER_AGENT = 'ISV|GetHomeSafe|EntraSync/1.0';

export interface TenantDeps extends GraphDeps {
  readonly tenantId: string;
  readonly budget: Budget;
}

export interface RequestOptions {
  /** Units to spend instead of the estimate by path: a batch is what its items are. */
  readonly units?: number;
}

/** One call to Graph with all that belongs to it: budget, token, time limit, repeats, metrics, one log line. */
export async function graphRequest(
  deps: TenantDeps,
  call: GraphCall,
  options: RequestOptions = {},
): Promise<GraphAnswer> {
  const address = graphAddress(deps.config, call.path);
  const profile = profileOf(call.path);
  const units = options.units ?? profile.units;
  const clientRequestId = deps.chance.guid();
  let outcome: Attempt<GraphAnswer> | null = null;
  let thrown: unknown;

  // The chain ends here instead of in the SDK's own handlers: those send no token over http, retry by real time and follow redirects.
  const chain: Middleware = {
    execute: async (context: Context) => {
      try {
        context.request = address;
        outcome = await repeatedly(deps, call, (number) => {
          return oneAttempt({ deps, call, context, profile, units, number, clientRequestId });
        });
      } catch (error) {
        // The SDK would wrap it in an error of its own.
        thrown = error;
        throw error;
      }
    },
  };
  await viaSdk(deps, chain, { call, address, clientRequestId }).catch((error: unknown) => {
    throw thrown ?? error;
  });
  return settled(outcome);
}

function settled(outcome: Attempt<GraphAnswer> | null): GraphAnswer {
  if (outcome === null) throw new Error('the Graph SDK did not run its middleware');
  if (!outcome.ok) throw outcome.failure;
  return outcome.value;
}

function repeatedly(
  deps: TenantDeps,
  call: GraphCall,
  attempt: (number: number) => Promise<Attempt<GraphAnswer>>,
): Promise<Attempt<GraphAnswer>> {
  const repeatable = call.repeatable ?? (call.method ?? 'GET') === 'GET';
  const patience = deps.patience ?? DEFAULT_PATIENCE;
  const bounded = repeatable ? patience : { ...patience, mostAttempts: 1 };
  return repeated({ clock: deps.clock, chance: deps.chance, patience: bounded, signal: call.signal }, attempt);
}

async function viaSdk(
  deps: TenantDeps,
  chain: Middleware,
  about: { call: GraphCall; address: string; clientRequestId: string },
): Promise<void> {
  const { call, address, clientRequestId } = about;
  const client = Client.initWithMiddleware({
    baseUrl: deps.config.graphBaseUrl,
    defaultVersion: 'v1.0',
    middleware: chain,
  });
  const headers = {
    accept: 'application/json',
    'user-agent': USER_AGENT,
    'client-request-id': clientRequestId,
    ...(call.priority === 'run' ? { 'x-ms-throttle-priority': 'Low' } : {}),
    ...call.headers,
  };
  // Only the path: the SDK takes query strings apart and puts them together in another order, and links go verbatim.
  const request = client.api(new URL(address).pathname).headers(headers).responseType(ResponseType.RAW);
  switch (call.method ?? 'GET') {
    case 'GET':
      return request.get();
    case 'POST':
      return request.post(call.body);
    case 'PATCH':
      return request.patch(call.body);
    case 'DELETE':
      return request.delete();
  }
}

interface AttemptInput {
  readonly deps: TenantDeps;
  readonly call: GraphCall;
  readonly context: Context;
  readonly profile: CallProfile;
  readonly units: number;
  readonly number: number;
  readonly clientRequestId: string;
}

async function oneAttempt(input: AttemptInput): Promise<Attempt<GraphAnswer>> {
  const { deps, call, context, profile, units } = input;
  const { signal, priority = 'notification' } = call;
  if (units > 0) await deps.budget.take({ units, priority, signal });
  const startedMs = deps.clock.nowMs();
  let outcome: Attempt<GraphAnswer>;
  let status = 0;
  try {
    const send = () => sendAttempt({ fetch: deps.fetch ?? fetch, limitMs: deps.limitMs ?? 30_000 }, context, signal);
    const received = await authorised({ tokens: deps.tokens, tenantId: deps.tenantId }, context, send);
    status = received.status;
    account(deps, received, { units, isBatch: profile.kind === 'batch' });
    outcome = judged(deps, received, profile);
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    outcome = { ok: false, failure: error };
  }
  const tookMs = deps.clock.nowMs() - startedMs;
  deps.graphMetrics.observe({ status, kind: profile.kind, seconds: tookMs / 1_000 });
  if (!outcome.ok) noteFailure(input, outcome.failure, tookMs);
  return outcome;
}

function judged(deps: TenantDeps, received: Received, profile: CallProfile): Attempt<GraphAnswer> {
  const { status, headers } = received;
  const requestId = headers['request-id'] ?? null;
  const body = jsonOrNull(received.text);
  if (status >= 200 && status < 300) {
    if (body !== null) return { ok: true, value: { status, headers, body: body.value, requestId } };
    const message =
      'Graph answered with something that is not JSON: something on the way may have answered in its place.';
    return {
      ok: false,
      failure: new GraphFailure(message, { kind: 'unavailable', status, code: 'not_json', requestId }),
    };
  }
  const facts = { config: deps.config, nowMs: deps.clock.nowMs() };
  return { ok: false, failure: readFailure(facts, { status, headers, body: body?.value }, profile) };
}

function jsonOrNull(text: string): { value: unknown } | null {
  if (text === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Graph says what a call cost; a batch says it for each item, which is accounted there. */
function account(deps: TenantDeps, received: Received, about: { units: number; isBatch: boolean }): void {
  if (about.isBatch) return;
  const actual = Number(received.headers['x-ms-resource-unit'] ?? Number.NaN);
  if (Number.isFinite(actual) && about.units > 0) deps.budget.correct(about.units, actual);
  deps.graphMetrics.units(Number.isFinite(actual) ? actual : about.units);
}

function noteFailure(input: AttemptInput, failure: GraphFailure, tookMs: number): void {
  const { deps, profile, call, number, clientRequestId } = input;
  const { kind, status, code, retryAfterMs, requestId } = failure;
  closeGate(deps.budget, failure, profile.service);
  if (kind === 'throttled' && status !== 0) deps.graphMetrics.throttled();
  const about = { tenantId: deps.tenantId, call: profile.kind, method: call.method ?? 'GET', attempt: number };
  const answer = { kind, status, code, retryAfterMs, requestId, clientRequestId, durationMs: Math.round(tookMs) };
  const level = kind === 'not_found' || kind === 'gone' ? 'debug' : 'warn';
  deps.log[level]({ event: 'graph.failed', ...about, ...answer }, 'Graph call failed');
}
