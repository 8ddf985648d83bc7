import express, { type Request, type Response, Router } from 'express';
import { systemChance } from '../../kernel/chance.js';
import type { BoundedLog } from '../delivery/bounded-log.js';
import { graphError } from '../graph/graph-error.js';
import type { CheckedToken } from '../identity/access-token.js';
import type { GraphResponse, World } from '../world/types.js';
import type { GraphCall, GraphPipeline, Outcome } from './graph-pipeline.js';
import type { RecordedAnswer, RequestRecord } from './request-log.js';

export interface GraphHttpDeps {
  readonly world: World;
  readonly answer: GraphPipeline;
  readonly verifyAccessToken: (token: string) => CheckedToken;
  readonly log: BoundedLog<RequestRecord>;
  /** Takes the parts that a batch with this request id was made of. */
  readonly takeParts: (requestId: string) => RequestRecord['parts'];
  readonly record?: ((answer: RecordedAnswer) => void) | undefined;
  readonly signal: AbortSignal;
}

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** Graph over HTTP, to be mounted under /v1.0. */
export function createGraphRouter(deps: GraphHttpDeps): Router {
  const router = Router();
  router.use(express.text({ type: () => true, limit: '4mb', defaultCharset: 'utf-8' }));
  router.use(async (request, response) => {
    const arrival = { requestId: systemChance.guid(), headers: plainHeaders(request), nowMs: deps.world.clock.nowMs() };
    const checked = callerOf(deps, arrival.headers);
    const outcome = await outcomeOf(deps, request, { ...arrival, checked });
    response.set(answerHeaders(arrival));
    send(response, outcome);
    const tenant = checked.kind === 'known' ? checked.caller.tenant.id : null;
    note(deps, request, { parts: deps.takeParts(arrival.requestId), tenant, outcome });
  });
  return router;
}

type Checked =
  | { readonly kind: 'known'; readonly caller: GraphCall['caller'] }
  | { readonly kind: 'refused'; readonly message: string };

type Arrival = Pick<GraphCall, 'requestId' | 'headers' | 'nowMs'>;

async function outcomeOf(
  deps: GraphHttpDeps,
  request: Request,
  { checked, ...arrival }: Arrival & { checked: Checked },
): Promise<Outcome> {
  if (checked.kind === 'refused')
    return refuse(graphError({ status: 401, code: 'InvalidAuthenticationToken' }, checked.message, arrival));
  const body = parsedBody(request.body);
  if (!body.ok)
    return refuse(graphError({ status: 400, code: 'BadRequest' }, 'Unable to read JSON request payload.', arrival));
  const root = `http://${arrival.headers['host'] ?? ''}${request.baseUrl}`;
  const { method, url } = request;
  try {
    return await deps.answer({ ...arrival, method, url, body: body.value, root, caller: checked.caller });
  } catch (error) {
    // Waiting ends with an error when the simulator closes.
    if (deps.signal.aborted) return { kind: 'cut' };
    throw error;
  }
}

/** Entra's verdict on the bearer token. */
function callerOf(deps: GraphHttpDeps, headers: Arrival['headers']): Checked {
  const token = /^Bearer\s+(\S+)\s*$/i.exec(headers['authorization'] ?? '')?.[1] ?? '';
  const checked = deps.verifyAccessToken(token);
  if (checked.kind === 'refused') return checked;
  const tenant = deps.world.tenants.get(checked.tenantId);
  if (!tenant) return { kind: 'refused', message: 'Invalid tenant.' };
  return { kind: 'known', caller: { tenant, clientId: checked.clientId, roles: checked.roles } };
}

function send(response: Response, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'answer': {
      const { status, headers, body } = outcome.response;
      response.status(status).set({ ...headers });
      if (body === undefined) response.end();
      else response.set('content-type', JSON_TYPE).end(typeof body === 'string' ? body : JSON.stringify(body));
      return;
    }
    case 'silence':
      return;
    case 'cut':
      response.socket?.resetAndDestroy();
      return;
    default:
      outcome satisfies never;
  }
}

function note(
  deps: GraphHttpDeps,
  request: Request,
  done: Pick<RequestRecord, 'tenant'> & { parts: RequestRecord['parts']; outcome: Outcome },
): void {
  const { tenant, parts, outcome } = done;
  const { method, url, originalUrl: path } = request;
  const status = outcome.kind === 'answer' ? outcome.response.status : null;
  const at = new Date(deps.world.clock.nowMs()).toISOString();
  deps.log.add({ at, method, path, status, tenant, ...(parts && { parts }) });
  if (!/^\/(\$|%24)batch/i.test(url)) recordAnswer(deps.record, { method, url }, outcome);
}

/** Tells the judge of an answer, unless a fault made it up. */
export function recordAnswer(
  record: GraphHttpDeps['record'],
  request: { method: string; url: string },
  outcome: Outcome,
): void {
  if (outcome.kind !== 'answer' || outcome.madeByFault) return;
  const { status, body } = outcome.response;
  record?.({ method: request.method, path: request.url, status, body });
}

function answerHeaders({ headers, requestId, nowMs }: Arrival) {
  return {
    'request-id': requestId,
    'client-request-id': headers['client-request-id'] ?? requestId,
    date: new Date(nowMs).toUTCString(),
    'cache-control': 'no-cache',
    'odata-version': '4.0',
    'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"1"}}',
  };
}

function plainHeaders(request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function parsedBody(text: unknown): { ok: true; value: unknown } | { ok: false } {
  if (typeof text !== 'string' || text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function refuse(response: GraphResponse): Outcome {
  return { kind: 'answer', response, madeByFault: false };
}
