import { systemClock } from '../../kernel/clock.js';

/** The reason of an abort by `withinDeadline`. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Runs work whose signal aborts with the given one or after `limitMs`.
 *
 * Real milliseconds whatever clock is injected: a socket does not know of moved clocks.
 */
export async function withinDeadline<T>(
  options: { limitMs: number; signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const link = linkedAbort(options.signal);
  systemClock.sleep(options.limitMs, done.signal).then(
    () => link.abort(new DeadlineError(`no answer within ${options.limitMs} ms`)),
    () => undefined,
  );
  try {
    return await work(link.signal);
  } finally {
    done.abort();
    link.dispose();
  }
}

/** A signal that follows another and can be aborted by itself; `dispose` lets go of the other. */
export function linkedAbort(parent: AbortSignal | undefined): {
  signal: AbortSignal;
  abort(reason: unknown): void;
  dispose(): void;
} {
  const controller = new AbortController();
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  parent?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    dispose: () => parent?.removeEventListener('abort', follow),
  };
}
