export interface WaitOptions {
  /** What was waited for; the failure says it. */
  readonly message: string;
  readonly everyMs?: number;
}

/** Nothing is measured by it: it only ends what will never come, on a machine however busy. */
const BOUND_MS = 60_000;

/**
 * Polls until `condition` gives something truthy and returns that; fails with the message after a minute. What the
 * condition throws counts as not yet, and is named in the failure.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions): Promise<T> {
  const giveUpAt = Date.now() + BOUND_MS;
  for (;;) {
    let last: unknown;
    try {
      const found = await condition();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUpAt) throw new Error(`${options.message} (not within ${BOUND_MS} ms; last: ${last})`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20));
  }
}
