import { DAY_MS } from '../../../kernel/clock.js';
import type { SimulatedClock } from '../types.js';
import type { CalendarEvent } from './calendar-types.js';

/** A mailbox's events after a change. */
export interface Snapshot {
  readonly sequence: number;
  readonly atMs: number;
  readonly events: ReadonlyMap<string, CalendarEvent>;
}

/** How far back a mailbox can be looked at: Outlook's delta tokens live for a time that nobody states. */
const KEPT = { forMs: 7 * DAY_MS, snapshots: 200 };

const EMPTY: Snapshot = { sequence: 0, atMs: Number.NEGATIVE_INFINITY, events: new Map() };

export type CalendarStore = ReturnType<typeof createCalendarStore>;

/** The events of all mailboxes of a tenant, and how they were some time ago. */
export function createCalendarStore(clock: Pick<SimulatedClock, 'nowMs'>) {
  const mailboxes = new Map<string, Snapshot[]>();
  let sequence = 0;
  let latestMs = 0;
  return { nowMs, nextSequence: () => sequence + 1, asOf, at, isOfAnother, put };

  /** Time of the next change; never goes back. */
  function nowMs(): number {
    latestMs = Math.max(latestMs, clock.nowMs());
    return latestMs;
  }

  /** The events at an instant, or the oldest that are remembered. */
  function asOf(userId: string, atMs: number): Snapshot {
    const snapshots = mailboxes.get(userId) ?? [EMPTY];
    return snapshots.findLast((snapshot) => snapshot.atMs <= atMs) ?? snapshots[0] ?? EMPTY;
  }

  /** The events after a change; undefined where that is forgotten. */
  function at(userId: string, wanted: number): Snapshot | undefined {
    return (mailboxes.get(userId) ?? [EMPTY]).findLast((snapshot) => snapshot.sequence <= wanted);
  }

  /** Whether another mailbox has this event or series now. */
  function isOfAnother(userId: string, id: string): boolean {
    return [...mailboxes].some(([other, snapshots]) => other !== userId && snapshots.at(-1)?.events.has(id));
  }

  /** Remembers a mailbox's events as they are from now on; `atMs` is given for what has always been there. */
  function put(userId: string, events: ReadonlyMap<string, CalendarEvent>, atMs = nowMs()): Snapshot {
    sequence += 1;
    const snapshot = { sequence, atMs, events };
    const snapshots = [...(mailboxes.get(userId) ?? [EMPTY]), snapshot];
    const young = snapshots.findIndex((each) => each.atMs > atMs - KEPT.forMs);
    // The one before the first young one says how things were when the kept time began.
    const from = Math.max(0, young - 1, snapshots.length - KEPT.snapshots);
    mailboxes.set(userId, snapshots.slice(from));
    return snapshot;
  }
}
