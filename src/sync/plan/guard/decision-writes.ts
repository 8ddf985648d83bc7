import type { AnyBulkWriteOperation } from 'mongodb';
import { DAY_MS } from '../../../kernel/clock.js';
import type { PlannedChange } from '../../../projection/types.js';
import { isAboutActivity } from '../../../projection/verdicts/activity-decision.js';
import { hashOf, sourceValueOf, subjectOf } from '../../../projection/verdicts/decision.js';
import type { DecisionRow } from '../../../records/types.js';
import type { Draft } from '../decide.js';
import type { PersonPlan } from '../person-plan.js';

/** A held taking that nobody decided on counts as refused after this time (law L12). */
export const HELD_FOR_MS = 7 * DAY_MS;

interface Moment {
  readonly enterpriseId: string;
  readonly at: Date;
}

/**
 * Held takings are open decisions; one whose cause is gone goes by itself (law L12). So does a verdict about another
 * source value than the one of now, and an approval once it is used.
 */
export function decisionWrites(
  { draft, accepted, held }: PersonPlan,
  all: readonly DecisionRow[],
  moment: Moment,
): AnyBulkWriteOperation<DecisionRow>[] {
  // What is said about activities is the calendars' matter.
  const known = all.filter((row) => !isAboutActivity(row));
  const wanted = held.map(({ change }) => heldDecision(draft, change, moment));
  const isKnown = (row: DecisionRow) =>
    known.some(({ _id, valueHash, verdict }) => _id === row._id && valueHash === row.valueHash && verdict === 'held');
  const opened = wanted.filter((row) => !isKnown(row));
  const used = new Set(accepted.filter(({ approved }) => approved).map(({ change }) => subjectOf(change)));
  const mayEnd = !draft.retryAt && draft.endsDecisions;
  const ended = known.filter((row) => {
    if (wanted.some(({ _id }) => _id === row._id)) return false;
    if (row.verdict === 'held') return mayEnd && !draft.declined.has(row.subject);
    return draft.over.some(({ subject }) => subject === row.subject) || used.has(row.subject);
  });
  return [
    ...opened.map(({ _id, ...fields }) => ({ updateOne: { filter: { _id }, update: { $set: fields }, upsert: true } })),
    ...ended.map(({ _id }) => ({ deleteOne: { filter: { _id } } })),
  ];
}

/** About another source value it is asked anew, for 7 days from now; it is held since it was held first. */
function heldDecision(draft: Draft, change: PlannedChange, { enterpriseId, at }: Moment): DecisionRow {
  const subject = subjectOf(change);
  const { objectId } = draft.read;
  return {
    _id: `${enterpriseId}:${objectId}:${subject}`,
    enterpriseId,
    objectId,
    userId: draft.user?._id ?? null,
    subject,
    valueHash: hashOf(sourceValueOf(change)),
    verdict: 'held',
    by: 'guard',
    at: draft.waiting.get(change) ?? at,
    until: new Date(at.getTime() + HELD_FOR_MS),
  };
}
