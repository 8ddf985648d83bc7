import type { ConfidentialClientApplication } from '@azure/msal-node';
import type { Clock } from '../../kernel/clock.js';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import { isGuid } from '../../kernel/guid.js';
import type { Log } from '../../kernel/log.js';
import { checkedGraphConfig, type GraphConfig, graphScope } from '../graph-config.js';
import { createMsalApplication } from './msal-application.js';
import { classifyTokenError, TokenFailure } from './token-failure.js';
import { createTokenNetwork, type TokenNetwork } from './token-network.js';

export interface Tokens {
  /**
   * An app-only access token for Graph in a tenant.
   *
   * @param options.rejected  a token that Graph answered with 401: a newer one is fetched, once for all who ask
   * @throws TokenFailure
   */
  tokenFor(tenantId: string, options?: { rejected?: string }): Promise<string>;
  /**
   * Drops what is kept of a tenant. Permissions are written into a token when it is issued, so an older one does not
   * know of a consent given meanwhile.
   */
  forget(tenantId: string): void;
}

export interface TokensDeps {
  readonly config: GraphConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** For a proxy; default the global fetch. */
  readonly fetch?: typeof fetch;
  /** Real milliseconds for one request to Entra ID; default 10,000. */
  readonly limitMs?: number;
  /** Tenants whose tokens are kept; default 500. */
  readonly mostTenants?: number;
}

interface Entry {
  application: ConfidentialClientApplication;
  readonly network: TokenNetwork;
  /** Asking for a token now; those who come meanwhile share it. */
  flight: Promise<string> | null;
  forced: Promise<string> | null;
}

/** How long to wait after Entra ID was busy and gave no Retry-After: MSAL's own figure. */
const BUSY_WAIT_MS = MINUTE_MS;
/** How long to wait after no readable answer came. */
const UNREACHABLE_WAIT_MS = 5 * SECOND_MS;
/** Longest obedience to a Retry-After of the token endpoint: MSAL's own cap. */
const MOST_WAIT_MS = 60 * MINUTE_MS;

/** Tokens of all tenants: one MSAL client a tenant, one request at a time, and one failure cache that follows the clock. */
export function createTokens(deps: TokensDeps): Tokens {
  const config = checkedGraphConfig(deps.config);
  const entries = new Map<string, Entry>();
  const failures = new Map<string, { failure: TokenFailure; untilMs: number }>();
  const mostTenants = deps.mostTenants ?? 500;

  return {
    tokenFor,
    forget: (tenantId) => {
      entries.delete(tenantId);
      failures.delete(tenantId);
    },
  };

  async function tokenFor(tenantId: string, options: { rejected?: string } = {}): Promise<string> {
    if (!isGuid(tenantId)) throw new TokenFailure('tenant_not_found', { code: 'not_a_guid' });
    rethrowRecent(tenantId);
    const entry = entryOf(tenantId);
    entry.flight ??= acquire(tenantId, entry, false).finally(() => (entry.flight = null));
    const token = await entry.flight;
    if (token !== options.rejected) return token;
    entry.forced ??= acquire(tenantId, entry, true).finally(() => (entry.forced = null));
    return entry.forced;
  }

  async function acquire(tenantId: string, entry: Entry, skipCache: boolean): Promise<string> {
    const startedMs = deps.clock.nowMs();
    // MSAL signs with a certificate once for ten minutes, and what it signed may be taken once only.
    const application = skipCache ? clientOf(tenantId, entry.network) : entry.application;
    try {
      const result = await application.acquireTokenByClientCredential({
        scopes: [graphScope(config)],
        skipCache,
      });
      if (result === null || result.accessToken === '') throw new TokenFailure('unreachable', { code: 'empty_answer' });
      entry.application = application;
      if (!result.fromCache) {
        const durationMs = deps.clock.nowMs() - startedMs;
        deps.log.debug({ event: 'token.acquired', tenantId, durationMs, forced: skipCache }, 'token acquired');
      }
      return result.accessToken;
    } catch (error) {
      throw remembered(
        tenantId,
        error instanceof TokenFailure ? error : classifyTokenError(error, entry.network.lastAnswer()),
      );
    }
  }

  /** MSAL repeats a 429 or 5xx from its memory by real time; ours follows the clock, so MSAL's goes with its client. */
  function remembered(tenantId: string, failure: TokenFailure): TokenFailure {
    const { kind, code } = failure;
    const waits = kind === 'throttled' ? BUSY_WAIT_MS : kind === 'unreachable' ? UNREACHABLE_WAIT_MS : null;
    deps.log.warn({ event: 'token.failed', tenantId, kind, code, retryAfterMs: failure.retryAfterMs }, 'no token');
    if (waits === null) return failure;
    const waitMs = Math.min(failure.retryAfterMs ?? waits, MOST_WAIT_MS);
    const kept = new TokenFailure(kind, { code, retryAfterMs: waitMs, cause: failure.cause });
    entries.delete(tenantId);
    failures.set(tenantId, { failure: kept, untilMs: deps.clock.nowMs() + waitMs });
    return kept;
  }

  function rethrowRecent(tenantId: string): void {
    const recent = failures.get(tenantId);
    if (recent === undefined) return;
    const leftMs = recent.untilMs - deps.clock.nowMs();
    if (leftMs > 0) {
      const { kind, code, cause } = recent.failure;
      throw new TokenFailure(kind, { code, retryAfterMs: leftMs, cause });
    }
    failures.delete(tenantId);
  }

  function entryOf(tenantId: string): Entry {
    const known = entries.get(tenantId);
    const entry = known ?? newEntry(tenantId);
    // Least recently used goes first: a Map keeps the order of insertion.
    entries.delete(tenantId);
    entries.set(tenantId, entry);
    const [oldest] = entries.keys();
    if (entries.size > mostTenants && oldest !== undefined) entries.delete(oldest);
    return entry;
  }

  function newEntry(tenantId: string): Entry {
    const nowMs = () => deps.clock.nowMs();
    const network = createTokenNetwork({ fetch: deps.fetch ?? fetch, limitMs: deps.limitMs ?? 10 * SECOND_MS, nowMs });
    return { application: clientOf(tenantId, network), network, flight: null, forced: null };
  }

  function clientOf(tenantId: string, network: TokenNetwork): ConfidentialClientApplication {
    return createMsalApplication({ config, tenantId, network: network.client });
  }
}
