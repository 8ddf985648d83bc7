import { FRESH_MS } from '../../src/sync/may-work.js';
import type { Stack } from './stack.js';
import { waitFor } from './wait-for.js';

/** A group of the tenant that is mapped to the team North; answers its object id. */
export async function fieldCrew({ tenant, services, enterpriseId, teams }: Stack): Promise<string> {
  const groupId = tenant.directory.createGroup({ displayName: 'Field crew' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId, teamId: teams['North'] ?? '' }, 'test');
  return groupId;
}

/** Graph tells of users and groups from now on. */
export async function subscribed({ services }: Stack): Promise<void> {
  const active = () => services.store.collection('subscriptions').countDocuments({ state: 'active' });
  await waitFor(async () => (await active()) === 2, { message: 'not subscribed' });
}

/** Owners look at settings and open runs this often: from then on they work with what was set, or ended, before. */
export async function ownersLooked(): Promise<void> {
  const since = Date.now();
  await waitFor(() => Date.now() - since > FRESH_MS, { message: 'time stands still' });
}

/** Nobody reads anybody by themselves any more: neither a change nor a round of delta is open. */
export async function atRest({ services: { store } }: Stack): Promise<void> {
  const open = { $or: [{ pending: { $ne: null } }, { $expr: { $lte: ['$roundAt', '$askedAt'] } }] };
  const calm = async () =>
    (await store.collection('changes').countDocuments({})) === 0 &&
    (await store.collection('cursors').countDocuments(open)) === 0 &&
    (await store.collection('people').countDocuments({ mailboxDueAt: { $lte: new Date() } })) === 0;
  await waitFor(calm, { message: 'never at rest' });
}
