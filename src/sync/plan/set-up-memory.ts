import type { Owner } from '../owner.js';
import type { EnterpriseSetUp } from './load-inputs.js';

/**
 * Remembers an enterprise's set-up from one apply to the next, so that thousands of mappings and teams are not loaded
 * for each. It holds as long as the fence's counter was raised by this owner alone: whoever changes the set-up raises
 * it in the same transaction (law L3).
 */
export interface SetUpMemory {
  /** The set-up for a transaction that raised the counter to this; null where somebody else raised it in between. */
  at(owner: Owner, counter: number): EnterpriseSetUp | null;
  /** After the commit: the set-up that the transaction saw. */
  keep(owner: Owner, counter: number, setUp: EnterpriseSetUp): void;
  /** After the commit of a transaction of this owner that did not look at the set-up. */
  pass(owner: Owner, counter: number): void;
}

export function createSetUpMemory(): SetUpMemory {
  // An owner that takes the tenant again is another one and begins with nothing.
  const known = new WeakMap<Owner, { counter: number; setUp: EnterpriseSetUp }>();
  const before = (owner: Owner, counter: number) => {
    const last = known.get(owner);
    return last?.counter === counter - 1 ? last.setUp : null;
  };
  return {
    at: before,
    keep: (owner, counter, setUp) => known.set(owner, { counter, setUp }),
    pass: (owner, counter) => {
      const setUp = before(owner, counter);
      if (setUp !== null) known.set(owner, { counter, setUp });
    },
  };
}
