import pLimit from 'p-limit';
import type { Clock } from '../../kernel/clock.js';
import { chunksOf } from '../../kernel/lists.js';
import type { Calendars } from '../../mirror/calendars-store.js';
import type { People } from '../../mirror/people-store.js';
import { sortByDecision } from '../../projection/verdicts/activity-decision.js';
import { calendarItem } from '../../projection/verdicts/calendar-item.js';
import type { Store } from '../../store/connect.js';
import { runFailureOf } from '../../sync/admission/run-failure.js';
import { judgeCancellations } from '../../sync/mailboxes/guard/judge-cancellations.js';
import { loadCalendars, loadedOf, type PlannedPerson } from '../../sync/mailboxes/load-calendar.js';
import { type LookRequest, lookAtCalendar } from '../../sync/mailboxes/look-at-calendar.js';
import type { Owner } from '../../sync/owner.js';
import type { IntegrationSettings } from '../../tenancy/types.js';
import type { RunItemRow } from '../types.js';

/** Calendars read at once. */
const AT_ONCE = 8;
/** What is known of so many is loaded together, and the next ones while these are read. */
const LOADED_TOGETHER = 100;
const LOADED_AHEAD = 2;

export interface PlanCalendarsDeps {
  readonly store: Store;
  readonly people: People;
  readonly calendars: Calendars;
  readonly clock: Clock;
}

type CalendarItem = Omit<RunItemRow, '_id' | 'runId' | 'position'>;

export interface CalendarPlan {
  readonly items: readonly CalendarItem[];
  readonly held: number;
  readonly failed: number;
  readonly counts: {
    readonly calendars: number;
    readonly activitiesCreated: number;
    readonly activitiesUpdated: number;
    readonly activitiesSkipped: number;
  };
  readonly cancelled: number;
}

interface PlanRequest {
  readonly objectIds: Iterable<string>;
  /** Those of them who would come in or come back, as they would be then. */
  readonly comers: ReadonlyMap<string, PlannedPerson>;
  readonly revision: number;
  readonly settings: IntegrationSettings;
}

/** What every calendar would come to with these settings, by the way of each of them but the last step; only read. */
export async function planCalendars(
  deps: PlanCalendarsDeps,
  owner: Owner,
  { objectIds, comers, revision, settings }: PlanRequest,
): Promise<CalendarPlan> {
  const [loading, reading] = [pLimit(LOADED_AHEAD), pLimit(AT_ONCE)];
  const inEffect = { revision, settings };
  const planSome = async (chunk: string[]) => {
    const loaded = await loadCalendars(deps, { owner, objectIds: chunk, planned: comers });
    const one = (objectId: string) => planOne(deps, owner, { objectId, inEffect, known: loadedOf(loaded, objectId) });
    return Promise.all(chunk.map((objectId) => reading(() => one(objectId))));
  };
  const chunks = [...chunksOf(objectIds, LOADED_TOGETHER)];
  const plans = (await Promise.all(chunks.map((chunk) => loading(() => planSome(chunk))))).flat();
  const items = plans.flatMap((plan) => plan.items);
  const count = (kind: CalendarItem['kind']) => items.filter((item) => item.kind === kind).length;
  return {
    items,
    held: plans.reduce((sum, { held }) => sum + held, 0),
    failed: plans.filter(({ failed }) => failed).length,
    counts: {
      calendars: plans.filter(({ isRead }) => isRead).length,
      activitiesCreated: count('activity_create'),
      activitiesUpdated: count('activity_update'),
      activitiesSkipped: plans.reduce((sum, { skipped }) => sum + skipped, 0),
    },
    cancelled: count('activity_cancel'),
  };
}

interface OnePlan {
  readonly items: readonly CalendarItem[];
  readonly held: number;
  readonly skipped: number;
  readonly isRead: boolean;
  readonly failed: boolean;
}

async function planOne(
  deps: PlanCalendarsDeps,
  owner: Owner,
  what: Pick<LookRequest, 'objectId' | 'known'> & { inEffect: { revision: number; settings: IntegrationSettings } },
): Promise<OnePlan> {
  const { objectId, inEffect, known } = what;
  const now = deps.clock.now();
  const { read, decided } = await lookAtCalendar(owner, { ...what, now, priority: 'run' });
  if (read?.status === 'failed') {
    const { code, message } = runFailureOf(read.failure);
    const why = `The calendar could not be read, so that nothing is planned for it. ${message}`;
    const item = { person: objectId, kind: 'problem', severity: 'error', before: null, after: code, why } as const;
    return { items: [item], held: 0, skipped: 0, isRead: false, failed: true };
  }
  const sorted = sortByDecision(decided.changes, known.decisions);
  const { enterpriseId } = owner;
  const { removalBrakePercent: brakePercent } = inEffect.settings;
  const judged = await judgeCancellations(deps.store, { enterpriseId, objectId, decided: sorted, brakePercent, now });
  const held = judged.held.map((change) => {
    const item = calendarItem(objectId, change);
    return { ...item, kind: 'problem' as const, after: 'held', why: `It would be held (activity_cancel): ${item.why}` };
  });
  return {
    items: [...judged.accepted.map((change) => calendarItem(objectId, change)), ...held],
    held: judged.held.length,
    skipped: decided.verdicts.filter(({ reasons }) => reasons.length > 0).length,
    isRead: read?.status === 'ok',
    failed: false,
  };
}
