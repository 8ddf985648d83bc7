import type { AnyBulkWriteOperation } from 'mongodb';
import type { CalendarProblem } from '../../../projection/calendar/types.js';
import {
  activitySubject,
  type DecidedChanges,
  keyOf,
  valueHashOf,
} from '../../../projection/verdicts/activity-decision.js';
import type { DecisionRow } from '../../../records/types.js';
import { HELD_FOR_MS } from '../../plan/guard/decision-writes.js';
import type { Decided } from '../decide-calendar.js';
import type { LoadedCalendar } from '../load-calendar.js';
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
  readonly what: { readonly objectId: string };
  readonly loaded: LoadedCalendar;
  readonly decided: Decided;
  readonly sorted: DecidedChanges;
  readonly judged: JudgedChanges;
  readonly now: Date;
}

/**
 * Held cancellations are open decisions (law L12). Where the calendar was read, a decision about a value that is not
 * there any more goes, and so does an approval that was used.
 */
export function calendarDecisionWrites(about: About): AnyBulkWriteOperation<DecisionRow>[] {
  const { loaded, decided, sorted, judged } = about;
  // Nothing was read: what is held may still be meant.
  if (decided.row === undefined) return [];
  const held = judged.held.map((change) => heldDecision(about, change));
  const stays = new Set([
    ...held.map(({ _id, valueHash }) => `${_id} ${valueHash}`),
    ...sorted.declined.map((change) => `${idOf(about, keyOf(change))} ${valueHashOf(change)}`),
  ]);
  const ended = loaded.decisions.filter(({ _id, valueHash }) => !stays.has(`${_id} ${valueHash}`));
  const known = new Set(loaded.decisions.map(({ _id, valueHash, verdict }) => `${_id} ${valueHash} ${verdict}`));
  const opened = held.filter(({ _id, valueHash }) => !known.has(`${_id} ${valueHash} held`));
  return [
    ...ended.map(({ _id }) => ({ deleteOne: { filter: { _id } } })),
    ...opened.map(({ _id, ...fields }) => ({ updateOne: { filter: { _id }, update: { $set: fields }, upsert: true } })),
  ];
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
