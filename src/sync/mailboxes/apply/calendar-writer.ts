import { endsWork } from '../../admission/switched-off.js';
import type { Owner } from '../../owner.js';
import { type ApplyCalendarsDeps, applyCalendars, type CalendarToApply } from './apply-calendars.js';
import type { CalendarCounts } from './count-calendar.js';

/** Most events and calendars of one transaction; a calendar with more has one of its own. */
const MOST = 500;

interface Waiting {
  readonly what: CalendarToApply;
  resolve(counts: CalendarCounts): void;
  reject(error: unknown): void;
}

/** Applies calendars as they come; what comes while the lane is busy goes together. */
export interface CalendarWriter {
  apply(owner: Owner, what: CalendarToApply): Promise<CalendarCounts>;
}

export function createCalendarWriter(deps: ApplyCalendarsDeps): CalendarWriter {
  const queues = new WeakMap<Owner, Waiting[]>();

  return {
    apply: (owner, what) =>
      new Promise((resolve, reject) => {
        const each = { what, resolve, reject };
        const queue = queues.get(owner);
        if (queue) queue.push(each);
        else void drain(owner, [each]);
      }),
  };

  async function drain(owner: Owner, queue: Waiting[]): Promise<void> {
    queues.set(owner, queue);
    for (let batch = nextBatch(queue); batch.length > 0; batch = nextBatch(queue)) await together(owner, batch);
    queues.delete(owner);
  }

  /** One that our code cannot handle must not take the others with it: then each goes alone. */
  async function together(owner: Owner, batch: readonly Waiting[]): Promise<void> {
    try {
      const counts = await applyCalendars(
        deps,
        owner,
        batch.map(({ what }) => what),
      );
      for (const [index, { resolve, reject }] of batch.entries()) {
        const own = counts[index];
        if (own) resolve(own);
        else reject(new Error('a calendar of the batch was not applied'));
      }
    } catch (error) {
      if (batch.length > 1 && !endsWork(owner, error)) for (const each of batch) await together(owner, [each]);
      else for (const { reject } of batch) reject(error);
    }
  }
}

function nextBatch(queue: Waiting[]): Waiting[] {
  let [weight, count] = [0, 0];
  for (const { what } of queue) {
    weight += 1 + (what.read?.status === 'ok' ? what.read.events.length : 0);
    if (count > 0 && weight > MOST) break;
    count += 1;
  }
  return queue.splice(0, count);
}
