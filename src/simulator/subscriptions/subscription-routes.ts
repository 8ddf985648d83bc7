import { graphError } from '../graph/graph-error.js';
import type { GraphRequest, GraphResponse, GraphRoute } from '../world/types.js';
import { type CreationDeps, createSubscription, missingRole } from './create-subscription.js';
import { entityBody, type Subscription, subscriptionEntity } from './subscription.js';
import type { SubscriptionStore } from './subscription-store.js';
import { updateSubscription } from './update-subscription.js';

const PAGE_SIZE = 100;
const ALL = /^\/subscriptions$/i;
const ONE = /^\/subscriptions\/([^/]+)$/i;
const REAUTHORIZE = /^\/subscriptions\/([^/]+)\/reauthorize$/i;

type Handle = GraphRoute['handle'];
type HandleOwn = (request: GraphRequest, own: Subscription) => GraphResponse | Promise<GraphResponse>;

/**
 * The subscription resource of Graph v1.0. Permissions depend on what is watched, so the routes name none and check
 * them here. Subscription calls have their own throttling budget and cost no resource units.
 */
export function createSubscriptionRoutes(deps: CreationDeps): GraphRoute[] {
  const one = (handle: HandleOwn) => withOwn(deps.store, handle);
  return [
    route('POST', ALL, (request) => createSubscription(deps, request)),
    route('GET', ALL, (request) => list(deps.store, request)),
    route(
      'GET',
      ONE,
      one((request, own) => ({ status: 200, body: entityBody(request, own, { clientState: false }) })),
    ),
    route(
      'PATCH',
      ONE,
      one((request, own) => updateSubscription(deps, request, own)),
    ),
    route(
      'DELETE',
      ONE,
      one((_request, own) => {
        deps.store.remove(own.id);
        return { status: 204 };
      }),
    ),
    route(
      'POST',
      REAUTHORIZE,
      one((_request, own) => {
        own.needsReauthorization = false;
        deps.onReauthorized?.();
        return { status: 204 };
      }),
    ),
  ];
}

function route(method: GraphRoute['method'], pattern: RegExp, handle: Handle): GraphRoute {
  return { method, pattern, handle, resourceUnits: 0, anyRoleOf: [] };
}

/** Finds the caller's own subscription; one of another app or tenant is as unknown as one that never was. */
function withOwn(store: SubscriptionStore, handle: HandleOwn): Handle {
  return (request, match) => {
    const { caller } = request;
    const found = store.find((match[1] ?? '').toLowerCase());
    if (!found || found.tenantId !== caller.tenant.id || found.applicationId !== caller.clientId) {
      return graphError(404, 'ResourceNotFound', 'The object was not found.', request);
    }
    return missingRole(found.watched, request) ?? handle(request, found);
  };
}

function list(store: SubscriptionStore, request: GraphRequest): GraphResponse {
  const { caller, query, root } = request;
  const option = [...query.keys()].find((key) => key !== '$skiptoken');
  if (option) {
    return graphError(400, 'InvalidRequest', `Query option '${option}' is not supported on subscriptions.`, request);
  }
  const own = store.ofTenant(caller.tenant.id).filter((other) => other.applicationId === caller.clientId);
  const from = Number(query.get('$skiptoken') ?? '0') || 0;
  const next = from + PAGE_SIZE;
  return {
    status: 200,
    body: {
      '@odata.context': `${root}/$metadata#subscriptions`,
      ...(next < own.length && { '@odata.nextLink': `${root}/subscriptions?$skiptoken=${next}` }),
      value: own.slice(from, next).map((subscription) => subscriptionEntity(subscription, { clientState: false })),
    },
  };
}
