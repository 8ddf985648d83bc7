import { windowOf } from '../../projection/calendar/horizon.js';
import type { CalendarProblem, EventReason } from '../../projection/calendar/types.js';
import type { Owner } from '../owner.js';
import { type CalendarScope, calendarScope } from './calendar-scope.js';
import { decideCalendar } from './decide-calendar.js';
import { loadCalendar } from './load-calendar.js';
import { readCalendarOf } from './read-calendar.js';

type PreviewDeps = Parameters<typeof loadCalendar>[0];

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
  /** What would be written now. */
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
  deps: PreviewDeps,
  of: Pick<Owner, 'enterpriseId' | 'tenantId' | 'graph' | 'signal'>,
  { objectId, now }: { objectId: string; now: Date },
): Promise<CalendarPreview> {
  const loaded = await loadCalendar(deps, { owner: of, objectId });
  const { user, integration } = loaded;
  const settings = integration.inEffect?.settings ?? integration.settings;
  const scope = calendarScope(integration, loaded);
  const window = windowOf({ frequency: settings.frequency, zone: settings.zone, now });
  const request = { objectId, userId: user?._id ?? '', window, priority: 'notification', at: now } as const;
  const ticket = { epoch: 0, number: 0 };
  const read = user && scope === 'in' ? await readCalendarOf(deps, of, { ticket, request }) : null;
  const { verdicts, changes, problems, row } = decideCalendar(loaded, { read, now });
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
