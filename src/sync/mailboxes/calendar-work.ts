import pLimit, { type LimitFunction } from 'p-limit';
import { changeId } from '../../changes/change-document.js';
import type { ChangeRow } from '../../changes/types.js';
import { GraphFailure } from '../../graph/graph-failure.js';
import { messageOf } from '../../kernel/app-error.js';
import { HOUR_MS, SECOND_MS } from '../../kernel/clock.js';
import type { CalendarRow } from '../../mirror/calendars-store.js';
import { windowOf } from '../../projection/calendar/horizon.js';
import type { Admission } from '../admission/admission.js';
import { endsWork } from '../admission/switched-off.js';
import { createCalendarLosses, findingOf } from '../losses/calendar-losses.js';
import { createReportLoss, type ReportLossDeps } from '../losses/report-loss.js';
import { CLOSED_POLL_MS, type Gate, type OpenTo } from '../may-work.js';
import type { Owner, OwnerWork } from '../owner.js';
import type { UntilDue } from '../pacing/until-due.js';
import { subscriptionsOf } from '../people-work.js';
import { createSetAside } from '../set-aside.js';
import type { ApplyCalendarsDeps } from './apply/apply-calendars.js';
import { createCalendarWriter } from './apply/calendar-writer.js';
import { countCalendar } from './apply/count-calendar.js';
import { calendarScope } from './calendar-scope.js';
import { type LoadedCalendar, loadCalendars, loadedOf } from './load-calendar.js';
import { type CalendarRead, readCalendarOf } from './read-calendar.js';
import { cannotMatter } from './verified-events.js';

/** Losses are judged this often. */
const MOST_PAUSE_MS = 5_000;
/** Mailboxes that are read at once; so many are taken in one go, to be at hand when a reading ends. */
const AT_ONCE = 8;
const TAKEN_AT_ONCE = 16;
/** With those that were read and wait for the lane, where they are written together. */
const IN_WORK = 32;
/** A mailbox is read at once, then at most this often while notifications go on (law L16). */
export const READ_EVERY_MS = 5 * SECOND_MS;

export interface CalendarWorkDeps extends ApplyCalendarsDeps, ReportLossDeps {
  readonly gate: Gate;
  readonly untilDue: UntilDue;
  readonly admission: Admission;
  /** Graph told something through these subscriptions: they are alive. */
  heard(tenantId: string, subscriptionIds: readonly string[], at: Date): Promise<void>;
}

/** A calendar to look at: told of, asked for by a run, or due by itself. */
interface Due {
  readonly objectId: string;
  readonly change: ChangeRow | null;
}

/** What an owner's work on calendars remembers. */
interface Desk {
  /** When a mailbox was last read because Graph told of it. */
  readonly readAt: Map<string, number>;
  /** Readings under way or at hand by object id; a slow one keeps nobody else waiting. */
  readonly inWork: Map<string, Promise<unknown>>;
  readonly limit: LimitFunction;
  /** What ended a reading and has to end the work. */
  failure?: { readonly error: unknown };
}

interface Work {
  readonly due: Due;
  readonly loaded: LoadedCalendar;
  readonly openTo: OpenTo;
  readonly openRunId: string | null;
  readonly readAt: Map<string, number>;
}

/** A reading, and what was known before it. */
interface Answer {
  readonly due: Due;
  readonly runId: string | null;
  readonly exactly: boolean;
  readonly read: CalendarRead;
  readonly before: CalendarRow | null;
}

/** What remains to be done when a calendar was read. */
type Rest = () => Promise<void>;

/** Reads calendars and turns their events into activities (law L16). */
export function createCalendarWork(deps: CalendarWorkDeps): OwnerWork {
  const { changes, calendars, clock, gate } = deps;
  const setAside = createSetAside(deps);
  const writer = createCalendarWriter(deps);
  const losses = createCalendarLosses({ ...deps, lagMs: deps.times.lagMailboxMs, report: createReportLoss(deps) });
  return {
    name: 'calendars',
    run: async (owner) => {
      const desk: Desk = {
        readAt: new Map(),
        inWork: new Map(),
        limit: pLimit({ concurrency: AT_ONCE, rejectOnClear: true }),
      };
      try {
        while (!owner.signal.aborted) {
          const openTo = await gate.openTo(owner);
          const worked = openTo === null ? 0 : await turn(owner, { openTo, desk });
          if (openTo === null) await clock.sleep(CLOSED_POLL_MS, owner.signal);
          else if (worked === 0) await deps.untilDue.calendars(owner.tenantId, owner.signal, MOST_PAUSE_MS);
          while (desk.inWork.size >= IN_WORK && !desk.failure) await Promise.race(desk.inWork.values());
          if (desk.failure) throw desk.failure.error;
        }
      } finally {
        desk.limit.clearQueue();
        await Promise.all(desk.inWork.values());
      }
    },
  };

  async function turn(owner: Owner, { openTo, desk }: { openTo: OpenTo; desk: Desk }): Promise<number> {
    const { tenantId } = owner;
    const { readAt, inWork } = desk;
    const { exactly, runId } = openTo;
    await losses.judge(tenantId);
    const busy = new Set([...inWork.keys()].map((objectId) => changeId({ tenantId, kind: 'events', objectId })));
    // Of a run that applies a plan exactly only what it noted: everything else is not in the plan (law L11).
    const ofRun = exactly && runId !== null ? { runId } : {};
    const wanted = { tenantId, limit: TAKEN_AT_ONCE, now: clock.now(), busy, kinds: ['events'] as const, ...ofRun };
    const told = await changes.takeDue(wanted);
    await deps.heard(tenantId, subscriptionsOf(told), clock.now());
    // A run reads every calendar once, whatever Graph tells meanwhile.
    const mustWait = ({ objectId, runId: of }: ChangeRow) => of === null && isTooSoon(readAt, objectId);
    const free = told.filter(({ objectId }) => !inWork.has(objectId));
    const now = free.filter((change) => !mustWait(change));
    const later = free.filter(mustWait);
    await changes.defer(
      later.map(({ _id: id, mark, objectId }) => ({
        id,
        mark,
        dueAt: new Date((readAt.get(objectId) ?? 0) + READ_EVERY_MS),
      })),
    );
    const byThemselves = told.length > 0 || exactly ? [] : await dueByThemselves(owner, inWork);
    const due: Due[] = [
      ...now.map((change) => ({ objectId: change.objectId, change })),
      ...byThemselves.map((objectId) => ({ objectId, change: null })),
    ];
    const openRunId = now.some(({ runId: of }) => of !== null) ? await gate.openRunNow(owner) : null;
    const objectIds = due.map(({ objectId }) => objectId);
    const all = due.length === 0 ? new Map() : await loadCalendars(deps, { owner, objectIds, now: clock.now() });
    for (const each of due) {
      const loaded = loadedOf(all, each.objectId);
      begin(owner, { due: each, loaded, openTo, openRunId, readAt }, desk);
    }
    forgetOld(readAt);
    return later.length + due.length;
  }

  async function dueByThemselves({ tenantId }: Owner, inWork: Desk['inWork']): Promise<string[]> {
    const due = await calendars.due(tenantId, clock.now(), TAKEN_AT_ONCE + inWork.size);
    return due.filter((objectId) => !inWork.has(objectId)).slice(0, TAKEN_AT_ONCE);
  }

  /** Reads it as soon as there is room; what comes of it is told at the desk, so that nobody has to wait for it. */
  function begin(owner: Owner, work: Work, desk: Desk): void {
    const { inWork, limit } = desk;
    const { due } = work;
    const reading = limit(() => withoutPoison(owner, work, () => read(owner, work)))
      .then((rest) => rest && withoutPoison(owner, work, rest))
      .catch((error: unknown) => {
        desk.failure ??= { error };
      })
      .finally(() => inWork.delete(due.objectId));
    inWork.set(due.objectId, reading);
  }

  function isTooSoon(readAt: Map<string, number>, objectId: string): boolean {
    return clock.nowMs() - (readAt.get(objectId) ?? Number.NEGATIVE_INFINITY) < READ_EVERY_MS;
  }

  function forgetOld(readAt: Map<string, number>): void {
    for (const objectId of readAt.keys()) if (!isTooSoon(readAt, objectId)) readAt.delete(objectId);
  }

  /** A calendar that our own code cannot handle is set aside with the reason and keeps nobody else waiting. */
  async function withoutPoison<T>(owner: Owner, { due }: Work, step: () => Promise<T>): Promise<T | null> {
    try {
      return await step();
    } catch (error) {
      if (endsWork(owner, error)) throw error;
      await failed(owner, due, { code: 'internal', message: messageOf(error) });
      return null;
    }
  }

  async function read(owner: Owner, { due, loaded, openTo, openRunId, readAt }: Work): Promise<Rest> {
    const { objectId, change } = due;
    const runId = change?.runId ?? openTo.runId;
    // What of a plan is applied is asked where the run is under way, not of what was left over from one.
    const exactly = change !== null && change.runId !== null && change.runId === openRunId;
    const { integration } = loaded;
    const settings = integration.inEffect?.settings;
    if (!settings || calendarScope(integration, loaded) !== 'in') {
      return async () => void (await writer.apply(owner, { objectId, read: null, change, runId, exactly }));
    }
    const at = clock.now();
    const window = windowOf({ frequency: settings.frequency, zone: settings.zone, now: at });
    if (change && cannotMatter(change, loaded, { window, at })) return () => endUnread(owner, change);
    if (change?.via === 'notification') readAt.set(objectId, at.getTime());
    const priority = change?.via === 'notification' ? 'notification' : 'run';
    const answer = await readCalendarOf(owner, { objectId, activities: loaded.activities, window, priority, at });
    return () => answered(owner, { due, runId, exactly, read: answer, before: loaded.calendar });
  }

  /** What the notification itself carried settles it. */
  async function endUnread(owner: Owner, { _id: id, mark, traceId, objectId }: ChangeRow): Promise<void> {
    await calendars.toldUnread(owner.tenantId, objectId);
    await deps.apply.close(owner, [{ id, mark, outcome: 'unchanged' }]);
    deps.log.info({ event: 'calendar.unread', tenantId: owner.tenantId, traceId });
  }

  async function answered(owner: Owner, { due, runId, exactly, read, before }: Answer): Promise<void> {
    const { objectId, change } = due;
    if (read.status === 'failed') return failed(owner, due, read.failure);
    // An event that could not be read by its id leaves the change open: what it means is not known yet.
    const incomplete = read.status === 'ok' ? read.incomplete : null;
    const counts = await writer.apply(owner, {
      objectId,
      read,
      change: incomplete ? null : change,
      runId,
      exactly,
    });
    if (incomplete) await failed(owner, due, incomplete);
    const { tenantId } = owner;
    const finding = findingOf({ before, change, read }, deps.times.lagMailboxMs);
    if (finding) losses.found(tenantId, finding);
    deps.log.info({
      event: 'calendar.read',
      tenantId,
      status: read.status,
      ...counts,
      traceId: change?.traceId ?? null,
    });
  }

  /** An error keeps everything as it is (E59): the calendar is read again, later each time. */
  async function failed(
    { tenantId }: Owner,
    { objectId, change }: Due,
    reason: GraphFailure | { readonly code: string; readonly message: string },
  ): Promise<void> {
    if (change?.runId && change.attempts === 0) await countCalendar.addFailed(deps.store, change.runId);
    if (change === null) await calendars.postpone(tenantId, objectId, new Date(clock.nowMs() + HOUR_MS));
    else if (reason instanceof GraphFailure) await setAside.afterFailure(change, reason);
    else await setAside.park(change, reason);
  }
}
