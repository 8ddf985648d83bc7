import type { Collection } from 'mongodb';
import type { Delivery } from './outbox-rows.js';

/**
 * Has parked messages sent again: at once, and tried for another day.
 *
 * @returns how many there were
 */
export async function retryMessages<Row extends Delivery & { readonly _id: string }>(
  rows: Collection<Row>,
  { enterpriseId, id }: { readonly enterpriseId: string; readonly id?: string | undefined },
): Promise<number> {
  const messages = rows as unknown as Collection<Delivery & { _id: string; enterpriseId: string }>;
  const parked = { enterpriseId, state: 'parked' as const, ...(id === undefined ? {} : { _id: id }) };
  const again = { $set: { state: 'waiting' as const, attempts: 0 }, $unset: { firstTryAt: '' } as const };
  return (await messages.updateMany(parked, again)).modifiedCount;
}
