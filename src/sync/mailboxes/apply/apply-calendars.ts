import type { ClientSession } from 'mongodb';
import type { Changes } from '../../../changes/create-changes.js';
import type { ChangeRow, Outcome } from '../../../changes/types.js';
import type { Chance } from '../../../kernel/chance.js';
import { type Clock, HOUR_MS } from '../../../kernel/clock.js';
import { sameValue } from '../../../kernel/same-value.js';
import type { CalendarRow, Calendars } from '../../../mirror/calendars-store.js';
import type { People } from '../../../mirror/people-store.js';
import { rowId } from '../../../mirror/types.js';
import type { CalendarChange, CalendarProblem } from '../../../projection/calendar/types.js';
import { type DecidedChanges, sortByDecision } from '../../../projection/verdicts/activity-decision.js';
import { calendarWrites } from '../../../records/activities/calendar-activities.js';
import { aboutUser, ledgerRows } from '../../../records/ledger-rows.js';
import { calendarWarningRows } from '../../../records/problems/run-problems.js';
import type { Cause } from '../../../records/types.js';
import { chosenFor } from '../../../tenancy/calendar-activities.js';
import { requireSyncOn } from '../../admission/switched-off.js';
import type { Apply } from '../../apply.js';
import type { Owner } from '../../owner.js';
import { type Decided, decideCalendar } from '../decide-calendar.js';
import { withEarlierTurns } from '../earlier-turns.js';
import { calendarDecisionWrites, HELD } from '../guard/calendar-decisions.js';
import { isCounted, type JudgedChanges, judgeCancellations } from '../guard/judge-cancellations.js';
import { loadPlans, onlyPlanned, type Planned } from '../guard/planned-calendar.js';
import { type LoadCalendarDeps, type LoadedCalendar, loadCalendars, loadedOf } from '../load-calendar.js';
import type { CalendarRead } from '../read-calendar.js';
import { type CalendarWrites, createCalendarWrites } from './calendar-writes.js';
import { type CalendarCounts, countCalendar } from './count-calendar.js';
import { dueNext } from './due-next.js';
import { type Settling, settling } from './settling.js';

export interface ApplyCalendarsDeps extends LoadCalendarDeps {
  readonly people: Pick<People, 'load' | 'write'>;
  readonly apply: Apply;
  readonly changes: Changes;
  readonly calendars: Calendars;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly times: { readonly lagMailboxMs: number; readonly looksMs: readonly number[] };
}

export interface CalendarToApply {
  readonly objectId: string;
  /** null: nothing was read, because the person is not in scope. */
  readonly read: CalendarRead | null;
  /** The open change that the reading answers; null: it was due by itself. */
  readonly change: ChangeRow | null;
  readonly runId: string | null;
  /** That run is under way and applies a plan exactly. */
  readonly exactly?: boolean;
}

/** Decides on some calendars, each its own, and writes what follows in one transaction of the owner's (law L4). */
export async function applyCalendars(
  deps: ApplyCalendarsDeps,
  owner: Owner,
  batch: readonly CalendarToApply[],
): Promise<CalendarCounts[]> {
  return deps.apply.within(owner, async (session) => {
    const objectIds = batch.map(({ objectId }) => objectId);
    const now = deps.clock.now();
    const loaded = await loadCalendars(deps, { owner, objectIds, now }, session);
    const all = await withEarlierTurns(deps, { loaded, looked: batch, now }, session);
    const plans = await loadPlans(deps.store, batch, session);
    const writes = createCalendarWrites(deps, owner.enterpriseId, session);
    const counts: CalendarCounts[] = [];
    for (const what of batch) {
      const one = { owner, what, loaded: loadedOf(all, what.objectId), plans, writes };
      counts.push(await applyOne(deps, one, session));
    }
    await writes.flush();
    await askForSettings(deps, { batch, all, now }, session);
    return counts;
  });
}

/** Whose calendar answers has a mailbox by now: its time zone is asked for at once. */
async function askForSettings(
  { people }: ApplyCalendarsDeps,
  about: { batch: readonly CalendarToApply[]; all: ReadonlyMap<string, LoadedCalendar>; now: Date },
  session: ClientSession,
): Promise<void> {
  const answering = about.batch.flatMap(({ objectId, read }) => (read?.status === 'ok' ? [objectId] : []));
  const rows = answering.flatMap((objectId) => loadedOf(about.all, objectId).row ?? []);
  const found = rows.filter(({ state, attributes }) => state === 'present' && attributes?.hasNoMailbox === true);
  const update = { $set: { mailboxDueAt: about.now } };
  const operations = found.map(({ _id }) => ({ updateOne: { filter: { _id }, update } }));
  await people.write(operations, session);
}

interface One {
  readonly owner: Owner;
  readonly what: CalendarToApply;
  readonly loaded: LoadedCalendar;
  readonly plans: Planned;
  readonly writes: CalendarWrites;
}

async function applyOne(deps: ApplyCalendarsDeps, one: One, session: ClientSession): Promise<CalendarCounts> {
  const { owner, what, loaded, plans, writes } = one;
  const { enterpriseId } = owner;
  const { runId, objectId } = what;
  requireSyncOn(loaded.integration, owner);
  const now = deps.clock.now();
  const decided = decideCalendar(loaded, { read: what.read, now });
  const sorted = sortByDecision(decided.changes, loaded.decisions);
  const brakePercent = loaded.integration.inEffect?.settings.removalBrakePercent ?? 100;
  // The guard counts what calendars before this one lost and hold.
  if (sorted.open.some(isCounted)) await writes.flush();
  const facts = { enterpriseId, objectId, decided: sorted, brakePercent, now };
  const all = await judgeCancellations(deps.store, facts, session);
  const activityType = chosenFor(loaded.organisation).type;
  const planned = await onlyPlanned(deps.store, { of: what, judged: all, plans, activityType }, session);
  const at = what.read?.status === 'ok' ? what.read.at : now;
  const settled = settling(planned.accepted, {
    ...{ activities: loaded.activities, at },
    lagMs: deps.times.lagMailboxMs,
    isApproved: (change) => sorted.approved.includes(change),
  });
  const judged = { ...planned, accepted: settled.done };
  const problems = [...decided.problems, ...(judged.held.length > 0 ? [HELD] : [])];
  const writing = { ...one, decided, sorted, judged, settled, problems, at, now };
  const written = collect(deps, writing);
  const warnings = newWarnings(problems, loaded);
  const counts = countCalendar.of({ verdicts: decided.verdicts, judged, warnings: warnings.length }, written);
  close(writing, counts);
  if (runId !== null) {
    writes.count(runId, countCalendar.done(counts));
    const about = { enterpriseId, runId, objectId, userId: loaded.user?._id ?? null, now };
    writes.warnings.push(...calendarWarningRows(about, warnings));
  }
  return counts;
}

interface Writing extends One {
  readonly decided: Decided;
  readonly sorted: DecidedChanges;
  readonly judged: JudgedChanges;
  readonly settled: Settling;
  /** When the reading began. */
  readonly at: Date;
  /** What somebody should know of the calendar. */
  readonly problems: readonly CalendarProblem[];
  readonly now: Date;
}

/** The same again at each sync would hide the rest. */
function newWarnings(problems: readonly CalendarProblem[], { calendar }: LoadedCalendar): CalendarProblem[] {
  const nameOf = ({ code, subject }: CalendarProblem) => `${code} ${subject ?? ''}`;
  const known = new Set(calendar?.problems.map(nameOf));
  return problems.filter((problem) => !known.has(nameOf(problem)));
}

/** Answers how many writes records, ledger and mirror get; that a calendar was looked at again is no write. */
function collect(deps: ApplyCalendarsDeps, writing: Writing): number {
  const { owner, what, loaded, judged, sorted, writes, now } = writing;
  const { chance } = deps;
  const { user, organisation, activities } = loaded;
  let count = 0;
  if (user && judged.accepted.length > 0) {
    const isApproved = (change: CalendarChange) => sorted.approved.includes(change);
    const about = { user, activities, now, chosen: chosenFor(organisation), isCounted, isApproved, newId: chance.guid };
    const { operations, entries } = calendarWrites(judged.accepted, about);
    const rows = ledgerRows(entries, { ...aboutUser(user), at: now, cause: causeOf(what), newId: chance.guid });
    writes.activities.push(...operations);
    writes.ledger.push(...rows);
    count += operations.length + rows.length;
  }
  const decisions = calendarDecisionWrites({ ...writing, enterpriseId: owner.enterpriseId });
  writes.decisions.push(...decisions);
  return count + decisions.length + collectRow(deps, writing);
}

function close(writing: Writing, counts: CalendarCounts): void {
  const { what, decided, writes } = writing;
  // In scope since a moment ago, and not read: the change stays open and is taken again.
  if (!what.change || (what.read === null && decided.scope === 'in')) return;
  const { _id: id, mark, runId } = what.change;
  writes.closings.push({ id, mark, outcome: outcomeOf(writing), runId, counts });
}

function outcomeOf({ judged, decided }: Pick<Writing, 'judged' | 'decided'>): Outcome {
  if (judged.held.length > 0) return 'held';
  if (judged.accepted.length > 0) return 'applied';
  return decided.row === null ? 'outOfScope' : 'unchanged';
}

function causeOf({ change, runId }: CalendarToApply): Cause {
  const by = !change ? 'look' : change.via === 'manual' ? 'recheck' : change.via;
  return { by, traceId: change?.traceId ?? null, runId, graphRequestId: null };
}

/** The mirror's row as it is from now on; answers whether what it says is something new. */
function collectRow(
  deps: ApplyCalendarsDeps,
  { owner, what, loaded, decided, judged, settled, problems, writes, at, now }: Writing,
): number {
  const { tenantId } = owner;
  const _id = rowId(tenantId, what.objectId);
  const before = loaded.calendar;
  if (decided.row === undefined) {
    // Who waits is told of; until then the calendar must not be the first that is due each time.
    const later = { $set: { dueAt: new Date(now.getTime() + HOUR_MS) } };
    if (before && before.dueAt <= now) writes.rows.push({ updateOne: { filter: { _id }, update: later } });
    return 0;
  }
  if (decided.row === null) {
    if (before) writes.rows.push({ deleteOne: { filter: { _id } } });
    return before ? 1 : 0;
  }
  const { row } = decided;
  const differs = !before || before.state !== row.state || !sameValue(before.events, row.events);
  if (!sameValue(before?.problems ?? [], problems)) writes.problemsChanged();
  // What could not be asked for by its id is asked for again, and until then nothing is verified.
  const isPartial = what.read?.status === 'ok' && what.read.incomplete !== null;
  const changed = differs || judged.accepted.length > 0;
  const notified = what.change?.via === 'notification';
  const due = dueNext(deps, { before, state: row.state, notified, changed, isPartial, settled, at, now });
  const replacement: CalendarRow = {
    ...{ _id, tenantId, objectId: what.objectId, ...row, ...due },
    problems,
    notifiedAt: what.change?.notifiedAt ?? before?.notifiedAt ?? null,
    verifiedAt: isPartial
      ? (before?.verifiedAt ?? null)
      : row.verifiedAt && new Date(row.verifiedAt.getTime() - deps.times.lagMailboxMs),
  };
  writes.rows.push({ replaceOne: { filter: { _id }, replacement, upsert: true } });
  return differs ? 1 : 0;
}
