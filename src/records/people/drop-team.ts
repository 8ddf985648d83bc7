import type { Changes } from '../../changes/create-changes.js';
import { AppError } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import type { Store } from '../../store/connect.js';
import { createLedger } from '../ledger.js';
import type { By } from '../people.js';
import { type LedgerRow, USERS, type UserRow } from '../types.js';
import { createPlaces } from './places.js';
import { recordTransaction } from './record-transaction.js';
import { noteWaiters } from './waiters.js';

/** People of one transaction. */
const BATCH = 200;

export interface DeletedTeam {
  readonly enterpriseId: string;
  readonly teamId: string;
}

interface DropDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly changes: Pick<Changes, 'note'>;
}

/**
 * Takes everybody out of a team that does not exist any more, however they came into it, with a ledger entry each;
 * answers how many. They are team-less then, which is legal. What was interrupted is gone on with by calling again.
 * The guard does not count it: an administrator deleted the team.
 */
export async function dropTeam(deps: DropDeps, team: DeletedTeam, by: By): Promise<number> {
  let dropped = 0;
  for (let last = BATCH; last === BATCH; dropped += last) last = await dropSome(deps, team, by);
  return dropped;
}

function dropSome(deps: DropDeps, { enterpriseId, teamId }: DeletedTeam, by: By): Promise<number> {
  const { store, clock, chance } = deps;
  const users = store.collection<UserRow>(USERS);
  const places = createPlaces(deps);
  const ledger = createLedger(deps);
  return recordTransaction(deps, enterpriseId, async (session) => {
    if ((await places.teams(enterpriseId, [teamId], session)).size > 0) throw stillThere(teamId);
    const members = await users
      .find({ enterpriseId, 'memberships.teamId': teamId }, { session })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    if (members.length === 0) return 0;
    const now = clock.now();
    const ids = members.map(({ _id }) => _id);
    const change = { $pull: { memberships: { teamId } }, $set: { updatedAt: now } };
    await users.updateMany({ _id: { $in: ids }, enterpriseId }, change, { session });
    const cause = { by: 'person', who: by.who, reason: by.reason ?? null } as const;
    const entries = members.map((user): LedgerRow => {
      const membership = user.memberships.find((each) => each.teamId === teamId);
      const { isLeader = false, manual = false, mappingIds = [] } = membership ?? {};
      return {
        ...{ _id: chance.guid(), enterpriseId, userId: user._id, objectId: user.entra?.objectId ?? null, at: now },
        ...{ kind: 'leave', field: null, teamId, before: { isLeader, manual, mappingIds }, after: null },
        ...{ why: 'the team was deleted', cause, taking: null },
      };
    });
    await ledger.insert(entries, session);
    await noteWaiters(deps, [`leader:${teamId}`], session);
    return members.length;
  });
}

function stillThere(teamId: string): AppError {
  const message = `The team ${teamId} exists: delete it with "ghs team delete" before its members are taken out.`;
  return new AppError('team_exists', message, { status: 409, field: 'team' });
}
