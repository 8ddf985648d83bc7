import type { CalendarProblem, EventReason } from '../../projection/calendar/types.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import type { Owner } from '../owner.js';
import type { CalendarScope } from './calendar-scope.js';
import { type LoadCalendarDeps, loadCalendars, loadedOf } from './load-calendar.js';
import { lookAtCalendar } from './look-at-calendar.js';

export interface CalendarPreview {
  readonly scope: CalendarScope;
  /** Why the calendar cannot be read, in words; null where it was. */
  readonly problem: string | null;
  readonly events: readonly {
    readonly id: string;
    readonly activity: boolean;
    readonly start: Date;
    readonly finish: Date;
    readonly name: string;
    readonly reasons: readonly EventReason[];
  }[];
  /** What follows from the calendar, before decisions and the guard. */
  readonly changes: readonly {
    readonly kind: string;
    readonly activity: string | null;
    readonly name: string;
    readonly start: Date;
    readonly why: string;
  }[];
  readonly problems: readonly CalendarProblem[];
}

/** Reads a person's calendar and says what would become of it, by the way of every change but the last step of it. */
export async function previewCalendar(
  deps: LoadCalendarDeps,
  of: Pick<Owner, 'enterpriseId' | 'tenantId' | 'graph' | 'signal'>,
  { objectId, now, inEffect }: { objectId: string; now: Date; inEffect?: IntegrationRow['inEffect'] },
): Promise<CalendarPreview> {
  const instead = inEffect ? { inEffect } : {};
  const known = loadedOf(await loadCalendars(deps, { owner: of, objectIds: [objectId], now }), objectId);
  const { read, decided } = await lookAtCalendar(deps, of, {
    objectId,
    known,
    now,
    priority: 'notification',
    ...instead,
  });
  const { scope, verdicts, changes, problems, row } = decided;
  const failure = read?.status === 'failed' ? read.failure.message : null;
  return {
    scope,
    problem: failure ?? row?.problem ?? null,
    events: verdicts.map(({ event, reasons, name, start, finish }) => {
      return { id: event.id, activity: reasons.length === 0, start, finish, name, reasons };
    }),
    changes: changes.map((change) => {
      const activity = change.kind === 'activity_create' ? change.revives : change.activity.id;
      const { name, start } = change.kind === 'activity_cancel' ? change.activity : change.verdict;
      return { kind: change.kind, activity, name, start, why: change.why };
    }),
    problems,
  };
}
