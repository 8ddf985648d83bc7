import type { Chance } from '../../../kernel/chance.js';
import { DAY_MS, HOUR_MS } from '../../../kernel/clock.js';
import type { CalendarRow, CalendarState } from '../../../mirror/calendars-store.js';
import type { Settling } from './settling.js';

/** Where the mailbox cannot be read it is looked at again after a week (docs/graph-facts.md). */
const WEEK_MS = 7 * DAY_MS;
/** A calendar that the nightly job forgot, because nobody ran it, is read again after this. */
const AT_THE_LATEST_MS = 1.5 * DAY_MS;

export interface DueDeps {
  readonly chance: Chance;
  readonly times: { readonly lagMailboxMs: number; readonly looksMs: readonly number[] };
}

/** A reading that was applied, as far as the next one hangs on it. */
export interface Applied {
  readonly before: CalendarRow | null;
  readonly state: CalendarState;
  readonly notified: boolean;
  /** What the calendar says, or what is planned by it, is something new. */
  readonly changed: boolean;
  /** Something of it could not be read. */
  readonly isPartial: boolean;
  readonly settled: Settling;
  /** When it began, and when it is applied. */
  readonly at: Date;
  readonly now: Date;
}

type DueNext = Pick<CalendarRow, 'looks' | 'dueAt' | 'settlesAt'>;

/** When a calendar is read by itself next: the first moment of all that there is a reason for. */
export function dueNext({ chance, times }: DueDeps, applied: Applied): DueNext {
  const { before, state, isPartial, settled, now } = applied;
  const look = nextLook(applied, times.looksMs);
  const settlesAt = settlesNext(applied, times.lagMailboxMs);
  const usualMs = state === 'ok' ? AT_THE_LATEST_MS : WEEK_MS * (0.75 + chance.random() / 2);
  const afterMs = look.afterMs ?? (isPartial ? HOUR_MS : usualMs);
  const isKept = !isPartial && look.afterMs === null && before?.state === 'ok' && state === 'ok' && before.dueAt > now;
  const usual = isKept ? before.dueAt : new Date(now.getTime() + afterMs);
  const moments = [usual, settlesAt, settled.waitsUntil].flatMap((moment) => moment?.getTime() ?? []);
  return { looks: look.looks, dueAt: new Date(Math.min(...moments)), ...(settlesAt && { settlesAt }) };
}

/** When a calendar that looks for a change after a notified reading looks next; null: it has looked often enough. */
function nextLook({ before, notified, changed }: Applied, looksMs: readonly number[]) {
  const looks = notified ? 0 : (before?.looks ?? 0);
  const afterMs = !changed && isLooking({ before, notified }) ? (looksMs[looks] ?? null) : null;
  return afterMs === null ? { looks: 0, afterMs: null } : { looks: looks + 1, afterMs };
}

function isLooking({ before, notified }: Pick<Applied, 'before' | 'notified'>): boolean {
  return notified || (before?.looks ?? 0) > 0;
}

/**
 * What was found because Graph told of it, or goes back to what it was within the lag, may be what a replica said that is
 * behind: it is looked at again when the lag is over, whatever is read before that (law L7).
 */
function settlesNext({ before, notified, changed, state, settled, at, now }: Applied, lagMs: number): Date | null {
  const isNew = changed && (isLooking({ before, notified }) || settled.goesBack);
  if (isNew && state === 'ok' && lagMs > 0) return new Date(now.getTime() + lagMs);
  const settlesAt = before?.settlesAt ?? null;
  return settlesAt !== null && settlesAt > at ? settlesAt : null;
}
