import type { ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import { calendarNote } from '../../changes/merge-notes.js';
import type { Store } from '../../store/connect.js';
import type { UserRow } from '../types.js';
import type { ActivityRow } from './types.js';

/** The part of a mirrored calendar that says what it wanted otherwise of an activity that was out of its hands. */
interface WantingCalendarRow {
  readonly _id: string;
  readonly problems: readonly { readonly code: string; readonly subject: string | null }[];
}

/**
 * An activity is over that its calendar has said something else of meanwhile, such as another day: the calendar is
 * looked at again, in the transaction that ends the activity (law L6).
 */
export async function noteCalendar(
  { store, changes }: { store: Store; changes: Pick<Changes, 'note'> },
  { activity, user }: { activity: ActivityRow; user: UserRow },
  session: ClientSession,
): Promise<void> {
  const { status, calendar } = activity;
  const { entra } = user;
  if (status !== 'finished' || calendar === undefined || !entra) return;
  const { tenantId, objectId } = entra;
  const wanting = { _id: `${tenantId}:${objectId}`, 'problems.subject': calendar.key };
  const found = await store.collection<WantingCalendarRow>('calendars').findOne(wanting, { session });
  if (found) await changes.note([calendarNote({ tenantId, objectId }, 'manual')], { session });
}
