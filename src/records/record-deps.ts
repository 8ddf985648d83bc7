import type { Changes } from '../changes/create-changes.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Store } from '../store/connect.js';

/** What everything needs that writes records outside of the sync. */
export interface RecordDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Whom a write concerns is looked at anew, in the same transaction (law L6). */
  readonly changes: Pick<Changes, 'note'>;
}
