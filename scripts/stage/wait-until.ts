import { AppError, messageOf } from '../../src/kernel/app-error.js';
import { systemClock } from '../../src/kernel/clock.js';

/** Often enough to tell milliseconds, seldom enough to leave the machine to the service. */
const POLL_MS = 15;

export interface Waiting {
  /** What is waited for; the failure says it. */
  readonly for: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly everyMs?: number;
}

/** Polls until `look` gives something truthy and answers that; fails after the bound with what it saw last. */
export async function waitUntil<T>(look: () => T | Promise<T>, waiting: Waiting): Promise<NonNullable<T>> {
  const endMs = systemClock.nowMs() + waiting.limitMs;
  for (;;) {
    waiting.signal.throwIfAborted();
    let last: unknown;
    try {
      const found = await look();
      if (found) return found;
      last = found;
    } catch (error) {
      last = messageOf(error);
    }
    if (systemClock.nowMs() > endMs) {
      const seen = last === null || last === undefined || last === false ? '' : `; last: ${String(last)}`;
      throw new AppError('not_in_time', `Not within ${waiting.limitMs} ms: ${waiting.for}${seen}.`);
    }
    await systemClock.sleep(waiting.everyMs ?? POLL_MS, waiting.signal);
  }
}
