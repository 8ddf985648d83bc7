import type { Context } from '@microsoft/microsoft-graph-client';
import { GraphFailure } from '../graph-failure.js';
import { withinDeadline } from './deadline.js';

/** One answer as text, before anybody has judged it. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Last link of the chain: one request on the wire, its body read within the same time limit.
 *
 * @throws GraphFailure (unavailable) where no whole answer came; the reason of the caller's signal when aborted
 */
export async function sendAttempt(
  deps: { fetch: typeof fetch; limitMs: number },
  context: Context,
  signal: AbortSignal | undefined,
): Promise<Received> {
  const { method, headers, body } = context.options ?? {};
  try {
    return await withinDeadline({ limitMs: deps.limitMs, signal }, async (within) => {
      const response = await deps.fetch(String(context.request), {
        method: method ?? 'GET',
        headers: new Headers(headers),
        body: body ?? null,
        // A redirect would carry the token to whatever address the answer names.
        redirect: 'manual',
        signal: within,
      });
      context.response = response;
      return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
    });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new GraphFailure(
      'Microsoft Graph could not be reached. This passes by itself; check the network, and the proxy if there is one, if it lasts.',
      {
        kind: 'unavailable',
        code: error instanceof Error && error.name === 'DeadlineError' ? 'timeout' : 'network',
        cause: error,
      },
    );
  }
}
