import { systemChance } from '../../kernel/chance.js';
import { graphError } from '../graph/graph-error.js';
import type { GraphRequest, GraphResponse, World } from '../world/types.js';
import { HANDSHAKE_LIMIT_MS, shakeHands } from './handshake.js';
import { rolesForResource, type SubscribedResource } from './subscribed-resource.js';
import { entityBody, type Subscription } from './subscription.js';
import { grantExpiry } from './subscription-expiry.js';
import { roomFor } from './subscription-quota.js';
import { type Creation, readCreation } from './subscription-request.js';
import type { SubscriptionStore } from './subscription-store.js';

export interface CreationDeps {
  readonly world: World;
  readonly store: SubscriptionStore;
  /** Ends handshakes under way when the simulator closes. */
  readonly signal: AbortSignal;
  /** How long an endpoint may take for a handshake, in ms; default 10,000. */
  readonly handshakeLimitMs?: number;
}

/**
 * POST /subscriptions in the order of the live service: permission, body, expiry, workload, quota; then the handshake
 * with the notification address and then with the lifecycle address, even where both are equal; only then the 201.
 */
export async function createSubscription(deps: CreationDeps, request: GraphRequest): Promise<GraphResponse> {
  const read = readCreation(request.body);
  if (!read.ok) return graphError({ status: 400, code: 'InvalidRequest' }, read.message, request);
  const wanted = read.value;
  const denied = missingRole(wanted.watched, request);
  if (denied) return denied;
  const expiry = grantExpiry(wanted.expirationDateTime, {
    watched: wanted.watched,
    includeResourceData: wanted.includeResourceData ?? false,
    nowMs: deps.world.clock.nowMs(),
    switches: deps.world.switches,
  });
  if (!expiry.ok) return graphError({ status: 400, code: 'InvalidRequest' }, expiry.message, request);
  const refusal = refusedByWorkload(wanted.watched, request) ?? noRoom(deps, wanted, request);
  if (refusal) return refusal;

  for (const url of [wanted.notificationUrl, wanted.lifecycleNotificationUrl]) {
    const failure = url ? await failedHandshake(deps, url, request) : null;
    if (failure) return failure;
  }
  // Another create may have finished while the endpoint was being asked.
  const late = noRoom(deps, wanted, request);
  if (late) return late;
  const subscription = buildSubscription(wanted, expiry.expiresAtMs, request);
  deps.store.add(subscription);
  return {
    status: 201,
    headers: { location: `${request.root}/subscriptions('${subscription.id}')` },
    body: entityBody(request, subscription, { clientState: true }),
  };
}

/** The 403 for a caller that may not watch this resource, or null. */
export function missingRole(watched: SubscribedResource, request: GraphRequest): GraphResponse | null {
  if (rolesForResource(watched).some((role) => request.caller.roles.has(role))) return null;
  if (watched.kind === 'events') return extensionError(request, 403, 'Forbidden');
  const message = 'Insufficient privileges to complete the operation.';
  return graphError({ status: 403, code: 'Authorization_RequestDenied' }, message, request);
}

/** The 400 of an endpoint that did not prove itself, or null. */
export async function failedHandshake(
  deps: CreationDeps,
  url: string,
  request: GraphRequest,
): Promise<GraphResponse | null> {
  const limitMs = deps.handshakeLimitMs ?? HANDSHAKE_LIMIT_MS;
  const shaken = await shakeHands(url, { limitMs, signal: deps.signal });
  return shaken.outcome === 'validated'
    ? null
    : graphError({ status: 400, code: 'ValidationError' }, shaken.message, request);
}

function noRoom(deps: CreationDeps, wanted: Creation, request: GraphRequest): GraphResponse | null {
  const { tenant, clientId } = request.caller;
  const { watched, changeTypes } = wanted;
  const present = deps.store.ofTenant(tenant.id);
  const asked = { watched, changeTypes, applicationId: clientId, tenantId: tenant.id };
  const room = roomFor(asked, present, deps.world.switches.duplicateSubscriptions);
  switch (room.outcome) {
    case 'free':
      return null;
    case 'taken':
      return graphError({ status: 409, code: 'Conflict' }, room.message, request);
    case 'full':
      return graphError({ status: 403, code: 'Forbidden' }, room.message, request);
  }
}

/** What the directory or Exchange says about the watched object itself. */
function refusedByWorkload(watched: SubscribedResource, request: GraphRequest): GraphResponse | null {
  if (watched.id === null) return null;
  const view = request.caller.tenant.view();
  const found = watched.kind === 'groups' ? view.group(watched.id) : view.user(watched.id);
  const live = found !== undefined && found.deletedAtMs === null;
  if (watched.kind !== 'events') {
    if (live) return null;
    const message = `Resource '${watched.id}' does not exist or one of its queried reference-property objects are not present.`;
    return graphError({ status: 404, code: 'Request_ResourceNotFound' }, message, request);
  }
  const mailbox = live ? view.user(watched.id)?.mailbox : 'none';
  if (mailbox === 'none') return extensionError(request, 404, 'NotFound');
  return mailbox === 'blocked' ? extensionError(request, 403, 'Forbidden') : null;
}

function extensionError(request: GraphRequest, status: number, reason: 'NotFound' | 'Forbidden'): GraphResponse {
  const spoken = reason === 'NotFound' ? 'Not Found' : 'Forbidden';
  const message = `Operation: Create; Exception: [Status Code: ${reason}; Reason: ${spoken}]`;
  return graphError({ status: status, code: 'ExtensionError' }, message, request);
}

function buildSubscription(wanted: Creation, expiresAtMs: number, request: GraphRequest): Subscription {
  return {
    id: systemChance.guid(),
    tenantId: request.caller.tenant.id,
    applicationId: request.caller.clientId,
    resource: wanted.resource,
    watched: wanted.watched,
    changeType: wanted.changeType,
    changeTypes: wanted.changeTypes,
    clientState: wanted.clientState ?? null,
    lifecycleNotificationUrl: wanted.lifecycleNotificationUrl ?? null,
    includeResourceData: wanted.includeResourceData ?? false,
    latestSupportedTlsVersion: wanted.latestSupportedTlsVersion ?? 'v1_2',
    notificationQueryOptions: null,
    notificationUrlAppId: wanted.notificationUrlAppId ?? null,
    immutableIds: /IdType\s*=\s*"ImmutableId"/i.test(request.headers['prefer'] ?? ''),
    notificationUrl: wanted.notificationUrl,
    encryptionCertificate: wanted.encryptionCertificate ?? null,
    encryptionCertificateId: wanted.encryptionCertificateId ?? null,
    expiresAtMs,
    needsReauthorization: false,
  };
}
