import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import type { ChangeRow, Closing, Deferral, Note } from '../../changes/types.js';
import type { Chance } from '../../kernel/chance.js';
import { sameValue } from '../../kernel/same-value.js';
import { sameContent } from '../../mirror/next-row.js';
import type { People } from '../../mirror/people-store.js';
import { PEOPLE, type PersonRow } from '../../mirror/types.js';
import { emailKeyOf } from '../../projection/email-address.js';
import { applyChanges, ledgerEntries } from '../../records/apply-changes.js';
import { problemWrites } from '../../records/problems.js';
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
import { heldDecision } from './judge-takings.js';
import type { Scope } from './load-inputs.js';
import type { BatchPlan, PersonPlan } from './plan-people.js';

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
  readonly now: Date;
  readonly problemDelayMs: number;
  causeOf(objectId: string): Cause;
}

/** Everything that one batch writes, collected before the first write. */
interface Writes {
  readonly users: AnyBulkWriteOperation<UserRow>[];
  /** Users whose address moves: theirs is taken off first, so that swaps and chains pass the unique index. */
  readonly movers: string[];
  readonly freedEmails: string[];
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
  if (writes.movers.length > 0)
    await store
      .collection<UserRow>(USERS)
      .updateMany({ _id: { $in: writes.movers } }, { $unset: { emailKey: '' } }, { session });
  if (writes.users.length > 0) await store.collection<UserRow>(USERS).bulkWrite(writes.users, options);
  if (writes.ledger.length > 0) await store.collection<LedgerRow>(LEDGER).insertMany(writes.ledger, options);
  if (writes.problems.length > 0) await store.collection<ProblemRow>(PROBLEMS).bulkWrite(writes.problems, options);
  if (writes.decisions.length > 0) await store.collection<DecisionRow>(DECISIONS).bulkWrite(writes.decisions, options);
  await people.write(writes.rows, session);
  const notes = [...writes.notes, ...(await notesForWaiters(deps, writes.freedEmails, session))];
  if (notes.length > 0) await changes.note(notes, { session });
  if (writes.deferrals.length > 0) await changes.defer(writes.deferrals, session);
  if (writes.closings.length > 0) await changes.close(session, writes.closings);
  const ended = writes.closings.length + writes.deferrals.length;
  return writes.users.length + writes.ledger.length + writes.rows.length + notes.length + ended;
}

/** Whoever frees an address tells those who wait for it, in the same transaction (law L6). */
async function notesForWaiters(
  { store }: WriteDeps,
  freed: readonly string[],
  session: ClientSession,
): Promise<Note[]> {
  if (freed.length === 0) return [];
  const waiting = await store
    .collection<PersonRow>(PEOPLE)
    .find({ waitsFor: { $in: freed.map((key) => `email:${key}`) }, 'waitsFor.0': { $exists: true } }, { session })
    .toArray();
  return waiting.map(({ tenantId, objectId }) => ({ tenantId, kind: 'user', objectId, via: 'recheck', notified: 0 }));
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
    users: [],
    movers: [],
    freedEmails: [],
    rows: [],
    problems: [],
    decisions: [],
    ledger: [],
    closings: [],
    deferrals: [],
    notes: [],
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
    if (change) writes.closings.push({ id: change._id, mark: change.mark, outcome: 'unchanged' });
  }
  for (const objectId of request.plan.outdated) {
    const change = request.changes.get(objectId);
    if (change) writes.deferrals.push({ id: change._id, mark: change.mark, dueAt: request.now });
  }
  return writes;
}

function collectRecord(writes: Writes, person: PersonPlan, request: WriteRequest & { chance: Chance }): void {
  const { user, read, projection } = person.draft;
  const { enterpriseId, tenantId } = request.scope;
  const { objectId } = read;
  const { now, plan, problemDelayMs } = request;
  const newId = () => request.chance.guid();
  const lastSynced = { ...projection.lastSynced };
  for (const { change } of projection.takes) {
    const written = person.accepted.some((accepted) => accepted.change === change);
    if (change.kind === 'update' && !written) delete lastSynced[change.field];
  }
  const context = { enterpriseId, tenantId, objectId, now, lastSynced, newId, emailKeyOf };
  const next = applyChanges(user, person.accepted, context);
  if (next && !sameValue(user, next)) {
    if (!user) writes.users.push({ insertOne: { document: next } });
    else writes.users.push({ replaceOne: { filter: { _id: user._id }, replacement: next } });
    if (user?.emailKey && user.emailKey !== next.emailKey) {
      writes.movers.push(user._id);
      writes.freedEmails.push(user.emailKey);
    }
    const cause = { ...request.causeOf(objectId), graphRequestId: read.requestId };
    writes.ledger.push(...ledgerEntries(next, person.accepted, { enterpriseId, objectId, now, cause, newId }));
  }
  collectHeld(writes, person, request);
  const present = plan.inputs.problems.get(objectId) ?? [];
  const about = { enterpriseId, objectId, userId: next?._id ?? null, now, problemDelayMs };
  writes.problems.push(...problemWrites({ ...about, present, wanted: person.problems }));
}

/** Held takings are open decisions; one whose cause is gone goes by itself (law L12). */
function collectHeld(writes: Writes, person: PersonPlan, { plan, scope, now }: WriteRequest): void {
  const { draft } = person;
  const known = (plan.inputs.decisions.get(draft.read.objectId) ?? []).filter(({ verdict }) => verdict === 'held');
  const { enterpriseId } = scope;
  const wanted = person.held.map((taking) => heldDecision(draft, taking, { enterpriseId, at: now }));
  for (const { _id, ...fields } of wanted) {
    if (known.some((row) => row._id === _id && row.valueHash === fields.valueHash)) continue;
    writes.decisions.push({ updateOne: { filter: { _id }, update: { $set: fields }, upsert: true } });
  }
  if (draft.retryAt || draft.read.evidence === 'list') return;
  for (const { _id } of known)
    if (!wanted.some((row) => row._id === _id)) writes.decisions.push({ deleteOne: { filter: { _id } } });
}

function collectRow(writes: Writes, { draft, waitsForEmail }: PersonPlan): void {
  const { row, rowBefore } = draft;
  // Who was ruled out by this person's wish may have the address when the wish is gone.
  if (rowBefore?.wantedEmailKey && rowBefore.wantedEmailKey !== row?.wantedEmailKey)
    writes.freedEmails.push(rowBefore.wantedEmailKey);
  if (!row) {
    if (rowBefore) writes.rows.push({ deleteOne: { filter: { _id: rowBefore._id } } });
    return;
  }
  const next = { ...row, waitsFor: waitsForEmail === null ? [] : [`email:${waitsForEmail}`] };
  const isSame = (time: 'look' | 'mailboxDueAt' | 'notifiedAt') => sameValue(rowBefore?.[time], next[time]);
  const sameTimes = isSame('look') && isSame('mailboxDueAt') && isSame('notifiedAt');
  if (rowBefore && sameTimes && sameContent(rowBefore, next)) return;
  writes.rows.push({ replaceOne: { filter: { _id: next._id }, replacement: next, upsert: true } });
}

function collectChange(writes: Writes, person: PersonPlan, { changes, scope, runId }: WriteRequest): void {
  const { draft } = person;
  const { objectId } = draft.read;
  const change = changes.get(objectId);
  const { retryAt } = draft;
  if (!change) {
    const note = {
      tenantId: scope.tenantId,
      kind: 'user',
      objectId,
      via: runId ? 'run' : 'recheck',
      notified: 0,
    } as const;
    if (retryAt) writes.notes.push(runId ? { ...note, runId } : note);
  } else if (retryAt) {
    writes.deferrals.push({ id: change._id, mark: change.mark, dueAt: retryAt, attempts: 0 });
  } else {
    writes.closings.push({ id: change._id, mark: change.mark, outcome: outcomeOf(person) });
  }
}

function outcomeOf({ accepted, held, draft }: PersonPlan): Closing['outcome'] {
  if (held.length > 0) return 'held';
  if (accepted.length > 0) return 'applied';
  return draft.row === null ? 'outOfScope' : 'unchanged';
}
