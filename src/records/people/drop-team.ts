import { AppError } from '../../kernel/app-error.js';
import { createLedger } from '../ledger.js';
import { aboutUser, causeOf, ledgerRows } from '../ledger-rows.js';
import type { By } from '../people.js';
import type { RecordDeps } from '../record-deps.js';
import { USERS, type UserRow } from '../types.js';
import { createPlaces } from './places.js';
import { recordTransaction } from './record-transaction.js';
import { noteWaiters } from './waiters.js';

/** People of one transaction. */
const BATCH = 200;

export interface DeletedTeam {
  readonly enterpriseId: string;
  readonly teamId: string;
}

/**
 * Takes everybody out of a team that does not exist any more, however they came into it, with a ledger entry each;
 * answers how many. They are team-less then, which is legal. What was interrupted is gone on with by calling again.
 * The guard does not count it: an administrator deleted the team.
 */
export async function dropTeam(deps: RecordDeps, team: DeletedTeam, by: By): Promise<number> {
  let dropped = 0;
  for (let last = BATCH; last === BATCH; dropped += last) last = await dropSome(deps, team, by);
  return dropped;
}

function dropSome(deps: RecordDeps, { enterpriseId, teamId }: DeletedTeam, by: By): Promise<number> {
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
    const common = { at: now, cause: causeOf(by), newId: chance.guid };
    const entries = members.flatMap((user) => {
      const membership = user.memberships.find((each) => each.teamId === teamId);
      const { isLeader = false, manual = false, mappingIds = [] } = membership ?? {};
      const entry = {
        kind: 'leave',
        teamId,
        before: { isLeader, manual, mappingIds },
        why: 'the team was deleted',
      } as const;
      return ledgerRows([entry], { ...aboutUser(user), ...common });
    });
    await ledger.insert(entries, session);
    await noteWaiters(deps, [`leader:${teamId}`], session);
    return members.length;
  });
}

function stillThere(teamId: string): AppError {
  const message = `The team ${teamId} exists: delete it before its members are taken out.`;
  return new AppError('team_exists', message, { status: 409, field: 'team', command: 'ghs team delete' });
}
