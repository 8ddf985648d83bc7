import type { CalendarChange } from '../calendar/types.js';
import { type Decision, hashOf } from './decision.js';

/** What decisions about what comes from one event are filed under. */
export function activitySubject(key: string): string {
  return `activity:${key}`;
}

export function isAboutActivity({ subject }: Pick<Decision, 'subject'>): boolean {
  return subject.startsWith('activity:');
}

/** What an activity is made of, as the event has it. */
export interface ActivityFacts {
  readonly name: string;
  readonly destination: string | null;
  readonly start: Date;
  readonly finish: Date;
}

/** The value at the source that a change follows; a decision holds for as long as it stays. */
export function activityValue(
  of: { readonly wanted: ActivityFacts } | { readonly cancelled: string },
): Readonly<Record<string, unknown>> {
  if ('cancelled' in of) return { cancelled: of.cancelled };
  const { name, destination, start, finish } = of.wanted;
  return { name, destination, start: start.toISOString(), finish: finish.toISOString() };
}

export function keyOf(change: CalendarChange): string {
  return change.kind === 'activity_cancel' ? change.activity.key : change.verdict.event.key;
}

export function valueHashOf(change: CalendarChange): string {
  const of = change.kind === 'activity_cancel' ? { cancelled: change.reason } : { wanted: change.verdict };
  return hashOf(activityValue(of));
}

/** Changes by what was decided about their value (law L11). */
export interface DecidedChanges {
  /** Nobody has said anything about these. */
  readonly open: readonly CalendarChange[];
  /** Those of them that the guard holds already, and since when. */
  readonly waiting: ReadonlyMap<CalendarChange, Date>;
  /** Somebody let these pass the guard. */
  readonly approved: readonly CalendarChange[];
  /** Declined or refused: GetHomeSafe stays as it is. */
  readonly declined: readonly CalendarChange[];
}

export function sortByDecision(changes: readonly CalendarChange[], decisions: readonly Decision[]): DecidedChanges {
  const known = new Map(decisions.map((decision) => [`${decision.subject} ${decision.valueHash}`, decision]));
  const decisionOn = (change: CalendarChange) => known.get(`${activitySubject(keyOf(change))} ${valueHashOf(change)}`);
  const said = (...wanted: readonly string[]) =>
    changes.filter((change) => wanted.includes(decisionOn(change)?.verdict ?? 'nothing'));
  const held = said('held').map((change) => [change, decisionOn(change)?.at ?? new Date(0)] as const);
  return {
    open: said('nothing', 'held'),
    waiting: new Map(held),
    approved: said('approved'),
    declined: said('declined', 'refused'),
  };
}
