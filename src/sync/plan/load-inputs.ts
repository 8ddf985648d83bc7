import type { ClientSession } from 'mongodb';
import { groupBy } from '../../kernel/lists.js';
import type { People } from '../../mirror/people-store.js';
import { GROUPS, type GroupRow, type PersonRow } from '../../mirror/types.js';
import type { GroupState, Organisation, TeamState } from '../../projection/types.js';
import { type KeptByActivities, withOpenActivity } from '../../records/activities/leavers.js';
import { DIRECTORY_PERSON } from '../../records/people/user-indexes.js';
import { DECISIONS, type DecisionRow, PROBLEMS, type ProblemRow, USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import type { IntegrationRow, OrganisationRow, TeamRow } from '../../tenancy/types.js';

/** What an enterprise is set up as; every transaction that changes it raises the counter of the enterprise's fence. */
export interface EnterpriseSetUp {
  readonly integration: IntegrationRow;
  readonly organisations: ReadonlyMap<string, Organisation>;
  readonly teams: ReadonlyMap<string, TeamState>;
}

/** Everything about an enterprise that a decision on a person looks at, beside the person. */
export interface EnterpriseContext extends EnterpriseSetUp {
  readonly groups: ReadonlyMap<string, GroupState>;
}

/** What is known of some people before anything is decided. Keyed by object id. */
export interface PeopleInputs {
  readonly rows: ReadonlyMap<string, PersonRow>;
  readonly users: ReadonlyMap<string, UserRow>;
  readonly problems: ReadonlyMap<string, readonly ProblemRow[]>;
  readonly decisions: ReadonlyMap<string, readonly DecisionRow[]>;
}

export interface Scope {
  readonly enterpriseId: string;
  readonly tenantId: string;
}

export interface LoadDeps {
  readonly store: Store;
  readonly people: People;
}

export async function loadSetUp({ store }: LoadDeps, scope: Scope, session?: ClientSession): Promise<EnterpriseSetUp> {
  const options = session ? { session } : {};
  const { enterpriseId } = scope;
  const integration = await store.collection<IntegrationRow>('integrations').findOne({ _id: enterpriseId }, options);
  if (!integration) throw new Error(`enterprise ${enterpriseId} has no integration`);
  const organisations = await store
    .collection<OrganisationRow>('organisations')
    .find({ enterpriseId }, options)
    .toArray();
  const teams = await store.collection<TeamRow>('teams').find({ enterpriseId }, options).toArray();
  return {
    integration,
    organisations: new Map(organisations.map(({ _id, country, zone }) => [_id, { id: _id, country, zone }])),
    teams: new Map(teams.map(({ _id, organisationId }) => [_id, { id: _id, organisationId, leaderCount: 0 }])),
  };
}

/** The groups of the mirror as they are now: the owner moves them outside of any transaction. */
export async function loadGroups(
  { store }: LoadDeps,
  { tenantId }: Scope,
  session?: ClientSession,
): Promise<Map<string, GroupState>> {
  const groups = await store
    .collection<GroupRow>(GROUPS)
    .find({ tenantId }, session ? { session } : {})
    .project<Pick<GroupRow, 'groupId' | 'state'>>({ _id: 0, groupId: 1, state: 1 })
    .toArray();
  return new Map(groups.map(({ groupId, state }) => [groupId, state]));
}

/** Records of some people of the directory, by object id. */
export async function loadUsers(
  { store }: Pick<LoadDeps, 'store'>,
  { scope, objectIds }: { scope: Scope; objectIds: readonly string[] },
  session?: ClientSession,
): Promise<Map<string, UserRow>> {
  const { enterpriseId, tenantId } = scope;
  const users = await store
    .collection<UserRow>(USERS)
    .find(
      { enterpriseId, 'entra.tenantId': tenantId, 'entra.objectId': { $in: [...objectIds] } },
      session ? { session } : {},
    )
    .hint(DIRECTORY_PERSON)
    .toArray();
  return new Map(users.map((user) => [user.entra?.objectId ?? '', user]));
}

export async function loadPeople(
  { store, people }: LoadDeps,
  { scope, objectIds }: { scope: Scope; objectIds: readonly string[] },
  session?: ClientSession,
): Promise<PeopleInputs> {
  const { enterpriseId, tenantId } = scope;
  const options = session ? { session } : {};
  const ids = [...objectIds];
  const rows = await people.load({ tenantId, objectIds }, session);
  const users = await loadUsers({ store }, { scope, objectIds }, session);
  const about = { enterpriseId, objectId: { $in: ids } };
  const problems = await store.collection<ProblemRow>(PROBLEMS).find(about, options).toArray();
  const decisions = await store.collection<DecisionRow>(DECISIONS).find(about, options).toArray();
  return {
    rows,
    users,
    problems: groupBy(problems, ({ objectId }) => objectId),
    decisions: groupBy(decisions, ({ objectId }) => objectId),
  };
}

/** Who of the people in use may not be archived because of an activity: for them it waits (E10). */
export async function loadOpenActivities(
  { store }: LoadDeps,
  { scope, users, now }: { scope: Scope; users: Iterable<UserRow>; now: Date },
  session?: ClientSession,
): Promise<KeptByActivities> {
  const living = [...users].filter(({ status }) => status !== 'archived');
  const userIds = living.map(({ _id }) => _id);
  return withOpenActivity(store, { enterpriseId: scope.enterpriseId, userIds, now }, session);
}

/** Leaders that each of these teams has now (E7): asked only where a leader may be taken away. */
export async function countLeaders(
  store: Store,
  { enterpriseId, teamIds }: { enterpriseId: string; teamIds: readonly string[] },
  session?: ClientSession,
): Promise<Map<string, number>> {
  if (teamIds.length === 0) return new Map();
  const ids = [...teamIds];
  const counted = await store
    .collection<UserRow>(USERS)
    .aggregate<{ _id: string; leaders: number }>(
      [
        { $match: { enterpriseId, status: { $ne: 'archived' }, 'memberships.teamId': { $in: ids } } },
        { $unwind: '$memberships' },
        { $match: { 'memberships.isLeader': true, 'memberships.teamId': { $in: ids } } },
        { $group: { _id: '$memberships.teamId', leaders: { $sum: 1 } } },
      ],
      session ? { session } : {},
    )
    .toArray();
  return new Map(counted.map(({ _id, leaders }) => [_id, leaders]));
}
