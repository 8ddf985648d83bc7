import { systemChance } from '../../kernel/chance.js';
import { systemClock } from '../../kernel/clock.js';
import type { GraphRequest, GraphResponse } from '../world/types.js';

/** What an error needs to know of the request; a whole `GraphRequest` fits. */
export type FailedRequest = Pick<GraphRequest, 'headers' | 'nowMs' | 'requestId'>;

/**
 * Graph's error envelope: `error` with `code`, `message` and `innerError`.
 *
 * The date carries no zone and no fraction, as the service sends it. Source: answers captured from a real tenant.
 */
export function graphError(
  { status, code }: { readonly status: number; readonly code: string },
  message: string,
  request?: FailedRequest,
): GraphResponse {
  const requestId = request?.requestId ?? systemChance.guid();
  const innerError = {
    date: new Date(request?.nowMs ?? systemClock.nowMs()).toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': request?.headers['client-request-id'] ?? requestId,
  };
  return { status, body: { error: { code, message, innerError } } };
}
