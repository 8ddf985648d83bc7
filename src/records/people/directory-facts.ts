import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { Store } from '../../store/connect.js';

/** The part of a mirrored person that says whether Entra has the person now, and with which address. */
export interface MirroredPerson {
  readonly _id: string;
  readonly state: 'unread' | 'present' | 'soft_deleted' | 'absent';
  readonly wantedEmailKey: string | null;
}

/** The tenant that an enterprise is connected to; null: none. */
export async function tenantOf(store: Store, enterpriseId: string, session?: ClientSession): Promise<string | null> {
  const integrations = store.collection<{ _id: string; tenantId: string | null }>('integrations');
  const integration = await integrations.findOne({ _id: enterpriseId }, session ? { session } : {});
  return integration?.tenantId ?? null;
}

/** The same; refused where there is none. */
export async function requireTenant(store: Store, enterpriseId: string, session?: ClientSession): Promise<string> {
  const tenantId = await tenantOf(store, enterpriseId, session);
  if (tenantId) return tenantId;
  throw new AppError('not_connected', 'This enterprise is not connected to Microsoft Entra ID.', { status: 409 });
}

/** What is known of a directory person; null: nothing yet. */
export function mirroredPerson(
  store: Store,
  { tenantId, objectId }: { tenantId: string; objectId: string },
  session?: ClientSession,
): Promise<MirroredPerson | null> {
  const mirror = store.collection<MirroredPerson>('people');
  return mirror.findOne({ _id: `${tenantId}:${objectId}` }, session ? { session } : {});
}
