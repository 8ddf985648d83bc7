import type { Filter } from 'mongodb';
import { z } from 'zod';
import type { Store } from '../store/connect.js';
import { cursorInstant, cursorText, readCursor } from '../store/pages/cursor.js';
import { CALENDAR_SHOWN, CALENDARS, type CalendarRow, type CalendarView, staleSince } from './calendars-store.js';

/** `people`: whoever has, or should have, a calendar; `none`: rooms and people without a mailbox, who are no incidents. */
export type CalendarChoice = 'people' | 'none';

export interface CalendarPageWanted {
  readonly tenantId: string;
  readonly show: CalendarChoice;
  /** Only those that could not be verified since. */
  readonly verifiedBefore?: Date | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

const NONE = ['no_mailbox', 'not_a_person'] as const;
const placeSchema = z.tuple([cursorInstant.nullable(), z.string()]);

/** Calendars a page at a time, the longest not verified first: those that are stale come before all others. */
export async function calendarPage(
  { store }: { store: Store },
  { tenantId, show, verifiedBefore, limit, after }: CalendarPageWanted,
): Promise<{ items: CalendarView[]; next: string | null }> {
  const state = { state: show === 'none' ? { $in: [...NONE] } : { $nin: [...NONE] } };
  const stale = verifiedBefore === undefined ? {} : staleSince(tenantId, verifiedBefore);
  const from = after === undefined ? {} : behind(readCursor(after, placeSchema));
  const found = await store
    .collection<CalendarRow>(CALENDARS)
    .find({ $and: [{ tenantId }, state, stale, from] } as Filter<CalendarRow>)
    .project<CalendarView & { _id: string }>({ ...CALENDAR_SHOWN, _id: 1 })
    .sort({ verifiedAt: 1, _id: 1 })
    .hint('tenant_oldest')
    .limit(limit + 1)
    .toArray();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = last && found.length > limit ? cursorText([last.verifiedAt?.getTime() ?? null, last._id]) : null;
  return { items: page.map(({ _id, ...view }) => view), next };
}

/** Never verified comes before any moment. */
function behind([atMs, id]: z.infer<typeof placeSchema>): Filter<CalendarRow> {
  if (atMs === null) return { $or: [{ verifiedAt: null, _id: { $gt: id } }, { verifiedAt: { $ne: null } }] };
  const verifiedAt = new Date(atMs);
  return { $or: [{ verifiedAt, _id: { $gt: id } }, { verifiedAt: { $gt: verifiedAt } }] };
}
