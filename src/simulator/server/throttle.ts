import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import { graphError } from '../graph/graph-error.js';
import type { GraphRequest, GraphResponse, GraphRoute, Tenant, World } from '../world/types.js';
import { createMailboxGates, mailboxOf } from './mailbox-gates.js';
import { createTokenBucket, type Draw, type TokenBucket } from './token-bucket.js';

/** Resource units of an app in a tenant of that many people. Source: Microsoft Graph throttling limits, identity. */
const IDENTITY = { windowMs: 10 * SECOND_MS, small: 3_500, medium: 5_000, large: 8_000 };

/** Subscription calls of an app in a tenant. Source: Microsoft Graph throttling limits, subscriptions (older copy). */
const SUBSCRIPTIONS = { windowMs: 20 * SECOND_MS, writes: 1_000, all: 5_000 };

/** How long a tenant's size is trusted: counting a large one for every request would be slow. */
const SIZE_KEPT_MS = MINUTE_MS;

export interface Admission {
  readonly headers: Readonly<Record<string, string>>;
  /** The 429, or null where the request may go on. */
  readonly refusal: GraphResponse | null;
  /** To be called when the request is over. */
  release(): void;
}

export type Throttle = (request: GraphRequest, route: GraphRoute) => Admission;

/** Graph's budgets: resource units for the directory, open requests for each mailbox, calls for subscriptions. */
export function createThrottle(world: World): Throttle {
  const buckets = new Map<string, TokenBucket>();
  const admitMailboxCall = createMailboxGates(world);
  const capacityOf = createSizeClasses(world);

  return (request, route) => {
    if (!world.switches.throttling) return free();
    const { tenant, clientId } = request.caller;
    const scope = `Tenant_Application/ReadWrite/${clientId}/${tenant.id}`;
    if (/^\/subscriptions(\/|$)/i.test(request.path)) return admitSubscriptionCall(request, scope);
    const mailbox = mailboxOf(request.path);
    if (mailbox !== null) return admitMailboxCall(request, mailbox);
    return route.resourceUnits === 0 ? free() : admitDirectoryCall(request, { scope, units: unitsOf(request, route) });
  };

  function bucket(key: string, windowMs: number): TokenBucket {
    const kept = buckets.get(key) ?? createTokenBucket(world, windowMs);
    buckets.set(key, kept);
    return kept;
  }

  function admitDirectoryCall(request: GraphRequest, cost: { scope: string; units: number }): Admission {
    const { scope, units } = cost;
    const draw = bucket(`identity ${scope}`, IDENTITY.windowMs)(units, capacityOf(request.caller.tenant));
    const headers = {
      'x-ms-resource-unit': String(units),
      ...(draw.share >= 0.8 && { 'x-ms-throttle-limit-percentage': draw.share.toFixed(2) }),
    };
    if (draw.granted) return { ...free(), headers };
    return refused(request, draw, { ...headers, ...explained(scope, 'ResourceUnitLimitExceeded') });
  }

  function admitSubscriptionCall(request: GraphRequest, scope: string): Admission {
    const all = bucket(`subscriptions ${scope}`, SUBSCRIPTIONS.windowMs)(1, SUBSCRIPTIONS.all);
    const isWrite = request.method !== 'GET';
    const writes = isWrite ? bucket(`writes ${scope}`, SUBSCRIPTIONS.windowMs)(1, SUBSCRIPTIONS.writes) : all;
    const worst = all.granted ? writes : all;
    return worst.granted ? free() : refused(request, worst, explained(scope, 'RequestLimitExceeded'));
  }
}

/** Resource units of a request: `$select` and a small `$top` make it cheaper, `$expand` dearer, and nothing is free. */
function unitsOf(request: GraphRequest, route: GraphRoute): number {
  const { query } = request;
  const top = Number(query.get('$top') ?? Number.NaN);
  const change = (query.has('$select') ? -1 : 0) + (top < 20 ? -1 : 0) + (query.has('$expand') ? 1 : 0);
  return Math.max(1, route.resourceUnits + change);
}

function createSizeClasses(world: World): (tenant: Tenant) => number {
  const known = new Map<string, { untilMs: number; capacity: number }>();
  return (tenant) => {
    const nowMs = world.clock.nowMs();
    const fixed = world.switches.resourceUnitsPer10s;
    if (fixed !== null) return fixed;
    const kept = known.get(tenant.id);
    if (kept && kept.untilMs > nowMs) return kept.capacity;
    let people = 0;
    for (const user of tenant.view().users()) if (user.deletedAtMs === null && ++people > 500) break;
    const capacity = people < 50 ? IDENTITY.small : people <= 500 ? IDENTITY.medium : IDENTITY.large;
    known.set(tenant.id, { untilMs: nowMs + SIZE_KEPT_MS, capacity });
    return capacity;
  };
}

function explained(scope: string, information: string): Record<string, string> {
  return { 'x-ms-throttle-scope': scope, 'x-ms-throttle-information': information };
}

function refused(request: GraphRequest, draw: Draw, headers: Record<string, string>): Admission {
  const seconds = String(Math.max(1, Math.ceil(draw.retryAfterMs / SECOND_MS)));
  const error = graphError(
    { status: 429, code: 'TooManyRequests' },
    'Too many requests. Wait for Retry-After.',
    request,
  );
  return { ...free(), refusal: { ...error, headers: { ...headers, 'Retry-After': seconds } } };
}

function free(): Admission {
  return { headers: {}, refusal: null, release: () => {} };
}
