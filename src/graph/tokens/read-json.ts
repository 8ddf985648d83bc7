import { TokenFailure } from './token-failure.js';

export interface ReadJsonDeps {
  readonly fetch: typeof fetch;
  /** Real milliseconds for the answer with its body. */
  readonly limitMs: number;
}

/**
 * A document of Entra ID, such as its metadata or its keys; nothing of its shape is promised.
 *
 * @throws TokenFailure (unreachable)
 */
export async function readJson(deps: ReadJsonDeps, url: string): Promise<unknown> {
  try {
    const response = await deps.fetch(url, { redirect: 'error', signal: AbortSignal.timeout(deps.limitMs) });
    if (!response.ok) throw new TokenFailure('unreachable', { code: `http_${response.status}` });
    return await response.json();
  } catch (error) {
    if (error instanceof TokenFailure) throw error;
    throw new TokenFailure('unreachable', { code: 'no_answer', cause: error });
  }
}
