import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { readRetryAfter } from '../wire/retry-after.js';
import type { TokenAnswer } from './token-failure.js';

export interface TokenNetwork {
  readonly client: INetworkModule;
  /** The last answer that came over this network, null when the last request got none. */
  lastAnswer(): TokenAnswer | null;
}

/**
 * MSAL's way out, with a time limit: its own POST has none.
 *
 * @param deps.limitMs  real milliseconds for one request with its body
 */
export function createTokenNetwork(deps: { fetch: typeof fetch; limitMs: number; nowMs: () => number }): TokenNetwork {
  let last: TokenAnswer | null = null;
  return {
    client: {
      sendGetRequestAsync: (url, options) => send('GET', url, options),
      sendPostRequestAsync: (url, options) => send('POST', url, options),
    },
    lastAnswer: () => last,
  };

  async function send<T>(method: string, url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    last = null;
    const response = await deps.fetch(url, {
      method,
      headers: options?.headers ?? {},
      ...(method === 'POST' ? { body: options?.body ?? '' } : {}),
      redirect: 'manual',
      signal: AbortSignal.timeout(deps.limitMs),
    });
    const text = await response.text();
    const headers = Object.fromEntries(response.headers);
    last = { status: response.status, retryAfterMs: readRetryAfter(headers['retry-after'], deps.nowMs()) };
    // The type is MSAL's to check: it validates the members it uses.
    return { headers, status: response.status, body: JSON.parse(text) as T };
  }
}
