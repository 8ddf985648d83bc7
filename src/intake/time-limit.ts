import type { Clock } from '../kernel/clock.js';

const OVER = 'over';

/** What `work` gives, or `late` once `limitMs` have passed; the work itself goes on. */
export async function withinLimit<T, L>(
  clock: Clock,
  limitMs: number,
  options: { work: Promise<T>; late: L },
): Promise<T | L> {
  const over = new AbortController();
  const timer = clock.sleep(limitMs, over.signal).then(
    () => options.late,
    () => options.late,
  );
  try {
    return await Promise.race([options.work, timer]);
  } finally {
    // A reason of its own spares the making of an exception with its stack.
    over.abort(OVER);
  }
}
