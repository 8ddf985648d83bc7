import type { ClientSession } from 'mongodb';
import { DAY_MS } from '../../../kernel/clock.js';
import type { CalendarCancelReason, CalendarChange } from '../../../projection/calendar/types.js';
import { exceedsBrake } from '../../../projection/guard.js';
import { activitySubject, type DecidedChanges, keyOf } from '../../../projection/verdicts/activity-decision.js';
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
 * people had it. What is pending in other calendars counts where it is held already; what was refused counts for a day.
 * What is held stays so where only the decisions on others of the same storm make fewer of them.
 */
export async function judgeCancellations(
  store: Store,
  request: JudgeRequest,
  session?: ClientSession,
): Promise<JudgedChanges> {
  const { open, approved, waiting } = request.decided;
  const pending = open.filter((change): change is Cancellation => isCounted(change));
  const judged = (isHeld: (change: CalendarChange) => boolean): JudgedChanges => ({
    accepted: [...open.filter((change) => !(isCounted(change) && isHeld(change))), ...approved],
    held: pending.filter(isHeld),
  });
  if (pending.length === 0) return judged(() => false);
  const facts = { ...request, store, session };
  const day = { since: new Date(request.now.getTime() - DAY_MS), verdicts: ['refused'] } as const;
  const lately = await cancelledSince(facts, { ...day, approved: false });
  const others = await decidedSince(facts, day);
  if (await isStorm(facts, { pending, lately, others })) return judged(() => true);
  const moments = pending.flatMap((change) => waiting.get(change)?.getTime() ?? []);
  if (moments.length === 0) return judged(() => false);
  const decided = { since: new Date(Math.min(...moments)), verdicts: ['refused', 'approved'] } as const;
  const taken = await cancelledSince(facts, { ...decided, approved: true });
  const known = await decidedSince(facts, decided);
  const storm = { pending, lately: [...lately, ...taken], others: [...others, ...known] };
  const stays = await isStorm(facts, storm);
  return judged((change) => stays && waiting.has(change));
}

export function isCounted(change: CalendarChange): boolean {
  return change.kind === 'activity_cancel' && COUNTED.has(change.reason);
}

/** The iCalUId: copies of a meeting share it. */
export function meetingOf(key: string): string {
  return key.split('|')[0] ?? key;
}

interface Facts extends JudgeRequest {
  readonly store: Store;
  readonly session: ClientSession | undefined;
}

interface Storm {
  readonly pending: readonly Cancellation[];
  /** Keys of events whose activities are cancelled by now. */
  readonly lately: readonly string[];
  /** Keys of events that are decided on, or wait for that. */
  readonly others: readonly string[];
}

async function isStorm(facts: Facts, { pending, lately, others }: Storm): Promise<boolean> {
  const { brakePercent, planned = new Set() } = facts;
  const counted = new Set([...pending.map(keyOf), ...lately, ...others].map(meetingOf));
  const count = planned.size + [...counted].filter((meeting) => !planned.has(meeting)).length;
  const isTooMany = (base: number) => exceedsBrake({ count, base, brakePercent });
  if (!isTooMany(0)) return false;
  // What a plan would cancel is scheduled still. So many allow it, and no more are counted: a tenant may have 100,000.
  const enough = Math.ceil((count * 100) / Math.max(brakePercent, 1));
  return isTooMany(lately.length + (await scheduledNow(facts, enough)));
}

/** Keys of events whose activities the calendars ended since then: those that somebody approved, or the others. */
async function cancelledSince(
  { store, enterpriseId, session }: Facts,
  { since, approved }: { readonly since: Date; readonly approved: boolean },
): Promise<string[]> {
  const rows = await store
    .collection<LedgerRow>(LEDGER)
    .find(
      {
        enterpriseId,
        // The type again: without it MongoDB does not see that the partial index has them all.
        taking: { $in: ['cancellation'], $type: 'string' },
        at: { $gte: since },
        approved: approved ? true : { $ne: true },
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

/** Keys of events that are held in other calendars, or were decided on since then and are asked for still. */
async function decidedSince(
  { store, enterpriseId, objectId, decided, session }: Facts,
  { since, verdicts }: { readonly since: Date; readonly verdicts: readonly ('refused' | 'approved')[] },
): Promise<string[]> {
  const said = { verdict: { $in: [...verdicts] }, at: { $gte: since } };
  const rows = await store
    .collection<DecisionRow>(DECISIONS)
    .find(
      { enterpriseId, subject: { $regex: `^${activitySubject('')}` }, $or: [{ verdict: 'held' }, said] },
      session ? { session } : {},
    )
    .project<Pick<DecisionRow, 'objectId' | 'subject'>>({ objectId: 1, subject: 1 })
    .toArray();
  // In this calendar the reading tells what is asked for.
  const here = new Set([...decided.declined, ...decided.approved].map((change) => activitySubject(keyOf(change))));
  return rows
    .filter((row) => row.objectId !== objectId || here.has(row.subject))
    .map(({ subject }) => subject.slice(activitySubject('').length));
}

function scheduledNow({ store, enterpriseId, now, session }: Facts, enough: number): Promise<number> {
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
