import type { Collection } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { Delivery } from './outbox-rows.js';

/**
 * Has parked messages sent again: at once, and tried for another day.
 *
 * @returns how many there were
 * @throws AppError message_not_found, message_not_parked where one is named
 */
export async function retryMessages<Row extends Delivery & { readonly _id: string }>(
  rows: Collection<Row>,
  { enterpriseId, id }: { readonly enterpriseId: string; readonly id?: string | undefined },
): Promise<number> {
  const messages = rows as unknown as Collection<Delivery & { _id: string; enterpriseId: string }>;
  const wanted = { enterpriseId, ...(id === undefined ? {} : { _id: id }) };
  const again = { $set: { state: 'waiting' as const, attempts: 0 }, $unset: { firstTryAt: '' } as const };
  const { modifiedCount } = await messages.updateMany({ ...wanted, state: 'parked' }, again);
  if (id !== undefined && modifiedCount === 0) throw notRetried(await messages.findOne(wanted));
  return modifiedCount;
}

function notRetried(found: Delivery | null): AppError {
  if (found === null) {
    const text = 'There is no such message (any more): give an id of the list of parked ones.';
    return new AppError('message_not_found', text, { status: 404, field: 'id' });
  }
  const text = `This message is not parked, but ${found.state}: only parked ones are sent again.`;
  return new AppError('message_not_parked', text, { status: 409, field: 'id' });
}
