import { isAttended } from './attended.js';

/** An error of the API (RFC 9457): `message` says what is wrong and what to do, `field` names the input. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor({ status, code, detail, field }: { status: number; code: string; detail: string; field?: string }) {
    super(detail);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Version that is changed, as the answer that was edited had it. */
  readonly ifMatch?: number | string;
  readonly signal?: AbortSignal;
  /** A POST that changes nothing: its answer is kept nowhere. */
  readonly reads?: boolean;
}

const UNREACHABLE =
  'The service cannot be reached. Check your connection; this page goes on by itself when it is back.';

/** Sends one request to `/api/v1`; acts carry a key of their own, so that a repetition by the network is done once. */
export async function send<T>(path: string, sending: Sending = {}): Promise<T> {
  const { method = 'GET', body, ifMatch, signal, reads = method === 'GET' } = sending;
  const headers = new Headers({ accept: 'application/json' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch !== undefined) headers.set('if-match', `"${ifMatch}"`);
  if (!reads) headers.set('idempotency-key', crypto.randomUUID());
  // A session ends for not being used, however much an open page reads by itself.
  if (!isAttended()) headers.set('ghs-unattended', 'true');
  const request = { method, headers, body: body === undefined ? null : JSON.stringify(body), signal: signal ?? null };
  const response = await fetch(`/api/v1${path}`, request).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem({ status: 503, code: 'unreachable', detail: UNREACHABLE });
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  throw new ApiProblem(await problemIn(response));
}

async function problemIn(response: Response) {
  const { status } = response;
  const known: unknown = await response.json().catch(() => null);
  if (typeof known === 'object' && known !== null && 'detail' in known && 'code' in known) {
    return { ...(known as { code: string; detail: string; field?: string }), status };
  }
  return { status, code: 'unknown', detail: `The service answered ${status}. Try again in a moment.` };
}

/** A query string of what is given; nothing for what is null or empty. */
export function queryOf(values: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
