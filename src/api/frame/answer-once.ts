import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Principal } from '../../access/types.js';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { emailKeyOf } from '../../projection/email-address.js';
import type { ApiServices } from '../api-services.js';
import { keepsAnswer, type Route } from './route.js';

export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Longest `Idempotency-Key`, in characters: room for two GUIDs. */
const KEY_MAX_LENGTH = 100;

/** What is written without a space or a mark between: ids and addresses are. */
const WORDS = /[^\s"\\<>(),:;[\]]+/g;

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
  if (key === undefined || !keepsAnswer(route)) return act();
  if (key === '' || key.length > KEY_MAX_LENGTH) {
    const message = `Give an Idempotency-Key of 1 to ${KEY_MAX_LENGTH} characters, such as a new GUID.`;
    throw new AppError('invalid_key', message, { field: 'Idempotency-Key' });
  }
  const digest = (...parts: readonly string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const { params, body = null } = request;
  const enterpriseId = params['enterpriseId']?.toString() ?? null;
  const id = digest(principal.who, principal.enterpriseId ?? '', key);
  const asked = digest(route.method, request.originalUrl, JSON.stringify(body));
  const once = { id, asked, enterpriseId, names: namesIn({ params, body }) };
  return onceOnly(once, async () => {
    const answer = await act();
    return { answer, names: namesIn(answer.body) };
  }) as Promise<Sent>;
}

/** Ids and addresses anywhere in a value, as they are compared: an erasure finds by them what is kept about somebody. */
function namesIn(value: unknown): string[] {
  const words = JSON.stringify(value)?.match(WORDS) ?? [];
  return [...new Set(words.flatMap((word) => normaliseGuid(word) ?? emailKeyOf(word.replace(/\.$/, '')) ?? []))];
}
