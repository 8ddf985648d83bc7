import { systemClock } from '../../kernel/clock.js';
import { graphError } from '../graph/graph-error.js';
import { createSeededRandom, type SeededRandom } from '../world/seeded-random.js';
import type { GraphRequest, GraphResponse, GraphRoute, World } from '../world/types.js';
import type { FaultAction, FaultBook } from './fault-book.js';
import { mailboxOf } from './mailbox-gates.js';
import type { Throttle } from './throttle.js';

/** A Graph call from HTTP or from a `$batch`. */
export interface GraphCall {
  readonly method: string;
  /** Below /v1.0, encoded, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly root: string;
  readonly caller: GraphRequest['caller'];
  readonly requestId: string;
  /** Simulated time of its arrival. */
  readonly nowMs: number;
}

export type Outcome =
  | { readonly kind: 'answer'; readonly response: GraphResponse; readonly madeByFault: boolean }
  /** Never to be answered. */
  | { readonly kind: 'silence' }
  /** The connection is to be cut. */
  | { readonly kind: 'cut' };

export interface PipelineDeps {
  readonly world: World;
  readonly routes: readonly GraphRoute[];
  readonly faults: FaultBook;
  readonly throttle: Throttle;
  /** Ends waiting when the simulator closes. */
  readonly signal: AbortSignal;
}

export type GraphPipeline = (call: GraphCall) => Promise<Outcome>;

/** What every Graph request goes through, alone or in a batch: fault, throttling, permission, replica, route. */
export function createGraphPipeline(deps: PipelineDeps): GraphPipeline {
  const { world, faults, throttle } = deps;
  const random = createSeededRandom(`${world.seed} replicas`);

  return async (call) => {
    const tenantId = call.caller.tenant.id;
    const fault = faults.take({ method: call.method, path: `/v1.0${call.url}`, tenantId });
    const lagMs = fault?.lagMs ?? replicaLag(world, random);
    const found = findRoute(deps.routes, call, lagMs);
    const admission = found.kind === 'route' ? throttle(found.request, found.route) : null;
    try {
      if (fault?.delayMs) await systemClock.sleep(fault.delayMs, deps.signal);
      return await settle(fault, call, async () => {
        if (found.kind === 'none') return found.response;
        const refusal = admission?.refusal ?? missingRole(found.request, found.route);
        const response = refusal ?? (await found.route.handle(found.request, found.match));
        return { ...response, headers: { ...admission?.headers, ...response.headers } };
      });
    } finally {
      admission?.release();
    }
  };
}

/** Carries a request out as far as its fault lets it. */
async function settle(
  fault: FaultAction | null,
  call: GraphCall,
  carryOut: () => Promise<GraphResponse>,
): Promise<Outcome> {
  if (fault?.reset && !fault.drop) return { kind: 'cut' };
  if (fault?.status !== undefined) return { kind: 'answer', response: faultyResponse(fault, call), madeByFault: true };
  const response = await carryOut();
  if (fault?.drop) return fault.reset ? { kind: 'cut' } : { kind: 'silence' };
  const headers = { ...response.headers, ...fault?.headers };
  const body = fault?.body === undefined ? response.body : fault.body;
  return {
    kind: 'answer',
    response: { status: response.status, headers, body },
    madeByFault: fault?.body !== undefined,
  };
}

function faultyResponse(fault: FaultAction, call: GraphCall): GraphResponse {
  const status = fault.status ?? 500;
  const codes: Record<number, string> = {
    404: 'Request_ResourceNotFound',
    429: 'TooManyRequests',
    503: 'serviceNotAvailable',
  };
  const error = graphError(
    { status, code: codes[status] ?? 'UnknownError' },
    'This answer is a fault of the simulator.',
    call,
  );
  const body = fault.body === undefined && status >= 400 ? error.body : fault.body;
  return { status, headers: { ...fault.headers }, body };
}

/** Each request is answered by some replica, so that a later read can be older. */
function replicaLag(world: World, random: SeededRandom): number {
  const lags = world.switches.replicaLagsMs;
  return lags[random.below(lags.length)] ?? 0;
}

type Found =
  | {
      readonly kind: 'route';
      readonly route: GraphRoute;
      readonly match: RegExpMatchArray;
      readonly request: GraphRequest;
    }
  | { readonly kind: 'none'; readonly response: GraphResponse };

function findRoute(routes: readonly GraphRoute[], call: GraphCall, lagMs: number): Found {
  const [encoded = '', ...rest] = call.url.split('?');
  const path = decodedPath(encoded);
  if (path === null) return refused(400, 'The request address is malformed.', call);
  const fitting = routes.flatMap((route) => {
    const match = path.match(route.pattern);
    return match ? [{ route, match }] : [];
  });
  const found = fitting.find(({ route }) => route.method === call.method);
  if (found) {
    const { headers, body, root, caller, requestId, nowMs } = call;
    const query = new URLSearchParams(rest.join('?'));
    const request = { method: found.route.method, path, query, headers, body, root, caller, requestId, nowMs, lagMs };
    return { kind: 'route', ...found, request };
  }
  if (fitting.length > 0) return refused(405, 'The method is not allowed for this resource.', call);
  return refused(400, `Resource not found for the segment '${path.split('/')[1] ?? ''}'.`, call);
}

function refused(status: number, message: string, call: GraphCall): Found {
  return { kind: 'none', response: graphError({ status: status, code: 'BadRequest' }, message, call) };
}

function decodedPath(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded).replace(/(?<=.)\/$/, '');
  } catch {
    return null;
  }
}

function missingRole(request: GraphRequest, route: GraphRoute): GraphResponse | null {
  if (route.anyRoleOf.length === 0 || route.anyRoleOf.some((role) => request.caller.roles.has(role))) return null;
  return mailboxOf(request.path) === null
    ? graphError(
        { status: 403, code: 'Authorization_RequestDenied' },
        'Insufficient privileges to complete the operation.',
        request,
      )
    : graphError(
        { status: 403, code: 'ErrorAccessDenied' },
        'Access is denied. Check credentials and try again.',
        request,
      );
}
