import { groupBy } from '../../kernel/lists.js';
import { overlapProblems, type Planned, startedProblem, typeMissingProblem } from './calendar-problems.js';
import { compare, isOutside, type Place, placesOf, verdictsOf } from './places.js';
import { isOver } from './turns.js';
import type {
  CalendarActivity,
  CalendarCancelReason,
  CalendarChange,
  CalendarInput,
  CalendarProblem,
  CalendarProjection,
  EventVerdict,
} from './types.js';

/** What is to become of an activity, whether or not there is one and it may be touched. */
type Fate =
  | { readonly kind: 'wanted'; readonly verdict: EventVerdict }
  | { readonly kind: 'unwanted'; readonly reason: CalendarCancelReason; readonly why: string }
  | { readonly kind: 'unknown' };

interface Fated extends Place {
  readonly fate: Fate;
}

/**
 * What a person's calendar makes of their activities (E43 to E53). Pure, and the same whatever the order of events. Where
 * the calendar was not read, nothing changes (E59).
 */
export function projectCalendar(input: CalendarInput): CalendarProjection {
  const { events, now, hasActivityType } = input;
  if (events === null) return { verdicts: [], changes: [], problems: [] };
  const read = { ...input, events };
  const verdicts = verdictsOf(read);
  const fated = placesOf(read, verdicts).map((place) => ({ ...place, fate: fateOf(place, input) }));
  const places = inherited(onceEach(fated, now), now);
  const changes = places.flatMap((place) => changeOf(place, now) ?? []);
  const done = changes.filter(({ kind }) => hasActivityType || kind !== 'activity_create');
  const leftOut = changes.length - done.length;
  const problems: CalendarProblem[] = [
    ...(leftOut > 0 ? [typeMissingProblem(leftOut)] : []),
    ...places.flatMap((place) => startedWarning(place, now) ?? []),
    ...overlapProblems(planAfter(places, done, now)),
  ];
  return { verdicts, changes: done, problems };
}

type Ending = Pick<Fate & { readonly kind: 'unwanted' }, 'reason' | 'why'>;
const SWITCHED_OFF: Ending = { reason: 'calendar_off', why: 'calendars are not synchronised' };

/** Calendar off for this person: what has not begun is cancelled, the past stays (E60). */
export function calendarOff(
  activities: readonly CalendarActivity[],
  now: Date,
  { reason, why } = SWITCHED_OFF,
): CalendarChange[] {
  return activities
    .filter((activity) => isLiving(activity) && !activity.isDetached && !isBegun(activity, now))
    .sort((a, b) => a.start.getTime() - b.start.getTime() || compare(a.key, b.key) || compare(a.id, b.id))
    .map((activity) => cancel(activity, reason, why));
}

/** An activity out of the calendar's hands: begun, over, alerted, or in the grace period of its start (E47, E48). */
function isBegun({ status, isTouched, start }: CalendarActivity, now: Date): boolean {
  if (status === 'cancelled') return false;
  return status === 'active' || status === 'finished' || isTouched || start <= now;
}

function isLiving({ status }: CalendarActivity): boolean {
  return status !== 'cancelled' && status !== 'finished';
}

function fateOf({ activity, event, isReadById }: Place, { window, now }: CalendarInput): Fate {
  if (event === null) return { kind: 'unknown' };
  if (event === 'gone') return unwanted('event_deleted', 'the event is gone from the calendar');
  if (event.event.isCancelled) return unwanted('event_cancelled', 'the meeting was cancelled');
  // An activity that the window itself has left behind says nothing of a move.
  if (isReadById && isOutside(event, window) && !(activity && isOutside(activity, window))) {
    return unwanted('event_moved_away', 'the event was moved out of the days that are read ahead');
  }
  const isRunning = activity !== null && runsWith(activity, event, now);
  const against = event.reasons.filter((reason) => reason !== 'no_activity_type' && !(isRunning && reason === 'past'));
  if (against.length > 0)
    return unwanted('not_eligible', `the event no longer counts as an activity (${against.join(', ')})`);
  // By its id an activity may end; what has another key by now gets its place from the view that lists it.
  const isMoved = isReadById && activity !== null && activity.key !== event.event.key;
  return isMoved ? { kind: 'unknown' } : { kind: 'wanted', verdict: event };
}

/**
 * Whether that the beginning has passed is no reason to take the activity away: it has begun too, or what was still to
 * come was moved to where it runs now (E48). Then nobody must go unwatched.
 */
function runsWith(activity: CalendarActivity, { start, finish }: EventVerdict, now: Date): boolean {
  return isBegun(activity, now) || (isLiving(activity) && start <= now && now < finish);
}

function unwanted(reason: CalendarCancelReason, why: string): Fate {
  return { kind: 'unwanted', reason, why };
}

/**
 * Of wanted events with the same beginning, end and name only one has an activity (E52): one that is there keeps its
 * place, else the lowest key has it. One that somebody deleted in GetHomeSafe stands for its twins too (E50).
 */
function onceEach(places: readonly Fated[], now: Date): Fated[] {
  const twins = groupBy(places, ({ fate }) => (fate.kind === 'wanted' ? sameAs(fate.verdict) : null));
  const order = (place: Fated) => firmness(place.activity, now);
  const kept = new Set(
    [...twins].flatMap(([what, group]) => {
      if (what === null) return group;
      const [first] = [...group].sort((a, b) => order(a) - order(b) || compare(a.key, b.key));
      return group.filter((place) => place === first || order(place) === BEGUN);
    }),
  );
  const twin = unwanted('not_eligible', 'the calendar has the same event twice');
  return places.map((place) => (kept.has(place) ? place : { ...place, fate: twin }));
}

/**
 * A meeting that was made anew, as by another organiser or in a mailbox that was moved, goes on with the activity that the
 * one before it leaves (E52): otherwise both would stand there while the guard holds what is gone.
 */
function inherited(places: readonly Fated[], now: Date): Fated[] {
  const left = places.flatMap(({ activity, fate }) => (activity && isLeft(activity, fate, now) ? [activity] : []));
  const bySame = groupBy(
    left.sort((a, b) => compare(a.key, b.key) || compare(a.id, b.id)),
    sameAs,
  );
  const heirs = new Map<Fated, CalendarActivity>();
  for (const place of places) {
    const [heirloom] = place.fate.kind === 'wanted' ? (bySame.get(sameAs(place.fate.verdict)) ?? []) : [];
    if (heirloom && place.activity === null) heirs.set(place, heirloom);
  }
  const given = new Set<CalendarActivity | null>(heirs.values());
  return places
    .filter(({ activity }) => !given.has(activity))
    .map((place) => ({ ...place, activity: heirs.get(place) ?? place.activity }));
}

/** Whether it has not begun and its own event is gone or called off. */
function isLeft(activity: CalendarActivity, fate: Fate, now: Date): boolean {
  const isGone = fate.kind === 'unwanted' && (fate.reason === 'event_deleted' || fate.reason === 'event_cancelled');
  return isGone && isLiving(activity) && !activity.isDetached && !isBegun(activity, now);
}

function sameAs({ start, finish, name }: Pick<EventVerdict, 'start' | 'finish' | 'name'>): string {
  return JSON.stringify([start, finish, name]);
}

const BEGUN = 0;

/** Who of several twins keeps the place: the lowest. */
function firmness(activity: CalendarActivity | null, now: Date): number {
  if (activity === null) return 3;
  if (activity.isDetached || (activity.status === 'cancelled' && activity.isTouched)) return 2;
  if (activity.status === 'cancelled') return 3;
  return isBegun(activity, now) ? BEGUN : 1;
}

function changeOf({ activity, fate }: Fated, now: Date): CalendarChange | null {
  if (activity === null) return fate.kind === 'wanted' ? create(fate.verdict, null) : null;
  if (activity.isDetached) return null;
  if (activity.status === 'cancelled') {
    return fate.kind === 'wanted' && !activity.isTouched ? create(fate.verdict, activity.id) : null;
  }
  if (isBegun(activity, now)) return null;
  if (fate.kind === 'unwanted') return cancel(activity, fate.reason, fate.why);
  if (fate.kind === 'unknown') return null;
  const { verdict } = fate;
  const differing = differences(activity, verdict);
  if (differing.length === 0) return null;
  return { kind: 'activity_update', activity, verdict, why: `the event has another ${differing.join(', ')}` };
}

function create(verdict: EventVerdict, revives: string | null): CalendarChange {
  const why = revives === null ? 'the event counts as an activity' : 'the event counts as an activity again';
  return { kind: 'activity_create', verdict, revives, why };
}

function cancel(activity: CalendarActivity, reason: CalendarCancelReason, why: string): CalendarChange {
  return { kind: 'activity_cancel', activity, reason, why };
}

/** What the event has otherwise, in words. Its names at Graph count too, so that it is found again by them. */
function differences(activity: CalendarActivity, verdict: EventVerdict): string[] {
  const { event, name, destination, start, finish } = verdict;
  const checks: readonly (readonly [string, boolean])[] = [
    ['name', activity.name !== name],
    ['start', activity.start.getTime() !== start.getTime()],
    ['finish', activity.finish.getTime() !== finish.getTime()],
    ['location', activity.destination !== destination],
    ['id', activity.eventId !== event.id || activity.key !== event.key],
  ];
  return checks.filter(([, differs]) => differs).map(([what]) => what);
}

/** Nobody is told of an activity that is over, unless its event is still to come: that one has no activity then. */
function startedWarning({ activity, fate }: Fated, now: Date): CalendarProblem | null {
  if (activity === null || activity.isDetached || fate.kind === 'unknown') return null;
  if (!isBegun(activity, now)) return null;
  const isToCome = fate.kind === 'wanted' && fate.verdict.start > now;
  if (isOver(activity, now) && !isToCome) return null;
  if (fate.kind === 'unwanted') return startedProblem(activity, fate.why);
  const differing = differences(activity, fate.verdict).filter((what) => what !== 'id');
  return differing.length === 0 ? null : startedProblem(activity, `the event has another ${differing.join(', ')}`);
}

/** What the person has before them once the changes are made. */
function planAfter(places: readonly Fated[], changes: readonly CalendarChange[], now: Date): Planned[] {
  const ended = new Set(changes.map((change) => (change.kind === 'activity_create' ? null : change.activity)));
  const stays = places.flatMap(({ activity }) => {
    const isThere = activity !== null && isLiving(activity) && !activity.isDetached && !ended.has(activity);
    return isThere ? [activity] : [];
  });
  const given = changes.flatMap((change) => {
    if (change.kind === 'activity_cancel') return [];
    const { event, ...verdict } = change.verdict;
    return [{ ...verdict, key: event.key }];
  });
  return [...stays, ...given].filter(({ finish }) => finish > now);
}
