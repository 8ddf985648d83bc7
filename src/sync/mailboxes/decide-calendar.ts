import type { CalendarRow } from '../../mirror/calendars-store.js';
import { DEFAULT_CALENDAR_RULE } from '../../projection/calendar/default-calendar-rule.js';
import { type ReadInput, verdictsOf } from '../../projection/calendar/places.js';
import { calendarOff, projectCalendar } from '../../projection/calendar/project-calendar.js';
import type { CalendarChange, CalendarProblem, CalendarRule, EventVerdict } from '../../projection/calendar/types.js';
import { asCalendarActivity } from '../../records/activities/calendar-activities.js';
import type { IntegrationRow, OrganisationRow } from '../../tenancy/types.js';
import { type CalendarScope, calendarScope, endsActivities, isAway } from './calendar-scope.js';
import type { LoadedCalendar } from './load-calendar.js';
import type { CalendarRead } from './read-calendar.js';

export interface Decided {
  readonly scope: CalendarScope;
  readonly verdicts: readonly EventVerdict[];
  readonly changes: readonly CalendarChange[];
  readonly problems: readonly CalendarProblem[];
  /** What the mirror keeps; null: no row, `undefined`: as it is. */
  readonly row: Pick<CalendarRow, 'state' | 'problem' | 'events' | 'window' | 'verifiedAt'> | null | undefined;
}

/** Why what is planned ends although no administrator switched calendars off. */
const OUT_OF_SCOPE = {
  out: 'The person is in no mapped group any more, so that the calendar is not followed.',
  not_a_person: 'The mailbox is a room, equipment or shared: nobody works alone by it.',
} as const;
const NOTHING = { verdicts: [], changes: [], problems: [] } as const;

/** What one calendar means: for an apply, a run and a preview alike. */
export function decideCalendar(
  loaded: LoadedCalendar,
  { read, now }: { read: CalendarRead | null; now: Date },
): Decided {
  const { integration, user, row, activities } = loaded;
  const scope = calendarScope(integration, { user, row });
  if (endsActivities(scope)) {
    const known = [...activities.values()].map(asCalendarActivity);
    if (scope === 'off') return { ...NOTHING, scope, changes: calendarOff(known, now), row: null };
    const why = OUT_OF_SCOPE[scope];
    const changes = calendarOff(known, now, { reason: 'out_of_scope', why });
    return { ...NOTHING, scope, changes, row: scope === 'out' ? null : unreadable(scope, why) };
  }
  if (scope === 'waits' && isAway(row, now))
    return { ...NOTHING, scope, row: unreadable('no_mailbox', 'The account is deleted in Entra.') };
  if (scope === 'waits' || read === null || read.status === 'failed') return { ...NOTHING, scope, row: undefined };
  if (read.status === 'no_mailbox')
    return { ...NOTHING, scope, row: unreadable('no_mailbox', 'There is no Exchange Online mailbox.') };
  if (read.status === 'blocked') return { ...NOTHING, scope, row: unreadable('blocked', read.failure.message) };
  return decideRead(loaded, { read, now });
}

type Ok = { readonly read: Extract<CalendarRead, { status: 'ok' }>; readonly now: Date };

/** What the rules make of each event that was read, whatever activities there are. */
export function verdictsOn(loaded: LoadedCalendar, { read, now }: Ok): EventVerdict[] {
  return verdictsOf(inputOf(loaded, { read, now }));
}

function decideRead(loaded: LoadedCalendar, { read, now }: Ok): Decided {
  const { verdicts, changes, problems } = projectCalendar(inputOf(loaded, { read, now }));
  const { events, window, at } = read;
  const row = { state: 'ok', problem: null, events, window, verifiedAt: at } as const;
  return { scope: 'in', verdicts, changes, problems: [...problems, ...read.unreadable], row };
}

function inputOf({ integration, user, organisation, activities }: LoadedCalendar, { read, now }: Ok): ReadInput {
  const { events, window, readById } = read;
  return {
    ...{ events, readById, window, now, zone: user?.timeZone ?? organisation?.zone ?? 'UTC' },
    activities: [...activities.values()].map(asCalendarActivity),
    rule: ruleOf(integration, organisation),
    hasActivityType: organisation?.calendarActivities?.type !== null,
  };
}

/** The rule of the person's organisation where it has one, else the enterprise's (domain 2.9). */
function ruleOf({ inEffect }: IntegrationRow, organisation: OrganisationRow | null): CalendarRule {
  const settings = inEffect?.settings;
  const own = organisation && settings?.calendarRules?.[organisation._id];
  return own ?? settings?.calendarRule ?? DEFAULT_CALENDAR_RULE;
}

function unreadable(state: CalendarRow['state'], problem: string): Decided['row'] {
  return { state, problem, events: [], window: null, verifiedAt: null };
}
