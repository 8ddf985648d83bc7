import { MINUTE_MS } from '../../kernel/clock.js';
import type { Switches } from '../world/types.js';
import type { SubscribedResource } from './subscribed-resource.js';

/** Longest life of a user or group subscription, in minutes. Source: Microsoft Graph documentation, subscription resource type. */
const DIRECTORY_MAX_MINUTES = 41_760;

/** Longest life of an Outlook subscription, in minutes: the documents say 10,080, the live service enforces ten less. */
const OUTLOOK_MAX_MINUTES = 10_070;

/** Longest life of an Outlook subscription with resource data, in minutes. Source: as for directory subscriptions. */
const OUTLOOK_WITH_DATA_MAX_MINUTES = 1_440;

/** A shorter life than this is silently raised to it, in minutes. Source: as for directory subscriptions. */
const MIN_MINUTES = 45;

export type GrantedExpiry =
  | { readonly ok: true; readonly expiresAtMs: number }
  | { readonly ok: false; readonly message: string };

/** The expiry Graph grants for the requested one: refused when past or beyond the cap, raised when too near. */
export function grantExpiry(
  requestedAtMs: number,
  about: { watched: SubscribedResource; includeResourceData: boolean; nowMs: number; switches: Switches },
): GrantedExpiry {
  const { nowMs } = about;
  if (requestedAtMs <= nowMs) {
    return { ok: false, message: 'Subscription expiration must be in the future. Send a later expirationDateTime.' };
  }
  const maxMinutes = maxMinutesOf(about);
  if (requestedAtMs > nowMs + maxMinutes * MINUTE_MS) {
    return { ok: false, message: `Subscription expiration can only be ${maxMinutes} minutes in the future.` };
  }
  return { ok: true, expiresAtMs: Math.max(requestedAtMs, nowMs + MIN_MINUTES * MINUTE_MS) };
}

function maxMinutesOf(about: {
  watched: SubscribedResource;
  includeResourceData: boolean;
  switches: Switches;
}): number {
  if (about.watched.kind === 'events') {
    return about.includeResourceData ? OUTLOOK_WITH_DATA_MAX_MINUTES : OUTLOOK_MAX_MINUTES;
  }
  return about.switches.directoryExpiryTenMinutesLess ? DIRECTORY_MAX_MINUTES - 10 : DIRECTORY_MAX_MINUTES;
}
