import type { UnreadableEvent } from './event-of.js';
import { compare } from './places.js';
import type { CalendarActivity, CalendarProblem } from './types.js';

/** A stretch of somebody's plan, for the search of overlaps. */
export interface Planned {
  readonly key: string;
  readonly name: string;
  readonly start: Date;
  readonly finish: Date;
}

/** An event that could not be judged; what is there because of it stays. */
export function unreadableProblem({ id, unreadable }: UnreadableEvent): CalendarProblem {
  return {
    code: 'event_unreadable',
    subject: id,
    message: `An event of the calendar cannot be read: ${unreadable}.`,
    remedy: 'Save the event again in Outlook, with a time zone from its list.',
  };
}

/** The calendar wants something else of an activity that is no longer the calendar's (E47, E48). */
export function startedProblem({ key, name }: CalendarActivity, wanted: string): CalendarProblem {
  return {
    code: 'activity_started',
    subject: key,
    message: `"${name}" has begun and stays as it is, although ${wanted}.`,
    remedy: 'Change or finish the activity in GetHomeSafe.',
  };
}

/** The organisation has no type for activities of the calendar (E57): one warning for all of them. */
export function typeMissingProblem(count: number): CalendarProblem {
  const events = count === 1 ? '1 event' : `${count} events`;
  return {
    code: 'activity_type_missing',
    subject: null,
    message: `The organisation has no activity type for calendar activities: ${events} left out.`,
    remedy: 'Choose a default activity type for calendar activities in the organisation.',
  };
}

/** One problem for each that begins before an earlier one ends (E52): a person can be in one activity at a time. */
export function overlapProblems(plan: readonly Planned[]): CalendarProblem[] {
  const problems: CalendarProblem[] = [];
  let longest: Planned | null = null;
  for (const each of [...plan].sort(byStart)) {
    if (longest && each.start < longest.finish) problems.push(overlapProblem(each, longest));
    if (longest === null || each.finish > longest.finish) longest = each;
  }
  return problems;
}

function overlapProblem({ key, name }: Planned, earlier: Planned): CalendarProblem {
  return {
    code: 'activity_overlap',
    subject: key,
    message: `"${name}" begins before "${earlier.name}" ends; both are scheduled, but only one can be active at a time.`,
    remedy: 'Move one of the two events in the calendar.',
  };
}

function byStart(a: Planned, b: Planned): number {
  return a.start.getTime() - b.start.getTime() || compare(a.key, b.key);
}
