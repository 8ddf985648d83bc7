import { AppError } from '../../kernel/app-error.js';
import { DAY_MS } from '../../kernel/clock.js';
import { sameValue } from '../../kernel/same-value.js';
import type { LedgerRow } from '../types.js';
import type { ActivityRow, AlertKind, CancelledReason } from './types.js';

/** The part of a ledger entry that an act on an activity decides. */
export type ActivityEntry = Pick<LedgerRow, 'kind' | 'before' | 'after' | 'why'> & { readonly activityId: string };

/** Whether an entry of the ledger, or a line of a plan, is about an activity. */
export function isOfActivity({ kind }: { readonly kind: string }): boolean {
  return kind === 'activity_create' || kind === 'activity_update' || kind === 'activity_cancel';
}

/** An activity after an act, with what to write down about it. No entry: the act changed nothing. */
export interface ActivityAct {
  readonly activity: ActivityRow;
  readonly entry: ActivityEntry | null;
}

/** What the ledger keeps of an activity: enough to make the record again. */
const FACTS = [
  'name',
  'type',
  'status',
  'alert',
  'scheduledStart',
  'scheduledFinish',
  'startedAt',
  'finishedAt',
  'cancelledReason',
  'source',
  'destination',
  'calendar',
] as const satisfies readonly (keyof ActivityRow)[];

/** The entry of an activity that was not there before. */
export function createdEntry(activity: ActivityRow, why: string): ActivityEntry {
  const after = Object.fromEntries(FACTS.map((name) => [name, activity[name]]));
  return { kind: 'activity_create', activityId: activity._id, before: null, after, why };
}

/**
 * How long after its planned finish an activity that nobody started, alerted or settled keeps its person as they are: a
 * day is time enough for somebody to miss them. Our choice.
 */
export const MISSED_FOR_MS = DAY_MS;

/** Until when somebody may have to be looked for because this planned activity was not started; null: nobody has to. */
export function missedUntil({ status, alert, scheduledStart, scheduledFinish }: ActivityRow, now: Date): Date | null {
  if (status !== 'scheduled' || alert !== null || !scheduledStart || scheduledStart > now) return null;
  const until = new Date((scheduledFinish ?? scheduledStart).getTime() + MISSED_FOR_MS);
  return until > now ? until : null;
}

/** Whether this activity keeps its person from being archived now: open, or its planned start has passed (E10). */
export function keepsPerson(activity: ActivityRow, now: Date): boolean {
  return activity.open === true || missedUntil(activity, now) !== null;
}

/** The person begins; somebody who missed the start has turned up by that. */
export function started(activity: ActivityRow, now: Date): ActivityAct {
  const { status } = activity;
  if (status === 'active') return { activity, entry: null };
  if (status === 'awaiting_approval') throw isNotApproved();
  if (status !== 'scheduled') throw isOver(activity);
  return changed(activity, { status: 'active', alert: null, startedAt: now }, { now, why: 'started by the person' });
}

/** Somebody allows what its type does not allow by itself (E57). */
export function approved(activity: ActivityRow, now: Date): ActivityAct {
  if (activity.status === 'scheduled') return { activity, entry: null };
  if (activity.status !== 'awaiting_approval') throw isOver(activity);
  return changed(activity, { status: 'scheduled' }, { now, why: 'approved' });
}

/** The person is back, or somebody has settled the missed start, with or without an alert: it is not open any more. */
export function finished(activity: ActivityRow, now: Date): ActivityAct {
  const { status, alert, scheduledStart } = activity;
  if (status === 'finished') return { activity, entry: null };
  if (status === 'cancelled') throw isOver(activity);
  if (status === 'scheduled' && alert === null && !(scheduledStart && scheduledStart <= now)) {
    throw standsInTheWay('activity_not_started', 'This activity has not been started: there is nothing to finish.');
  }
  const why = status === 'scheduled' ? 'settled: it was never started' : 'finished';
  return changed(activity, { status: 'finished', alert: null, finishedAt: now }, { now, why });
}

/** Somebody has to look for the person. A later alert takes the place of an earlier one. */
export function alerted(activity: ActivityRow, kind: AlertKind, now: Date): ActivityAct {
  const { status, alert, scheduledStart } = activity;
  if (status === 'finished' || status === 'cancelled') throw isOver(activity);
  if (alert === kind) return { activity, entry: null };
  if (kind === 'missed_start') {
    if (status === 'active') throw wrongKind('The activity has been started: its start cannot be missed any more.');
    if (scheduledStart && scheduledStart > now)
      throw wrongKind(`The activity starts at ${scheduledStart.toISOString()}.`);
  } else if (status !== 'active') {
    throw wrongKind('The activity has not been started: only missed_start can be raised for it.');
  }
  return changed(activity, { alert: kind }, { now, why: `alert ${kind} raised` });
}

/** Nobody will start it, so that no missed start may be raised. */
export function cancelled(
  activity: ActivityRow,
  { reason, why, now }: { reason: CancelledReason; why: string; now: Date },
): { activity: ActivityRow; entry: ActivityEntry } {
  const change = { status: 'cancelled', cancelledReason: reason } as const;
  const { activity: after, entry } = changed(activity, change, { now, why });
  return { activity: after, entry: { ...entry, kind: 'activity_cancel' } };
}

/** Somebody does not want it: whatever the calendar says from now on, it is not made again (E50). */
export function removed(activity: ActivityRow, now: Date): ActivityAct {
  const { status, alert, calendar } = activity;
  if (status === 'cancelled' && (calendar === undefined || calendar.detached)) return { activity, entry: null };
  if (alert !== null || status === 'active' || status === 'finished') throw isUnderWay(activity);
  const change = {
    status: 'cancelled',
    cancelledReason: 'removed',
    ...(calendar ? { calendar: { ...calendar, detached: true as const } } : {}),
  } as const;
  const { activity: after, entry } = changed(activity, change, { now, why: 'deleted by hand' });
  return { activity: after, entry: { ...entry, kind: 'activity_cancel' } };
}

/** What the calendar says of an activity that has not started, or said before. */
export function followed(
  activity: ActivityRow,
  change: Partial<ActivityRow>,
  about: { now: Date; why: string },
): { activity: ActivityRow; entry: ActivityEntry } {
  return changed(activity, change, about);
}

/** The activity is another profile's from now on: both are one person. `key`: another one where that profile has its own. */
export function handedOver(
  before: ActivityRow,
  { userId, key }: { userId: string; key?: string | undefined },
  { now, why }: { now: Date; why: string },
): { activity: ActivityRow; entry: ActivityEntry } {
  const { calendar } = before;
  const isRenamed = calendar !== undefined && key !== undefined && key !== calendar.key;
  const moved = { userId, ...(isRenamed ? { calendar: { ...calendar, key } } : {}) };
  const was = { userId: before.userId, ...(isRenamed ? { calendar } : {}) };
  return {
    activity: { ...before, ...moved, updatedAt: now },
    entry: { kind: 'activity_update', activityId: before._id, before: was, after: moved, why },
  };
}

function changed(
  before: ActivityRow,
  change: Partial<ActivityRow>,
  { now, why }: { now: Date; why: string },
): { activity: ActivityRow; entry: ActivityEntry } {
  const activity = withOpen({ ...before, ...change, updatedAt: now });
  const differing = FACTS.filter((name) => !sameValue(before[name], activity[name]));
  const factsOf = (row: ActivityRow) => Object.fromEntries(differing.map((name) => [name, row[name]]));
  const [was, is] = [factsOf(before), factsOf(activity)];
  return {
    activity,
    entry: { kind: 'activity_update', activityId: before._id, before: was, after: is, why },
  };
}

/** Active or alerted is open. */
export function withOpen(activity: ActivityRow): ActivityRow {
  const { open: _before, ...rest } = activity;
  return rest.status === 'active' || rest.alert !== null ? { ...rest, open: true } : rest;
}

function isOver({ status }: ActivityRow): AppError {
  return standsInTheWay(`activity_${status}`, `This activity is ${status}: nothing about it can change any more.`);
}

function isNotApproved(): AppError {
  const text = 'This activity waits for approval: approve it first.';
  return standsInTheWay('activity_awaiting_approval', text, 'ghs activity approve');
}

function isUnderWay({ status, alert }: ActivityRow): AppError {
  const state = alert === null ? status : `alerted (${alert})`;
  return standsInTheWay('activity_started', `This activity is ${state}: only what has not started can be deleted.`);
}

function standsInTheWay(code: string, message: string, command?: string): AppError {
  return new AppError(code, message, { status: 409, field: 'activity', ...(command && { command }) });
}

function wrongKind(message: string): AppError {
  return new AppError('alert_does_not_fit', message, { status: 409, field: 'kind' });
}
