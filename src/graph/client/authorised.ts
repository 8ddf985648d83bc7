import type { Context } from '@microsoft/microsoft-graph-client';
import { GraphFailure, type GraphFailureKind } from '../graph-failure.js';
import { TokenFailure } from '../tokens/token-failure.js';
import type { Tokens } from '../tokens/tokens.js';
import type { Received } from './send-attempt.js';

/** Sends with the tenant's token, and once more with a fresh one when Graph answers 401. */
export async function authorised(
  deps: { tokens: Tokens; tenantId: string },
  context: Context,
  send: () => Promise<Received>,
): Promise<Received> {
  const first = await withToken();
  const received = await send();
  if (received.status !== 401) return received;
  const fresh = await withToken(first);
  // The same token again: nobody has a newer one, and Graph has said what it thinks of this one.
  return fresh === first ? received : send();

  async function withToken(rejected?: string): Promise<string> {
    const token = await tokenOrFailure(deps, rejected);
    const headers = new Headers(context.options?.headers);
    headers.set('authorization', `Bearer ${token}`);
    context.options = { ...context.options, headers: Object.fromEntries(headers) };
    return token;
  }
}

/** Tokens of which the one given last can be refused: whoever asks next brings it back, and gets a newer one. */
export function renewable(tokens: Tokens): { readonly tokens: Tokens; refuse(): void } {
  let last: string | undefined;
  let refused: string | undefined;
  const tokenFor: Tokens['tokenFor'] = async (tenantId, options) => {
    last = await tokens.tokenFor(tenantId, { ...(refused === undefined ? {} : { rejected: refused }), ...options });
    return last;
  };
  return {
    tokens: { ...tokens, tokenFor },
    refuse: () => {
      refused = last;
    },
  };
}

async function tokenOrFailure(deps: { tokens: Tokens; tenantId: string }, rejected?: string): Promise<string> {
  try {
    return await deps.tokens.tokenFor(deps.tenantId, rejected === undefined ? {} : { rejected });
  } catch (error) {
    if (!(error instanceof TokenFailure)) throw error;
    const { kind, retryAfterMs } = error;
    throw new GraphFailure(error.message, { kind: graphKindOf(kind), code: kind, retryAfterMs, cause: error });
  }
}

function graphKindOf(kind: TokenFailure['kind']): GraphFailureKind {
  if (kind === 'throttled') return 'throttled';
  return kind === 'unreachable' ? 'unavailable' : 'denied';
}
