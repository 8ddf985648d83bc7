import { graphError } from '../graph/graph-error.js';
import type { GraphRequest, GraphResponse } from '../world/types.js';
import { type CreationDeps, failedHandshake } from './create-subscription.js';
import { entityBody, type Subscription } from './subscription.js';
import { grantExpiry } from './subscription-expiry.js';
import { readUpdate } from './subscription-request.js';

/** PATCH /subscriptions/{id}: answers the whole subscription; a new expiry also reauthorizes, a new address shakes hands. */
export async function updateSubscription(
  deps: CreationDeps,
  request: GraphRequest,
  own: Subscription,
): Promise<GraphResponse> {
  const read = readUpdate(request.body);
  if (!read.ok) return graphError({ status: 400, code: 'InvalidRequest' }, read.message, request);
  const { expirationDateTime, notificationUrl, encryptionCertificate, encryptionCertificateId } = read.value;
  const { watched, includeResourceData } = own;
  const { clock, switches } = deps.world;
  const expiry =
    expirationDateTime === undefined
      ? null
      : grantExpiry(expirationDateTime, { watched, includeResourceData, nowMs: clock.nowMs(), switches });
  if (expiry && !expiry.ok) return graphError({ status: 400, code: 'InvalidRequest' }, expiry.message, request);
  if (notificationUrl !== undefined && notificationUrl !== own.notificationUrl) {
    const failure = await failedHandshake(deps, notificationUrl, request);
    if (failure) return failure;
    own.notificationUrl = notificationUrl;
  }
  own.encryptionCertificate = encryptionCertificate ?? own.encryptionCertificate;
  own.encryptionCertificateId = encryptionCertificateId ?? own.encryptionCertificateId;
  if (expiry) {
    own.expiresAtMs = expiry.expiresAtMs;
    own.needsReauthorization = false;
  }
  return { status: 200, body: entityBody(request, own, { clientState: true }) };
}
