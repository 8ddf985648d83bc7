import { MongoServerError } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { Store } from '../../store/connect.js';
import { USERS, type UserRow } from '../types.js';

/** Whether a write failed because somebody else has the address. */
export function isAddressClash(error: unknown): boolean {
  if (!(error instanceof MongoServerError) || error.code !== 11_000) return false;
  return JSON.stringify(error['keyPattern'] ?? {}).includes('emailKey');
}

/** The refusal in words: names the holder inside the enterprise, and nothing of anybody elsewhere (E24). */
export async function addressInUse(
  store: Store,
  { enterpriseId, emailKey }: { enterpriseId: string; emailKey: string },
): Promise<AppError> {
  const holder = await store.collection<UserRow>(USERS).findOne({ emailKey, enterpriseId });
  const text = holder
    ? `The person ${holder._id} of this enterprise has this address already${originOf(holder)}. Archive that profile, or give another address.`
    : 'This address is in use elsewhere in GetHomeSafe. Give another address, or contact support.';
  return new AppError('duplicate_email', text, { status: 409, field: 'email' });
}

function originOf({ origin }: UserRow): string {
  switch (origin) {
    case 'manual':
      return ' (added by hand)';
    case 'entra':
      return ' (from Microsoft Entra ID)';
    case 'other_integration':
      return ' (from another integration)';
  }
}
