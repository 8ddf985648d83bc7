import { type Budget, createBudget } from '../graph/budget.js';
import { type Clock, SECOND_MS } from '../kernel/clock.js';

/**
 * Calls for subscriptions in 10 s that we plan, and how many seconds' worth may go at once: in any 20 s nine tenths of
 * what Graph allows an application in a tenant.
 *
 * Source: Microsoft Graph throttling limits, subscriptions (older copy): 1,000 writes in 20 s.
 */
const PACE = { resourceUnitsPer10s: 420, burstMs: SECOND_MS };

/** Keeps the calls for subscriptions of one tenant below Graph's limit. */
export function createSubscriptionPace(clock: Clock): Budget {
  return createBudget({ clock, ...PACE });
}
