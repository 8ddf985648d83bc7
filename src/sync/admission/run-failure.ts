import type { GraphFailure } from '../../graph/graph-failure.js';
import { TokenFailure } from '../../graph/tokens/token-failure.js';

/** Why a run failed (docs/operations.md); what is wrong with single people is told by problems. */
export type RunFailureCode =
  | 'tenant_not_found'
  | 'app_not_consented'
  | 'permission_denied'
  | 'subscription_inactive'
  | 'throttled'
  | 'network'
  | 'timeout'
  | 'internal';

export interface RunFailure {
  readonly code: RunFailureCode;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** What passes by itself: a manual sync is the retry (S33). */
const PASSING: ReadonlySet<RunFailureCode> = new Set(['throttled', 'network', 'timeout']);

/** What a failed call to Graph or Entra means for the whole run (S31 to S34). */
export function runFailureOf(failure: GraphFailure): RunFailure {
  // Without a token nothing was asked of Graph: Entra's reason is the one to show.
  const code = failure.cause instanceof TokenFailure ? codeOfToken(failure.cause) : codeOf(failure);
  const { message } = failure;
  return { code, message: PASSING.has(code) ? `${message} Sync Now tries again at once.` : message };
}

/**
 * A fault of credential or consent, which no single object is to blame for; null: something else. A mailbox, a calendar
 * or the members of a group may be closed to us by themselves, so that of those only a refused token counts.
 */
export function connectionFaultOf(failure: GraphFailure, about: 'directory' | 'object'): RunFailure | null {
  const isWhole = about === 'directory' && failure.code === 'Authorization_RequestDenied';
  if (!(failure.cause instanceof TokenFailure) && failure.status !== 401 && !isWhole) return null;
  const fault = runFailureOf(failure);
  return PASSING.has(fault.code) ? null : fault;
}

function codeOf({ kind, status, code }: GraphFailure): RunFailureCode {
  switch (kind) {
    case 'denied':
      // Graph refuses even a token that was issued a moment ago: the application itself is gone from the tenant.
      return status === 401 ? 'app_not_consented' : 'permission_denied';
    case 'throttled':
    case 'quota':
      return 'throttled';
    case 'unavailable':
      return code === 'timeout' || status === 408 || status === 504 ? 'timeout' : 'network';
    case 'not_found':
    case 'gone':
    case 'rejected':
    case 'conflict':
      return 'internal';
  }
}

function codeOfToken({ kind, code }: TokenFailure): RunFailureCode {
  switch (kind) {
    case 'tenant_not_found':
    case 'app_not_consented':
    case 'throttled':
      return kind;
    case 'unreachable':
      return code === 'timeout' ? 'timeout' : 'network';
    case 'app_disabled':
      return 'subscription_inactive';
    case 'access_blocked':
      return 'permission_denied';
    case 'secret_wrong':
    case 'secret_expired':
    case 'certificate_wrong':
    case 'rejected':
      return 'internal';
  }
}
