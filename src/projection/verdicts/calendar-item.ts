import type { CalendarChange } from '../calendar/types.js';

/** One line of a plan about an activity. */
export interface ActivityItem {
  /** Object id. */
  readonly person: string;
  readonly kind: CalendarChange['kind'];
  readonly activity: string;
  /** What the activity is made of, or its status. */
  readonly before: Facts | string | null;
  readonly after: Facts | string;
  readonly why: string;
}

type Facts = Readonly<Record<'name' | 'start' | 'finish', string>> & { readonly destination: string | null } & {
  /** Of what is to be made: nothing else changes it. */
  readonly type?: string;
};

/**
 * A change of a calendar as a line of a plan. What is to be made has no id yet: the key of its event stands for it.
 * @param activityType  of what would be made now; null: not told
 */
export function calendarItem(person: string, change: CalendarChange, activityType: string | null): ActivityItem {
  const { kind, why } = change;
  switch (kind) {
    case 'activity_create':
      return {
        person,
        kind,
        activity: change.revives ?? change.verdict.event.key,
        before: null,
        after: { ...factsOf(change.verdict), ...(activityType !== null && { type: activityType }) },
        why,
      };
    case 'activity_update':
      return {
        person,
        kind,
        activity: change.activity.id,
        before: factsOf(change.activity),
        after: factsOf(change.verdict),
        why,
      };
    case 'activity_cancel':
      return { person, kind, activity: change.activity.id, before: change.activity.status, after: 'cancelled', why };
  }
}

function factsOf({
  name,
  destination,
  start,
  finish,
}: {
  name: string;
  destination: string | null;
  start: Date;
  finish: Date;
}) {
  return { name, destination, start: start.toISOString(), finish: finish.toISOString() };
}
