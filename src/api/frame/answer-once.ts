import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Principal } from '../../access/types.js';
import { AppError } from '../../kernel/app-error.js';
import type { ApiServices } from '../api-services.js';
import type { Route } from './route.js';

export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Longest `Idempotency-Key`, in characters: room for two GUIDs. */
const KEY_MAX_LENGTH = 100;

/**
 * With an `Idempotency-Key` an act is done once, however often it is sent: a repetition gets the answer of the first.
 * Without one, and for reads, it is simply done.
 */
export async function answerOnce(
  { onceOnly }: Pick<ApiServices, 'onceOnly'>,
  { request, principal, route }: { request: Request; principal: Principal; route: Route },
  act: () => Promise<Sent>,
): Promise<Sent> {
  const key = request.get('idempotency-key');
  if (key === undefined || route.method === 'get' || route.secret) return act();
  if (key === '' || key.length > KEY_MAX_LENGTH) {
    const message = `Give an Idempotency-Key of 1 to ${KEY_MAX_LENGTH} characters, such as a new GUID.`;
    throw new AppError('invalid_key', message, { field: 'Idempotency-Key' });
  }
  const digest = (...parts: readonly string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const named = { id: digest(principal.who, principal.enterpriseId ?? '', key) };
  const asked = digest(route.method, request.originalUrl, JSON.stringify(request.body ?? null));
  return onceOnly({ ...named, asked }, act) as Promise<Sent>;
}
