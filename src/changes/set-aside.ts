import type { ClientSession, Collection } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import type { ChangeDocument } from './change-document.js';
import type { ChangeKind, Deferral, Parking } from './types.js';

/** Puts changes off; one that was noted anew meanwhile stays due. Repeatable: keyed by id and mark. */
export async function deferChanges(
  changes: Collection<ChangeDocument>,
  deferrals: readonly Deferral[],
  session?: ClientSession,
): Promise<void> {
  if (deferrals.length === 0) return;
  const updates = deferrals.map(({ id, mark, dueAt, attempts, runId }) => ({
    updateOne: {
      filter: { _id: id, mark },
      update: {
        $set: { dueAt, parked: null, isParked: false, ...(attempts === undefined ? {} : { attempts }) },
        ...(runId === null ? { $unset: { runId: '' as const } } : {}),
      },
    },
  }));
  await changes.bulkWrite(updates, { ordered: false, ...(session === undefined ? {} : { session }) });
}

/** Sets changes aside after repeated failure; one that was noted anew meanwhile stays open. Repeatable as above. */
export async function parkChanges(
  deps: { changes: Collection<ChangeDocument>; clock: Clock },
  parkings: readonly Parking[],
  session?: ClientSession,
): Promise<void> {
  if (parkings.length === 0) return;
  const at = deps.clock.now();
  const updates = parkings.map(({ id, mark, code, message, nextTryAt }) => ({
    updateOne: {
      filter: { _id: id, mark },
      update: { $set: { parked: { code, message, at }, isParked: true, dueAt: nextTryAt } },
    },
  }));
  await deps.changes.bulkWrite(updates, { ordered: false, ...(session === undefined ? {} : { session }) });
}

/** Which parked changes an operator wants tried again: one, those of one cause or kind, or all of the tenant. */
export interface RetryWanted {
  readonly tenantId: string;
  readonly id?: string;
  readonly code?: string;
  readonly kind?: ChangeKind;
}

/**
 * Opens parked changes again, due at once.
 *
 * @returns how many there were
 * @throws AppError change_not_found, change_not_parked where one is named
 */
export async function retryParked(
  deps: { changes: Collection<ChangeDocument>; clock: Clock },
  wanted: RetryWanted,
): Promise<number> {
  const { tenantId, id, code, kind } = wanted;
  const result = await deps.changes.updateMany(
    {
      tenantId,
      isParked: true,
      ...(id === undefined ? {} : { _id: id }),
      ...(code === undefined ? {} : { 'parked.code': code }),
      ...(kind === undefined ? {} : { kind }),
    },
    { $set: { parked: null, isParked: false, dueAt: deps.clock.now(), attempts: 0 } },
  );
  if (id !== undefined && result.modifiedCount === 0)
    throw notRetried(await deps.changes.findOne({ _id: id, tenantId }));
  return result.modifiedCount;
}

function notRetried(found: ChangeDocument | null): AppError {
  if (found === null) {
    const text =
      'There is no such change (any more): it is done, or the id is another. Give one of the list of changes.';
    return new AppError('change_not_found', text, { status: 404, field: 'id' });
  }
  const text = found.isParked
    ? 'This change was set aside for another reason, or is of another kind.'
    : 'This change is not set aside: it is tried as soon as it is due.';
  return new AppError('change_not_parked', text, { status: 409, field: 'id' });
}
