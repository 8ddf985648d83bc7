import type { AnyBulkWriteOperation } from 'mongodb';
import { eventKeyOf } from '../../../projection/calendar/turns.js';
import type { CalendarProblem } from '../../../projection/calendar/types.js';
import {
  activitySubject,
  type DecidedChanges,
  keyOf,
  valueHashOf,
} from '../../../projection/verdicts/activity-decision.js';
import { asCalendarActivity } from '../../../records/activities/calendar-activities.js';
import type { DecisionRow } from '../../../records/types.js';
import { HELD_FOR_MS } from '../../plan/guard/decision-writes.js';
import { endsActivities } from '../calendar-scope.js';
import type { Decided } from '../decide-calendar.js';
import type { LoadedCalendar } from '../load-calendar.js';
import type { CalendarRead } from '../read-calendar.js';
import type { JudgedChanges } from './judge-cancellations.js';

/** What is told of a calendar some of whose cancellations are held. */
export const HELD: CalendarProblem = {
  code: 'cancellations_held',
  subject: null,
  message: 'More activities would be cancelled at once than the limit allows, so that none of these is.',
  remedy:
    'Check the calendar in Outlook. Put right there, it goes by itself; where it is meant, approve it among the held changes.',
};

interface About {
  readonly enterpriseId: string;
  readonly what: { readonly objectId: string; readonly read: CalendarRead | null };
  readonly loaded: LoadedCalendar;
  readonly decided: Decided;
  readonly sorted: DecidedChanges;
  readonly judged: JudgedChanges;
  readonly now: Date;
}

/**
 * Held cancellations are open decisions (law L12). A decision about a value that is not there any more goes, and so does
 * an approval that was used; but only by a reading that says something of the event, or where all activities end.
 */
export function calendarDecisionWrites(about: About): AnyBulkWriteOperation<DecisionRow>[] {
  const { what, loaded, decided, sorted, judged } = about;
  const isRead = decided.scope === 'in' && what.read?.status === 'ok';
  // Nothing was read: what was decided may still be meant (law L11).
  if (!isRead && !endsActivities(decided.scope)) return [];
  const silent = isRead ? silentSubjects(about) : new Set<string>();
  const held = judged.held.map((change) => heldDecision(about, change));
  const stays = new Set([
    ...held.map(({ _id, valueHash }) => `${_id} ${valueHash}`),
    ...sorted.declined.map((change) => `${idOf(about, keyOf(change))} ${valueHashOf(change)}`),
  ]);
  const ended = loaded.decisions.filter(
    ({ _id, subject, valueHash }) => !stays.has(`${_id} ${valueHash}`) && !silent.has(subject),
  );
  const known = new Set(loaded.decisions.map(({ _id, valueHash, verdict }) => `${_id} ${valueHash} ${verdict}`));
  const opened = held.filter(({ _id, valueHash }) => !known.has(`${_id} ${valueHash} held`));
  return [
    ...ended.map(({ _id }) => ({ deleteOne: { filter: { _id } } })),
    ...opened.map(({ _id, ...fields }) => ({ updateOne: { filter: { _id }, update: { $set: fields }, upsert: true } })),
  ];
}

/** What decisions are filed under on events of which the reading says nothing: each could not be read, or made out. */
function silentSubjects({ what: { read }, loaded, now }: About): Set<string> {
  if (read?.status !== 'ok') return new Set();
  const { events, readById, unreadable } = read;
  const listed = new Set(events.flatMap(({ id, key }) => [id, key]));
  const garbled = new Set(unreadable.map(({ subject }) => subject));
  const silent = [...loaded.activities.values()].map(asCalendarActivity).filter(({ eventId, key, status, start }) => {
    const isAsked = (status === 'scheduled' || status === 'awaiting_approval') && start > now;
    const isSaid = listed.has(eventId) || listed.has(eventKeyOf(key)) || readById.has(eventId);
    return garbled.has(eventId) || (isAsked && !isSaid);
  });
  return new Set(silent.map(({ key }) => activitySubject(key)));
}

function idOf({ enterpriseId, what }: About, key: string): string {
  return `${enterpriseId}:${what.objectId}:${activitySubject(key)}`;
}

function heldDecision(about: About, change: JudgedChanges['held'][number]): DecisionRow {
  const { enterpriseId, what, loaded, now } = about;
  const key = keyOf(change);
  return {
    _id: idOf(about, key),
    enterpriseId,
    objectId: what.objectId,
    userId: loaded.user?._id ?? null,
    subject: activitySubject(key),
    valueHash: valueHashOf(change),
    verdict: 'held',
    by: 'guard',
    at: now,
    until: new Date(now.getTime() + HELD_FOR_MS),
  };
}
