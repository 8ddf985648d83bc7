/**
 * What a caller can decide on. `throttled`: later, after `retryAfterMs`; `unavailable`: later; `denied`: an
 * administrator must act; `not_found`, `gone`, `conflict`, `quota`: about that object; `rejected`: our request or
 * Graph's link is wrong, repeating does not help.
 */
export type GraphFailureKind =
  | 'throttled'
  | 'unavailable'
  | 'denied'
  | 'not_found'
  | 'gone'
  | 'rejected'
  | 'quota'
  | 'conflict';

export interface GraphFailureDetails {
  readonly kind: GraphFailureKind;
  /** HTTP status, 0 where no answer came. */
  readonly status?: number;
  /** Deepest code known to us in Graph's answer, else the outermost; our own word where there was no answer. */
  readonly code?: string;
  /** Advice of Graph or Entra ID; null where none was given. */
  readonly retryAfterMs?: number | null;
  /** Graph's request-id, for a support case. */
  readonly requestId?: string | null;
  /** `Location` of a 410, already checked to lie on the configured Graph. */
  readonly location?: string | null;
  /** Graph's own words, for an operator; never for a decision. */
  readonly detail?: string | null;
  readonly cause?: unknown;
}

/** A call to Microsoft Graph that did not give what was asked; its message says what to do. */
export class GraphFailure extends Error {
  override readonly name = 'GraphFailure';
  readonly kind: GraphFailureKind;
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;
  readonly location: string | null;
  readonly detail: string | null;

  constructor(message: string, details: GraphFailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = details.kind;
    this.status = details.status ?? 0;
    this.code = details.code ?? details.kind;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.requestId = details.requestId ?? null;
    this.location = details.location ?? null;
    this.detail = details.detail ?? null;
  }
}

/** Whether Graph refuses the very thing that was asked for; a 401 or a refused token is about the application. */
export function isRefused(error: unknown): error is GraphFailure {
  return error instanceof GraphFailure && error.kind === 'denied' && error.status === 403;
}

/** Whether the same request may well succeed later: nothing came, or 408, 429 or 5xx came, or no answer of Graph's own. */
export function mayPass({ kind }: GraphFailure): boolean {
  return kind === 'throttled' || kind === 'unavailable';
}
