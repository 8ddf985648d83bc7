import { GraphFailure } from '../../graph/graph-failure.js';
import { TokenFailure } from '../../graph/tokens/token-failure.js';
import type { Tokens } from '../../graph/tokens/tokens.js';
import type { GraphCalls } from '../../graph/types.js';

/** Whether a tenant lets us read it. Only what Entra ID and Graph answer to our own credential is evidence. */
export type ProbeOutcome =
  | { readonly outcome: 'consented' }
  /** An administrator of the tenant must act. */
  | {
      readonly outcome: 'refused';
      readonly code: 'tenant_not_found' | 'app_not_consented' | 'permission_denied' | 'subscription_inactive';
      readonly message: string;
    }
  /** Says nothing about the tenant: try again later. */
  | { readonly outcome: 'unclear'; readonly code: 'throttled' | 'network' | 'internal'; readonly message: string };

export type ConsentProbe = (tenantId: string, signal?: AbortSignal) => Promise<ProbeOutcome>;

export interface ConsentProbeDeps {
  readonly tokens: Pick<Tokens, 'tokenFor'>;
  /** Microsoft Graph as the tenant sees it, or would. */
  callsFor(tenantId: string): Pick<GraphCalls, 'request'>;
}

/** One person and one group: the two reads without which there is nothing to synchronise. */
const PROBES = ['/users?$top=1&$select=id', '/groups?$top=1&$select=id'];

/** Asks for a new token of the tenant and reads with it. */
export function createConsentProbe(deps: ConsentProbeDeps): ConsentProbe {
  return async (tenantId, signal) => {
    try {
      // Permissions are written into a token when it is issued: one that is kept tells of the past.
      const kept = await deps.tokens.tokenFor(tenantId);
      await deps.tokens.tokenFor(tenantId, { rejected: kept });
      return outcomeOf(await read(tenantId, signal));
    } catch (error) {
      if (error instanceof TokenFailure) return withoutToken(error);
      throw error;
    }
  };

  async function read(tenantId: string, signal: AbortSignal | undefined): Promise<GraphFailure | null> {
    const calls = deps.callsFor(tenantId);
    try {
      for (const path of PROBES) await calls.request({ path, ...(signal === undefined ? {} : { signal }) });
      return null;
    } catch (error) {
      if (error instanceof GraphFailure) return error;
      throw error;
    }
  }
}

function outcomeOf(failure: GraphFailure | null): ProbeOutcome {
  if (failure === null) return { outcome: 'consented' };
  const { message } = failure;
  if (failure.kind === 'denied') return { outcome: 'refused', code: 'permission_denied', message };
  return { outcome: 'unclear', code: failure.kind === 'throttled' ? 'throttled' : 'network', message };
}

function withoutToken(failure: TokenFailure): ProbeOutcome {
  const { message } = failure;
  switch (failure.kind) {
    case 'tenant_not_found':
      return { outcome: 'refused', code: 'tenant_not_found', message };
    case 'app_not_consented':
      return { outcome: 'refused', code: 'app_not_consented', message };
    case 'app_disabled':
      return { outcome: 'refused', code: 'subscription_inactive', message };
    case 'access_blocked':
      return { outcome: 'refused', code: 'permission_denied', message };
    case 'throttled':
      return { outcome: 'unclear', code: 'throttled', message };
    case 'unreachable':
      return { outcome: 'unclear', code: 'network', message };
    // Our own credential or request: nothing that the tenant could mend.
    case 'secret_wrong':
    case 'secret_expired':
    case 'certificate_wrong':
    case 'rejected':
      return { outcome: 'unclear', code: 'internal', message };
  }
}
