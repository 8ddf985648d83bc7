import pLimit from 'p-limit';
import type { GraphFailure } from '../../graph/graph-failure.js';
import type { Clock } from '../../kernel/clock.js';
import { chunksOf } from '../../kernel/lists.js';
import type { Calendars } from '../../mirror/calendars-store.js';
import type { People } from '../../mirror/people-store.js';
import { type DecidedChanges, keyOf, sortByDecision } from '../../projection/verdicts/activity-decision.js';
import { calendarItem } from '../../projection/verdicts/calendar-item.js';
import type { Store } from '../../store/connect.js';
import { runFailureOf } from '../../sync/admission/run-failure.js';
import {
  type Cancellation,
  isCounted,
  judgeCancellations,
  meetingOf,
} from '../../sync/mailboxes/guard/judge-cancellations.js';
import { loadCalendars, loadedOf, type PlannedPerson } from '../../sync/mailboxes/load-calendar.js';
import { type LookRequest, lookAtCalendar } from '../../sync/mailboxes/look-at-calendar.js';
import type { Owner } from '../../sync/owner.js';
import { chosenFor } from '../../tenancy/calendar-activities.js';
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
  const lookAtSome = async (chunk: string[]) => {
    const loaded = await loadCalendars(deps, { owner, objectIds: chunk, now: deps.clock.now(), planned: comers });
    const one = (objectId: string) => lookAtOne(deps, owner, { objectId, inEffect, known: loadedOf(loaded, objectId) });
    return Promise.all(chunk.map((objectId) => reading(() => one(objectId))));
  };
  const chunks = [...chunksOf(objectIds, LOADED_TOGETHER)];
  const looked = (await Promise.all(chunks.map((chunk) => loading(() => lookAtSome(chunk))))).flat();
  const plans = await judgeInTurn(deps, owner, { looked, brakePercent: settings.removalBrakePercent });
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

/** What is kept of a calendar until it is its turn to be judged. */
interface Looked {
  readonly objectId: string;
  readonly failure: GraphFailure | null;
  readonly changes: DecidedChanges;
  readonly activityType: string | null;
  readonly skipped: number;
  readonly isRead: boolean;
}

async function lookAtOne(
  deps: Pick<PlanCalendarsDeps, 'store' | 'clock'>,
  owner: Owner,
  what: Pick<LookRequest, 'objectId' | 'known'> & { inEffect: { revision: number; settings: IntegrationSettings } },
): Promise<Looked> {
  const { read, decided } = await lookAtCalendar(deps, owner, { ...what, now: deps.clock.now(), priority: 'run' });
  return {
    objectId: what.objectId,
    failure: read?.status === 'failed' ? read.failure : null,
    changes: sortByDecision(decided.changes, what.known.decisions),
    activityType: chosenFor(what.known.organisation).type,
    skipped: decided.verdicts.filter(({ reasons }) => reasons.length > 0).length,
    isRead: read?.status === 'ok',
  };
}

/** As a run does it: the guard counts what calendars before this one lost and would have held (law L12). */
async function judgeInTurn(
  { store, clock }: Pick<PlanCalendarsDeps, 'store' | 'clock'>,
  { enterpriseId }: Pick<Owner, 'enterpriseId'>,
  { looked, brakePercent }: { looked: readonly Looked[]; brakePercent: number },
): Promise<OnePlan[]> {
  const planned = new Set<string>();
  const plans: OnePlan[] = [];
  for (const { objectId, failure, changes, activityType, skipped, isRead } of looked) {
    if (failure) {
      plans.push({ items: [failedItem(objectId, failure)], held: 0, skipped: 0, isRead: false, failed: true });
      continue;
    }
    const request = { enterpriseId, objectId, decided: changes, brakePercent, now: clock.now(), planned };
    const judged = await judgeCancellations(store, request);
    for (const change of changes.open) if (isCounted(change)) planned.add(meetingOf(keyOf(change)));
    const items = [
      ...judged.accepted.map((change) => calendarItem(objectId, change, activityType)),
      ...judged.held.map((change) => heldItem(objectId, change)),
    ];
    plans.push({ items, held: judged.held.length, skipped, isRead, failed: false });
  }
  return plans;
}

function failedItem(person: string, failure: GraphFailure): CalendarItem {
  const { code, message } = runFailureOf(failure);
  const why = `The calendar could not be read, so that nothing is planned for it. ${message}`;
  return { person, kind: 'problem', severity: 'error', before: null, after: code, why };
}

function heldItem(person: string, change: Cancellation): CalendarItem {
  const item = calendarItem(person, change, null);
  return { ...item, kind: 'problem', after: 'held', why: `It would be held (activity_cancel): ${item.why}` };
}
