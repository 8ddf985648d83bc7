/** What stands in a calendar, and what GetHomeSafe has planned from it, in plain words. */
export interface EventFacts {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly subject: string | null;
  readonly isAllDay: boolean;
  readonly showAs: string;
  readonly sensitivity: string;
  readonly isCancelled: boolean;
  readonly isOrganizer: boolean;
  readonly response: string;
}

export interface ActivityFacts {
  readonly eventId: string | null;
  readonly name: string;
  readonly startMs: number;
  readonly finishMs: number;
  readonly isPlanned: boolean;
  /** Under way, over, alerted or out of the calendar's hands: the calendar does nothing to it any more. */
  readonly isBegun: boolean;
  /** Done, or past without anybody to look for: its event, moved on to after it, is something new. */
  readonly isOver: boolean;
}

export interface CalendarFacts {
  readonly owner: string;
  /** Whether the calendar counts: it is synchronised and its owner is somebody whom the sync looks after. */
  readonly isFollowed: boolean;
  readonly nowMs: number;
  /** Until when events are surely read ahead. */
  readonly untilMs: number;
  readonly events: readonly EventFacts[];
  readonly activities: readonly ActivityFacts[];
}

const MINUTE_MS = 60_000;
const SHORTEST_MS = 5 * MINUTE_MS;
const LONGEST_MS = 24 * 60 * MINUTE_MS;
const BUSY = new Set(['busy', 'oof', 'workingElsewhere']);
const COMING = new Set(['organizer', 'accepted']);

/** By default (E43): timed, busy, not private, accepted, from five minutes to a day. */
function counts(event: EventFacts): boolean {
  const lengthMs = event.endMs - event.startMs;
  const isOwn = event.isOrganizer && (event.response === 'none' || event.response === 'notResponded');
  return (
    !event.isCancelled &&
    !event.isAllDay &&
    BUSY.has(event.showAs) &&
    (event.sensitivity === 'normal' || event.sensitivity === 'personal') &&
    (COMING.has(event.response) || isOwn) &&
    lengthMs >= SHORTEST_MS &&
    lengthMs <= LONGEST_MS
  );
}

/** What about a calendar is not as the rules want it. Of what is the same twice one is planned (E52). */
export function judgeCalendar(facts: CalendarFacts): string[] {
  const { owner, nowMs, untilMs, events, activities, isFollowed } = facts;
  const ahead = <T extends { readonly startMs: number }>(list: readonly T[]) =>
    list.filter(({ startMs }) => startMs > nowMs && startMs < untilMs);
  const shown = (name: string | null, startMs: number, endMs: number) =>
    `${name} ${new Date(startMs).toISOString()}-${new Date(endMs).toISOString()}`;
  const wanted = new Map(
    (isFollowed ? ahead(events).filter(counts) : []).map((event) => [
      shown(event.subject, event.startMs, event.endMs),
      event,
    ]),
  );
  const begun = activities.filter(({ isBegun }) => isBegun);
  const isOfBegun = (event: EventFacts) =>
    begun.some(
      (activity) =>
        (activity.eventId === event.id && !(activity.isOver && event.startMs >= activity.finishMs)) ||
        shown(activity.name, activity.startMs, activity.finishMs) === shown(event.subject, event.startMs, event.endMs),
    );
  const planned = ahead(activities)
    .filter(({ isPlanned, isBegun }) => isPlanned && !isBegun)
    .map(({ name, startMs, finishMs }) => shown(name, startMs, finishMs));
  const missing = [...wanted].filter(([what, event]) => !planned.includes(what) && !isOfBegun(event));
  const extra = planned.filter((what) => !wanted.has(what));
  const twice = planned.filter((what, index) => planned.indexOf(what) !== index);
  return [
    ...missing.map(([what]) => `${owner}: ${what} is not planned`),
    ...extra.map((what) => `${owner}: ${what} is planned and should not be`),
    ...twice.map((what) => `${owner}: ${what} is planned twice`),
  ];
}
