/** Somebody who sleeps on a clock that is moved by hand. */
export interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

/**
 * Sleeps among the others until woken.
 *
 * @param sleep.mayWake  false when the moment has come and nobody is there any more to go on
 */
export function sleepAmong(
  sleepers: Set<Sleeper>,
  sleep: { readonly dueMs: number; readonly signal: AbortSignal | undefined; mayWake?(): boolean },
): Promise<void> {
  const { dueMs, signal, mayWake = () => true } = sleep;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      sleepers.delete(sleeper);
      reject(signal?.reason);
    };
    const sleeper: Sleeper = {
      dueMs,
      wake: () => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', onAbort);
        if (mayWake()) resolve();
      },
    };
    sleepers.add(sleeper);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
