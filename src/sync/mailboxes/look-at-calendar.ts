import type { Priority } from '../../graph/types.js';
import { windowOf } from '../../projection/calendar/horizon.js';
import type { Store } from '../../store/connect.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import type { Owner } from '../owner.js';
import { calendarScope } from './calendar-scope.js';
import { type Decided, decideCalendar } from './decide-calendar.js';
import { withEarlierTurns } from './earlier-turns.js';
import { type LoadedCalendar, loadedOf } from './load-calendar.js';
import { type CalendarRead, readCalendarOf } from './read-calendar.js';

export interface LookedAtCalendar {
  /** null: not read, because the calendar is not followed. */
  readonly read: CalendarRead | null;
  readonly decided: Decided;
}

export interface LookRequest {
  readonly objectId: string;
  readonly known: LoadedCalendar;
  readonly now: Date;
  readonly priority: Priority;
  /** Settings to go by instead of those in effect. */
  readonly inEffect?: IntegrationRow['inEffect'];
}

/** What would become of a calendar now, by the way of every change but the last step of it: nothing is written. */
export async function lookAtCalendar(
  deps: { readonly store: Store },
  owner: Pick<Owner, 'graph' | 'signal'>,
  { objectId, known, now, priority, inEffect }: LookRequest,
): Promise<LookedAtCalendar> {
  const integration = inEffect ? { ...known.integration, inEffect } : known.integration;
  const loaded = { ...known, integration };
  const { frequency, zone } = integration.inEffect?.settings ?? integration.settings;
  const { activities } = known;
  const request = { objectId, activities, window: windowOf({ frequency, zone, now }), priority, at: now };
  const read = calendarScope(integration, known) === 'in' ? await readCalendarOf(owner, request) : null;
  const whole = await withEarlierTurns(deps, {
    loaded: new Map([[objectId, loaded]]),
    looked: [{ objectId, read }],
    now,
  });
  return { read, decided: decideCalendar(loadedOf(whole, objectId), { read, now }) };
}
