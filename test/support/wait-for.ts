export interface WaitOptions {
  readonly timeoutMs?: number;
  /** What was waited for; the failure says it. */
  readonly message: string;
  readonly everyMs?: number;
}

/**
 * Polls until `condition` gives something truthy and returns that; fails with the message after the bound (5 s unless
 * told). What the condition throws counts as not yet, and is named in the failure.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const found = await condition();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUpAt) throw new Error(`${options.message} (not within ${timeoutMs} ms; last: ${last})`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20));
  }
}
