import type { Store } from '../store/connect.js';
import { USERS, type UserRow } from './types.js';

/** Who is in a team because of one team mapping. */
export interface MappingEffect {
  /** Nothing else keeps them in the team: without the mapping they lose it. */
  readonly lose: number;
  /** Another mapping, or somebody in GetHomeSafe, keeps them in it (E2, E5). */
  readonly keep: number;
  /** Of those who would lose the team: in no other team. */
  readonly loseTheirLast: number;
}

/** Counted in the records as they are now; somebody who must lead the team stays all the same (E7). */
export async function mappingEffect(
  store: Store,
  { enterpriseId, teamId, mappingId }: { enterpriseId: string; teamId: string; mappingId: string },
): Promise<MappingEffect> {
  const users = store.collection<UserRow>(USERS);
  const living = { enterpriseId, 'memberships.teamId': teamId, status: { $ne: 'archived' as const } };
  const here = { $elemMatch: { teamId, mappingIds: mappingId } };
  const onlyHere = { $elemMatch: { teamId, manual: false, mappingIds: [mappingId] } };
  const all = await users.countDocuments({ ...living, memberships: here });
  const lose = await users.countDocuments({ ...living, memberships: onlyHere });
  const loseTheirLast = await users.countDocuments({ ...living, memberships: { $size: 1, ...onlyHere } });
  return { lose, keep: all - lose, loseTheirLast };
}
