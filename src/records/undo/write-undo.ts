import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { raiseLive } from '../../store/live.js';
import { writeActivities } from '../activities/leavers.js';
import { ACTIVITIES } from '../activities/types.js';
import { causeOf, ledgerRows } from '../ledger-rows.js';
import { OUTBOX, type OutboxRow } from '../outbox/outbox-rows.js';
import { endedStates, noteWaiters } from '../people/waiters.js';
import type { By } from '../people.js';
import type { RecordDeps } from '../record-deps.js';
import { searchable } from '../search/search-words.js';
import { DECISIONS, type DecisionRow, LEDGER, type LedgerRow, USERS, type UserRow } from '../types.js';
import { notePeople } from '../verdicts/note-people.js';
import type { PersonUndo } from './load-undo.js';

interface WriteRequest {
  readonly enterpriseId: string;
  readonly plans: readonly PersonUndo[];
  readonly by: By;
}

/** Writes records, ledger and declined values of an undo in the caller's transaction, and has the people read again. */
export async function writeUndo(deps: RecordDeps, request: WriteRequest, session: ClientSession): Promise<void> {
  const touched = request.plans.filter(({ plan }) => plan.entries.length > 0);
  if (touched.length === 0) return;
  const { enterpriseId } = request;
  const users = deps.store.collection<UserRow>(USERS);
  // Addresses are taken off first, so that swaps pass the unique index.
  const movers = touched.filter(({ before, plan }) => before?.emailKey && before.emailKey !== plan.user?.emailKey);
  const ids = movers.map(({ userId }) => userId);
  if (ids.length > 0) await users.updateMany({ _id: { $in: ids } }, { $unset: { emailKey: '' } }, { session });
  await users.bulkWrite(touched.map(userWrite), { session, ordered: true });
  const activities = touched.flatMap(({ plan }) => plan.activities);
  const operations = activities.map((replacement) => ({
    replaceOne: { filter: { _id: replacement._id }, replacement },
  }));
  await writeActivities(deps.store, operations, session);
  const gone = touched.flatMap(({ userId, plan }) => (plan.user === null ? [userId] : []));
  // What the ledger says of them stays.
  if (gone.length > 0)
    await deps.store.collection(ACTIVITIES).deleteMany({ enterpriseId, userId: { $in: gone } }, { session });
  await deps.store.collection<LedgerRow>(LEDGER).insertMany(rowsOf(deps, request, touched), { session });
  const decisions = touched.flatMap((each) => decisionWrites(deps, request, each));
  if (decisions.length > 0) {
    await deps.store.collection<DecisionRow>(DECISIONS).bulkWrite(decisions, { session });
    raiseLive(session, enterpriseId, 'problems');
  }
  await withdrawMessages(deps, { enterpriseId, touched }, session);
  const ended = touched.flatMap(({ before, plan }) => endedStates(before, plan.user));
  await noteWaiters(deps, ended, session);
  const objectIds = touched.flatMap(({ objectId }) => objectId ?? []);
  await notePeople(deps, { enterpriseId, objectIds, calendars: objectIds }, session);
}

/** Nobody is written to about a record that went, such as with the invitation that came with it. */
async function withdrawMessages(
  { store }: RecordDeps,
  { enterpriseId, touched }: { enterpriseId: string; touched: readonly PersonUndo[] },
  session: ClientSession,
): Promise<void> {
  const gone = touched.flatMap(({ userId, before, plan }) => (before !== null && plan.user === null ? [userId] : []));
  if (gone.length === 0) return;
  const about = { enterpriseId, userId: { $in: gone }, state: 'waiting' as const };
  await store.collection<OutboxRow>(OUTBOX).deleteMany(about, { session });
}

function userWrite({ userId, plan }: PersonUndo): AnyBulkWriteOperation<UserRow> {
  const filter = { _id: userId };
  return plan.user === null
    ? { deleteOne: { filter } }
    : { replaceOne: { filter, replacement: searchable(plan.user) } };
}

function rowsOf(
  { clock, chance }: RecordDeps,
  { enterpriseId, by }: WriteRequest,
  touched: readonly PersonUndo[],
): LedgerRow[] {
  const common = { enterpriseId, at: clock.now(), cause: causeOf(by, 'undo'), newId: chance.guid };
  return touched.flatMap(({ userId, objectId, plan }) =>
    ledgerRows([...plan.entries, ...plan.besides], { ...common, userId, objectId }),
  );
}

function decisionWrites(
  { clock }: RecordDeps,
  { enterpriseId, by }: WriteRequest,
  { userId, objectId, plan }: PersonUndo,
): AnyBulkWriteOperation<DecisionRow>[] {
  if (objectId === null) return [];
  return plan.declined.map(({ subject, valueHash }) => ({
    updateOne: {
      filter: { _id: `${enterpriseId}:${objectId}:${subject}` },
      update: {
        $set: {
          ...{ enterpriseId, objectId, userId: plan.user === null ? null : userId, subject, valueHash },
          ...{ verdict: 'declined', by: by.who, at: clock.now(), until: null, reason: by.reason ?? null },
        },
      },
      upsert: true,
    },
  }));
}
