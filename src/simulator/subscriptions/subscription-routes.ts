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

type HandleOwn = (request: GraphRequest, own: Subscription) => GraphResponse | Promise<GraphResponse>;

/**
 * The subscription resource of Graph v1.0. Permissions depend on what is watched, so the routes name none and check
 * them here. Subscription calls have their own throttling budget and cost no resource units.
 */
export function createSubscriptionRoutes(deps: CreationDeps): GraphRoute[] {
  const { store } = deps;
  const route = (method: GraphRoute['method'], pattern: RegExp, handle: GraphRoute['handle']): GraphRoute => {
    return { method, pattern, handle, resourceUnits: 0, anyRoleOf: [] };
  };
  const read: HandleOwn = (request, own) => ({ status: 200, body: entityBody(request, own, { clientState: false }) });
  const update: HandleOwn = (request, own) => updateSubscription(deps, request, own);
  const remove: HandleOwn = (_request, own) => {
    store.remove(own.id);
    return { status: 204 };
  };
  const reauthorize: HandleOwn = (_request, own) => {
    own.needsReauthorization = false;
    return { status: 204 };
  };
  return [
    route('POST', ALL, (request) => createSubscription(deps, request)),
    route('GET', ALL, (request) => list(store, request)),
    route('GET', ONE, withOwn(store, read)),
    route('PATCH', ONE, withOwn(store, update)),
    route('DELETE', ONE, withOwn(store, remove)),
    route('POST', REAUTHORIZE, withOwn(store, reauthorize)),
  ];
}

/** Finds the caller's own subscription; one of another app or tenant is as unknown as one that never was. */
function withOwn(store: SubscriptionStore, handle: HandleOwn): GraphRoute['handle'] {
  return (request, match) => {
    const { caller } = request;
    const found = store.find((match[1] ?? '').toLowerCase());
    if (!found || found.tenantId !== caller.tenant.id || found.applicationId !== caller.clientId) {
      return graphError({ status: 404, code: 'ResourceNotFound' }, 'The object was not found.', request);
    }
    return missingRole(found.watched, request) ?? handle(request, found);
  };
}

function list(store: SubscriptionStore, request: GraphRequest): GraphResponse {
  const { caller, query, root } = request;
  const option = [...query.keys()].find((key) => key !== '$skiptoken');
  if (option) {
    return graphError(
      { status: 400, code: 'InvalidRequest' },
      `Query option '${option}' is not supported on subscriptions.`,
      request,
    );
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
