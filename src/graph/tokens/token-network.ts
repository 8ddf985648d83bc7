import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { readRetryAfter } from '../wire/retry-after.js';
import type { TokenAnswer } from './token-failure.js';

export interface TokenNetwork {
  readonly client: INetworkModule;
  /** The last answer that came over this network; null when none came, a time-out apart. */
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
    const { response, text } = await answerOf(method, url, options);
    const headers = Object.fromEntries(response.headers);
    last = { status: response.status, retryAfterMs: readRetryAfter(headers['retry-after'], deps.nowMs()) };
    // The type is MSAL's to check: it validates the members it uses.
    return { headers, status: response.status, body: JSON.parse(text) as T };
  }

  /** MSAL tells every failure alike: what it cannot say later is kept here. */
  async function answerOf(method: string, url: string, options?: NetworkRequestOptions) {
    const signal = AbortSignal.timeout(deps.limitMs);
    try {
      const response = await deps.fetch(url, {
        method,
        headers: options?.headers ?? {},
        ...(method === 'POST' ? { body: options?.body ?? '' } : {}),
        redirect: 'manual',
        signal,
      });
      return { response, text: await response.text() };
    } catch (error) {
      if (signal.aborted) last = { status: 0, retryAfterMs: null, timedOut: true };
      throw error;
    }
  }
}
