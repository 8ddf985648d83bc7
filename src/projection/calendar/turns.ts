import { groupBy } from '../../kernel/lists.js';
import type { CalendarActivity, EventVerdict } from './types.js';

/** Between the key of an event and the number of a later turn of it; no key of an event has it (L16). */
const LATER = '||';

/** A calendar's activities and what the rules make of its events, so that each event meets its latest turn only. */
export interface Turns {
  readonly activities: readonly CalendarActivity[];
  readonly verdicts: readonly EventVerdict[];
}

/**
 * An event has an activity at a time, but more than one after another: whoever moves it on once its activity is over
 * plans something new. What is over stays as it is (E47), and the event has its next turn under a key of its own.
 */
export function inTurns(activities: readonly CalendarActivity[], verdicts: readonly EventVerdict[], now: Date): Turns {
  const latest = [...groupBy(activities, ({ key }) => eventKeyOf(key)).values()].flatMap(withoutEarlier);
  const byKey = groupBy(latest, ({ key }) => eventKeyOf(key));
  const left = new Set<CalendarActivity>();
  const turned = verdicts.map((verdict) => {
    const { event } = verdict;
    const last = byKey.get(event.key)?.[0];
    if (last === undefined) return verdict;
    const movesOn = isOver(last, now) && !last.isDetached && verdict.start > now && verdict.start >= last.finish;
    if (movesOn) left.add(last);
    const key = movesOn ? laterKey(event.key, [last.key]) : last.key;
    return { ...verdict, event: { ...event, key } };
  });
  return { activities: latest.filter((activity) => !left.has(activity)), verdicts: turned };
}

/** Whether nobody has to look for anybody because of it any more: finished, or past its time without a start. */
export function isOver({ status, isTouched, finish }: CalendarActivity, now: Date): boolean {
  if (status === 'cancelled') return false;
  return status === 'finished' || (status !== 'active' && !isTouched && finish <= now);
}

/** The key of the event that an activity came from. */
export function eventKeyOf(key: string): string {
  return key.split(LATER)[0] ?? key;
}

/** The key of one more activity of an event that has these: its latest turn. */
export function laterKey(key: string, known: readonly string[]): string {
  const eventKey = eventKeyOf(key);
  const turns = known.filter((each) => eventKeyOf(each) === eventKey).map(turnOf);
  return `${eventKey}${LATER}${Math.max(...turns) + 1}`;
}

/** Between which texts the keys of all later turns of an event lie. */
export function laterKeys(key: string): { readonly from: string; readonly below: string } {
  return { from: `${key}${LATER}`, below: `${key}${LATER.slice(0, -1)}}` };
}

function withoutEarlier(ofEvent: readonly CalendarActivity[]): CalendarActivity[] {
  const last = Math.max(...ofEvent.map(({ key }) => turnOf(key)));
  return ofEvent.filter(({ key }) => turnOf(key) === last);
}

function turnOf(key: string): number {
  const [, number = '1'] = key.split(LATER);
  return Number(number);
}
