import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import type { ChangeRow, Closing, Deferral, Note } from '../../changes/types.js';
import type { Chance } from '../../kernel/chance.js';
import { sameValue } from '../../kernel/same-value.js';
import { sameContent } from '../../mirror/next-row.js';
import type { People } from '../../mirror/people-store.js';
import type { PersonRow } from '../../mirror/types.js';
import { cancelForLeaver, writeActivities } from '../../records/activities/leavers.js';
import type { ActivityRow } from '../../records/activities/types.js';
import { activityLedger, ledgerEntries } from '../../records/apply-changes.js';
import { writeOutbox } from '../../records/outbox/outbox.js';
import type { WrittenPerson } from '../../records/outbox/outbox-rows.js';
import { endedStates, waitersFor } from '../../records/people/waiters.js';
import { problemWrites } from '../../records/problems/problems.js';
import { searchable } from '../../records/search/search-words.js';
import {
  type Cause,
  DECISIONS,
  type DecisionRow,
  LEDGER,
  type LedgerRow,
  PROBLEMS,
  type ProblemRow,
  USERS,
  type UserRow,
} from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { type LiveCounter, raiseLive } from '../../store/live.js';
import { notesForCalendars } from '../mailboxes/calendar-notes.js';
import { awaitsRun } from './evidence/groups-in-effect.js';
import { decisionWrites } from './guard/decision-writes.js';
import type { Scope } from './load-inputs.js';
import { type PersonPlan, userAfter } from './person-plan.js';
import type { BatchPlan } from './plan-people.js';

export interface WriteDeps {
  readonly store: Store;
  readonly people: People;
  readonly changes: Changes;
  readonly chance: Chance;
}

export interface WriteRequest {
  readonly scope: Scope;
  readonly plan: BatchPlan;
  /** Open changes that this batch answers, by object id. */
  readonly changes: ReadonlyMap<string, ChangeRow>;
  readonly runId: string | null;
  /** That run is under way. */
  readonly ofOpenRun: boolean;
  readonly now: Date;
  readonly problemDelayMs: number;
  causeOf(objectId: string): Cause;
}

/** Everything that one batch writes, collected before the first write. */
interface Writes {
  readonly users: AnyBulkWriteOperation<UserRow>[];
  /** Users whose address moves: theirs is taken off first, so that swaps and chains pass the unique index. */
  readonly movers: string[];
  /** What others may wait for and this batch ends, such as `email:KEY` (law L6). */
  readonly endedStates: string[];
  readonly activities: AnyBulkWriteOperation<ActivityRow>[];
  /** Records as they are from now on, for the messages that follow from them. */
  readonly written: WrittenPerson[];
  readonly rows: AnyBulkWriteOperation<PersonRow>[];
  readonly problems: AnyBulkWriteOperation<ProblemRow>[];
  readonly decisions: AnyBulkWriteOperation<DecisionRow>[];
  readonly ledger: LedgerRow[];
  readonly closings: Closing[];
  readonly deferrals: Deferral[];
  readonly notes: Note[];
}

/** Writes a batch inside the caller's transaction; answers how many writes mirror, records, ledger and changes got. */
export async function writePlan(deps: WriteDeps, request: WriteRequest, session: ClientSession): Promise<number> {
  const writes = collect(deps, request);
  const { store, people, changes } = deps;
  const options = { session, ordered: true };
  // Each of these is about a document of its own: by kind of write they go in one command.
  const anyOrder = { session, ordered: false };
  if (writes.movers.length > 0)
    await store
      .collection<UserRow>(USERS)
      .updateMany({ _id: { $in: writes.movers } }, { $unset: { emailKey: '' } }, { session });
  if (writes.users.length > 0) await store.collection<UserRow>(USERS).bulkWrite(writes.users, options);
  await writeActivities(store, writes.activities, session);
  const tell = (counter: LiveCounter) => raiseLive(session, request.scope.enterpriseId, counter);
  if (writes.users.length + writes.ledger.length + writes.decisions.length > 0) tell('changes');
  if (writes.problems.length + writes.decisions.length > 0) tell('problems');
  if (writes.ledger.length > 0) await store.collection<LedgerRow>(LEDGER).insertMany(writes.ledger, options);
  if (writes.problems.length > 0) await store.collection<ProblemRow>(PROBLEMS).bulkWrite(writes.problems, anyOrder);
  if (writes.decisions.length > 0) await store.collection<DecisionRow>(DECISIONS).bulkWrite(writes.decisions, options);
  await people.write(writes.rows, session);
  await sendLater(deps, { request, written: writes.written }, session);
  const waiters = await notesForWaiters(deps, { request, ended: writes.endedStates }, session);
  const notes = [...writes.notes, ...waiters, ...notesForCalendars(request)];
  if (notes.length > 0) await changes.note(notes, { session });
  if (writes.deferrals.length > 0) await changes.defer(writes.deferrals, session);
  if (writes.closings.length > 0) await changes.close(session, writes.closings);
  const ended = writes.closings.length + writes.deferrals.length;
  const records = writes.users.length + writes.activities.length;
  return records + writes.ledger.length + writes.rows.length + notes.length + ended;
}

/** Whoever ends a state tells those who wait for it, in the same transaction (law L6); a run waits for its own. */
async function notesForWaiters(
  { store }: WriteDeps,
  { request, ended }: { request: WriteRequest; ended: readonly string[] },
  session: ClientSession,
): Promise<Note[]> {
  const { scope, runId } = request;
  const note = { kind: 'user', via: 'recheck', notified: 0 } as const;
  return (await waitersFor(store, ended, session)).map((who) => ({
    ...note,
    ...who,
    ...(runId === null || who.tenantId !== scope.tenantId ? {} : { runId }),
  }));
}

/** Invitations and notices that these writes cause, as the settings in effect want them (E20, E23, law L14). */
async function sendLater(
  { store }: WriteDeps,
  { request, written }: { request: WriteRequest; written: readonly WrittenPerson[] },
  session: ClientSession,
): Promise<void> {
  const wishes = request.plan.context.integration.inEffect?.settings;
  const { enterpriseId } = request.scope;
  if (wishes) await writeOutbox(store, { enterpriseId, written, wishes }, session);
}

/** Whether anything at all would be written for a person: a run leaves those alone for whom nothing would. */
export function hasEffect(chance: Chance, person: PersonPlan, request: WriteRequest): boolean {
  if (person.accepted.length > 0) return true;
  const writes = noWrites();
  collectRecord(writes, person, { ...request, chance });
  collectRow(writes, person);
  return writes.users.length + writes.rows.length + writes.problems.length > 0;
}

function noWrites(): Writes {
  return {
    ...{ users: [], movers: [], endedStates: [], activities: [], written: [], rows: [] },
    ...{ problems: [], decisions: [], ledger: [], closings: [], deferrals: [], notes: [] },
  };
}

function collect(deps: WriteDeps, request: WriteRequest): Writes {
  const writes = noWrites();
  for (const person of request.plan.people) {
    collectRecord(writes, person, { ...request, chance: deps.chance });
    collectRow(writes, person);
    collectChange(writes, person, request);
  }
  for (const objectId of request.plan.stale) {
    const change = request.changes.get(objectId);
    // A newer read may have known less than this run does: of a group that hid its members, or of what it may move.
    const { runId, ofOpenRun, plan } = request;
    const again = ofOpenRun || (runId !== null && awaitsRun(plan.inputs.rows.get(objectId), plan.context));
    if (again && change) writes.deferrals.push({ id: change._id, mark: change.mark, dueAt: request.now });
    else if (again) writes.notes.push(noteOf(objectId, request));
    else if (change) writes.closings.push({ id: change._id, mark: change.mark, outcome: 'unchanged' });
  }
  for (const objectId of request.plan.outdated) {
    const change = request.changes.get(objectId);
    if (change) writes.deferrals.push({ id: change._id, mark: change.mark, dueAt: request.now });
  }
  return writes;
}

function collectRecord(writes: Writes, person: PersonPlan, request: WriteRequest & { chance: Chance }): void {
  const { user, read } = person.draft;
  const { enterpriseId } = request.scope;
  const { objectId } = read;
  const { now, plan, problemDelayMs } = request;
  const newId = () => request.chance.guid();
  const next = userAfter(person, { scope: request.scope, now, newId });
  if (next && !sameValue(user, next)) {
    if (!user) writes.users.push({ insertOne: { document: searchable(next) } });
    else writes.users.push({ replaceOne: { filter: { _id: user._id }, replacement: searchable(next) } });
    if (user?.emailKey && user.emailKey !== next.emailKey) writes.movers.push(user._id);
    writes.endedStates.push(...endedStates(user, next));
    const cause = { ...request.causeOf(objectId), graphRequestId: read.requestId };
    const about = { enterpriseId, objectId, now, cause, newId };
    const entries = ledgerEntries({ before: user, user: next }, person.accepted, about);
    const cancelling = cancelForLeaver(person.cancelled, now);
    writes.activities.push(...cancelling.operations);
    writes.ledger.push(...entries, ...activityLedger(next, cancelling.entries, about));
    writes.written.push({ before: user, after: next, entries });
  }
  const known = plan.inputs.decisions.get(objectId) ?? [];
  writes.decisions.push(...decisionWrites(person, known, { enterpriseId, at: now }));
  const present = plan.inputs.problems.get(objectId) ?? [];
  const about = { enterpriseId, objectId, userId: next?._id ?? null, now, problemDelayMs };
  writes.problems.push(...problemWrites({ ...about, present, wanted: person.problems }));
}

function collectRow(writes: Writes, { draft, waitsFor }: PersonPlan): void {
  const { row, rowBefore } = draft;
  // Who was ruled out by this person's wish may have the address when the wish is gone; one that is held is not free.
  const wished = rowBefore?.wantedEmailKey;
  if (wished && wished !== row?.wantedEmailKey && wished !== draft.user?.emailKey)
    writes.endedStates.push(`email:${wished}`);
  if (!row) {
    if (rowBefore) writes.rows.push({ deleteOne: { filter: { _id: rowBefore._id } } });
    return;
  }
  const next = { ...row, waitsFor };
  const isSame = (time: 'look' | 'mailboxDueAt' | 'notifiedAt') => sameValue(rowBefore?.[time], next[time]);
  const sameTimes = isSame('look') && isSame('mailboxDueAt') && isSame('notifiedAt');
  if (rowBefore && sameTimes && sameContent(rowBefore, next)) return;
  // An insert is the cheaper write, where the transaction's own look found no row.
  if (!rowBefore) writes.rows.push({ insertOne: { document: next } });
  else writes.rows.push({ replaceOne: { filter: { _id: next._id }, replacement: next, upsert: true } });
}

function collectChange(writes: Writes, person: PersonPlan, request: WriteRequest): void {
  const { changes, now } = request;
  const { draft } = person;
  const { objectId } = draft.read;
  const change = changes.get(objectId);
  const { retryAt } = draft;
  if (!change) {
    if (retryAt) writes.notes.push(noteOf(objectId, request));
  } else if (retryAt) {
    writes.deferrals.push({ id: change._id, mark: change.mark, dueAt: retryAt, attempts: 0 });
  } else if (draft.unplanned.length > 0 && change.via !== 'run') {
    // Somebody told of more than the plan has: it is looked at again without the plan (law L11).
    writes.deferrals.push({ id: change._id, mark: change.mark, dueAt: now, runId: null });
  } else {
    writes.closings.push({ id: change._id, mark: change.mark, outcome: outcomeOf(person) });
  }
}

function outcomeOf({ accepted, held, draft }: PersonPlan): Closing['outcome'] {
  if (held.length > 0) return 'held';
  if (accepted.length > 0) return 'applied';
  return draft.row === null ? 'outOfScope' : 'unchanged';
}

function noteOf(objectId: string, { scope: { tenantId }, runId }: WriteRequest): Note {
  const note = { tenantId, kind: 'user', objectId, notified: 0 } as const;
  return runId ? { ...note, via: 'run', runId } : { ...note, via: 'recheck' };
}
