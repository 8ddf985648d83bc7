import { systemClock } from '../../kernel/clock.js';

export interface Answer {
  /** Null where no answer came in time. */
  readonly status: number | null;
  readonly tookMs: number;
}

/** Sends one collection; what the answer says beside its status does not matter. */
export async function postCollection(
  url: string,
  body: string,
  options: { limitMs: number; signal: AbortSignal },
): Promise<Answer> {
  const startedMs = systemClock.nowMs();
  const stop = new AbortController();
  const abort = () => stop.abort();
  AbortSignal.timeout(options.limitMs).addEventListener('abort', abort, { once: true });
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: stop.signal });
    await response.arrayBuffer();
    return { status: response.status, tookMs: systemClock.nowMs() - startedMs };
  } catch {
    return { status: null, tookMs: systemClock.nowMs() - startedMs };
  } finally {
    options.signal.removeEventListener('abort', abort);
  }
}
