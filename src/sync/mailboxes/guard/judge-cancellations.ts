import type { ClientSession } from 'mongodb';
import { DAY_MS } from '../../../kernel/clock.js';
import type { CalendarCancelReason, CalendarChange } from '../../../projection/calendar/types.js';
import { exceedsBrake } from '../../../projection/guard.js';
import { type DecidedChanges, isAboutActivity, keyOf } from '../../../projection/verdicts/activity-decision.js';
import { ACTIVITIES, type ActivityRow } from '../../../records/activities/types.js';
import { DECISIONS, type DecisionRow, LEDGER, type LedgerRow } from '../../../records/types.js';
import type { Store } from '../../../store/connect.js';

/** What a calendar says; what an administrator switched off, or people's own rules ended, is not the guard's matter. */
const COUNTED: ReadonlySet<CalendarCancelReason> = new Set([
  'event_cancelled',
  'event_deleted',
  'event_moved_away',
  'not_eligible',
]);

export type Cancellation = Extract<CalendarChange, { kind: 'activity_cancel' }>;

export interface JudgedChanges {
  readonly accepted: readonly CalendarChange[];
  /** They wait for an administrator (law L12). */
  readonly held: readonly Cancellation[];
}

interface JudgeRequest {
  readonly enterpriseId: string;
  readonly objectId: string;
  readonly decided: DecidedChanges;
  readonly brakePercent: number;
  readonly now: Date;
  /** Meetings whose activities a plan would cancel or hold in calendars before this one; nothing of it is written. */
  readonly planned?: ReadonlySet<string>;
}

/**
 * The guard over cancellations (law L12): of the activities that are scheduled, one event counting once however many
 * people had it. What is pending in other calendars counts where it is held already.
 */
export async function judgeCancellations(
  store: Store,
  { enterpriseId, objectId, decided, brakePercent, now, planned = new Set() }: JudgeRequest,
  session?: ClientSession,
): Promise<JudgedChanges> {
  const { open, approved } = decided;
  const pending = open.filter((change): change is Cancellation => isCounted(change));
  if (pending.length === 0) return { accepted: [...open, ...approved], held: [] };
  const facts = { enterpriseId, objectId, now };
  const lately = await cancelledLately(store, facts, session);
  const held = await heldElsewhere(store, facts, session);
  const counted = new Set([...pending.map(keyOf), ...lately, ...held].map(meetingOf));
  const count = planned.size + [...counted].filter((meeting) => !planned.has(meeting)).length;
  const isTooMany = (base: number) => exceedsBrake({ count, base, brakePercent });
  // What a plan would cancel is scheduled still. So many allow it, and no more are counted: a tenant may have 100,000.
  const enough = Math.ceil((count * 100) / Math.max(brakePercent, 1));
  const isHeld = isTooMany(0) && isTooMany(lately.length + (await scheduledNow(store, { ...facts, enough }, session)));
  if (!isHeld) return { accepted: [...open, ...approved], held: [] };
  return { accepted: [...open.filter((change) => !isCounted(change)), ...approved], held: pending };
}

export function isCounted(change: CalendarChange): boolean {
  return change.kind === 'activity_cancel' && COUNTED.has(change.reason);
}

/** The iCalUId: copies of a meeting share it. */
export function meetingOf(key: string): string {
  return key.split('|')[0] ?? key;
}

interface Facts {
  readonly enterpriseId: string;
  readonly objectId: string;
  readonly now: Date;
}

/** Keys of events whose activities the calendars ended within the window, unless somebody approved it. */
async function cancelledLately(
  store: Store,
  { enterpriseId, now }: Facts,
  session: ClientSession | undefined,
): Promise<string[]> {
  const rows = await store
    .collection<LedgerRow>(LEDGER)
    .find(
      {
        enterpriseId,
        // The type again: without it MongoDB does not see that the partial index has them all.
        taking: { $in: ['cancellation'], $type: 'string' },
        at: { $gte: new Date(now.getTime() - DAY_MS) },
        approved: { $ne: true },
      },
      session ? { session } : {},
    )
    .project<Pick<LedgerRow, 'activityId'>>({ activityId: 1 })
    .toArray();
  const ids = rows.flatMap(({ activityId }) => activityId ?? []);
  const ended = await store
    .collection<ActivityRow>(ACTIVITIES)
    .find({ _id: { $in: ids }, status: 'cancelled' }, session ? { session } : {})
    .project<Pick<ActivityRow, 'calendar'>>({ calendar: 1 })
    .toArray();
  return ended.flatMap(({ calendar }) => calendar?.key ?? []);
}

async function heldElsewhere(
  store: Store,
  { enterpriseId, objectId }: Facts,
  session: ClientSession | undefined,
): Promise<string[]> {
  const rows = await store
    .collection<DecisionRow>(DECISIONS)
    .find({ enterpriseId, verdict: 'held', objectId: { $ne: objectId } }, session ? { session } : {})
    .project<Pick<DecisionRow, 'subject'>>({ subject: 1 })
    .toArray();
  return rows.filter(isAboutActivity).map(({ subject }) => subject.slice('activity:'.length));
}

function scheduledNow(
  store: Store,
  { enterpriseId, now, enough }: Facts & { readonly enough: number },
  session: ClientSession | undefined,
): Promise<number> {
  return store.collection<ActivityRow>(ACTIVITIES).countDocuments(
    {
      enterpriseId,
      source: 'entra_calendar',
      status: { $in: ['scheduled', 'awaiting_approval'] },
      scheduledStart: { $gt: now },
    },
    { limit: enough, ...(session ? { session } : {}) },
  );
}
