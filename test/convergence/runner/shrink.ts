import type { Step } from '../history/steps.js';

/** Times that a history is played to make it shorter. */
const MOST_TRIES = 60;

/**
 * Fewer steps that still fail: leaves out halves, quarters and so on down to single steps, and keeps what is left out
 * as long as the rest fails. Histories meet real databases, so that one that fails once may not fail again.
 */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let kept = [...steps];
  let tries = 0;
  for (
    let size = Math.ceil(kept.length / 2);
    size >= 1 && tries < MOST_TRIES;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < kept.length && tries < MOST_TRIES; ) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
      tries += 1;
      if (await fails(fewer)) kept = fewer;
      else from += size;
    }
  }
  return kept;
}
