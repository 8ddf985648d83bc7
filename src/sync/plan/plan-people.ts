import type { ClientSession } from 'mongodb';
import { groupBy } from '../../kernel/group-by.js';
import type { PersonRow } from '../../mirror/types.js';
import { settleLeaders } from '../../projection/leaders.js';
import type { GroupState, PlannedChange, Problem, SyncRules, TakingKind } from '../../projection/types.js';
import type { PlannedItems } from '../../projection/verdicts/exactly.js';
import { problemsOver, withoutIgnored } from '../../projection/verdicts/rule.js';
import { activitiesToCome } from '../../records/activities/leavers.js';
import type { ActivityRow } from '../../records/activities/types.js';
import type { AcceptedChange } from '../../records/apply-changes.js';
import type { DecisionRow, UserRow } from '../../records/types.js';
import { type Draft, decide, type PersonRead, ripeningName, type Times } from './decide.js';
import { loadPlanned } from './exact-plan.js';
import { HELD_PROBLEM, judgeTakings, type TakingsVerdict } from './judge-takings.js';
import {
  countLeaders,
  type EnterpriseContext,
  type EnterpriseSetUp,
  type LoadDeps,
  loadGroups,
  loadOpenActivities,
  loadPeople,
  loadSetUp,
  type PeopleInputs,
  type Scope,
} from './load-inputs.js';
import { settleEmails } from './settle-emails.js';
import { waitsFor } from './waits-for.js';

/** What will be written for one person, and what keeps the rest from being written. */
export interface PersonPlan {
  readonly draft: Draft;
  readonly accepted: readonly AcceptedChange[];
  /** Takings that the guard holds for an administrator (law L12). */
  readonly held: readonly { readonly taking: TakingKind; readonly change: PlannedChange }[];
  readonly problems: readonly Problem[];
  /** States that the person waits for, such as `email:KEY` or `approval:TENANT` (law L6). */
  readonly waitsFor: readonly string[];
  /** What the person had planned and nobody will start, because they are archived (E10). */
  readonly cancelled: readonly ActivityRow[];
}

export interface BatchPlan {
  readonly context: EnterpriseContext;
  readonly inputs: PeopleInputs;
  readonly people: readonly PersonPlan[];
  /** People of whom a newer read has been written: nothing to do for this one. */
  readonly stale: readonly string[];
  /** People read for the mapped groups of other settings than those in effect by now: to be read again. */
  readonly outdated: readonly string[];
}

export interface PlanRequest {
  readonly scope: Scope;
  readonly reads: readonly PersonRead[];
  readonly times: Times;
  readonly session?: ClientSession | undefined;
  /** Rules other than those in effect: a dry run plans with the settings as they are now. */
  readonly rules?: SyncRules | undefined;
  /** Mapped groups as just read, where nothing of them may be written: a dry run. */
  readonly groups?: ReadonlyMap<string, GroupState> | undefined;
  /** The enterprise as it is set up, where that is known to hold still. */
  readonly setUp?: EnterpriseSetUp | undefined;
  readonly ripensAtOnce?: boolean | undefined;
  /** Newcomers of the same run by wanted address, beyond this batch. */
  readonly rivals?: ReadonlyMap<string, readonly string[]> | undefined;
  /** The run that plans: one that applies a plan exactly leaves alone what that plan has not (law L11). */
  readonly runId?: string | null | undefined;
  /** Addresses that the database refused a moment ago. */
  readonly takenEmails?: ReadonlySet<string> | undefined;
}

const NOTHING_PLANNED: PlannedItems = new Set();

/** Loads what is known, decides person by person, then settles what only a batch can: addresses and the guard. */
export async function planPeople(deps: LoadDeps, request: PlanRequest): Promise<BatchPlan> {
  const { scope, reads, session } = request;
  const setUp = request.setUp ?? (await loadSetUp(deps, scope, session));
  const groups = await loadGroups(deps, scope, session);
  for (const [groupId, state] of request.groups ?? []) groups.set(groupId, state);
  const loaded = { ...setUp, groups };
  const objectIds = reads.map(({ objectId }) => objectId);
  const inputs = await loadPeople(deps, { scope, objectIds }, session);
  const plannedItems = await loadPlanned(deps.store, { runId: request.runId ?? null, objectIds }, session);
  const open = await loadOpenActivities(deps, { scope, users: inputs.users.values() }, session);
  const context = await withLeaders(deps, { context: loaded, inputs }, session);
  const rules = request.rules ?? context.integration.inEffect?.settings;
  if (!rules) throw new Error('nothing is planned before the first run has begun (law L14)');

  const drafts: Draft[] = [];
  const stale: string[] = [];
  const outdated: string[] = [];
  for (const read of reads) {
    if (read.revision !== null && !request.rules && read.revision !== context.integration.inEffect?.revision) {
      outdated.push(read.objectId);
      continue;
    }
    const row = inputs.rows.get(read.objectId) ?? null;
    const user = inputs.users.get(read.objectId) ?? null;
    const decisions = inputs.decisions.get(read.objectId) ?? [];
    const planned = plannedItems && (plannedItems.get(read.objectId) ?? NOTHING_PLANNED);
    const { times, ripensAtOnce = false } = request;
    const hasOpenActivity = user !== null && open.has(user._id);
    const person = { read, row, user, hasOpenActivity, decisions, planned };
    const decided = decide({ ...person, rules, context, times, ripensAtOnce });
    if (decided.kind === 'stale') stale.push(read.objectId);
    else drafts.push(decided.draft);
  }
  const settled = await settleEmails(deps, { ...request, drafts: keepLeaders(drafts, context) });
  const now = reads[0]?.moment.at ?? new Date(0);
  const judged = settled.map(({ draft }) => draft);
  const verdict = await judgeTakings(deps, { scope, drafts: judged, rules, now, session });
  const plans = settled.map(({ draft, waitsForEmail }) =>
    personPlan(draft, { verdict, waitsForEmail, decisions: inputs.decisions.get(draft.read.objectId) ?? [] }),
  );
  const people = await withCancelled(deps, { scope, plans, now }, session);
  return { context, inputs, people, stale, outdated };
}

/** Splits a projection into what is written now and what is held. */
function personPlan(
  draft: Draft,
  {
    verdict,
    waitsForEmail,
    decisions,
  }: { verdict: TakingsVerdict; waitsForEmail: string | null; decisions: readonly DecisionRow[] },
): PersonPlan {
  const { projection, mayTake } = draft;
  const takes = mayTake ? projection.takes : [];
  const held = takes.filter(({ taking, change }) => verdict.isHeld(draft, taking, change));
  const taken = takes
    .filter((take) => !held.includes(take))
    .map(({ taking, change }) => ({ change, taking, approved: draft.approved.has(change) }));
  const accepted: AcceptedChange[] = [
    ...projection.gives.map((change) => ({ change, taking: null, approved: false })),
    ...taken,
  ];
  const found = held.length === 0 ? projection.problems : [...projection.problems, HELD_PROBLEM];
  const problems = withoutIgnored(found, decisions);
  // What is taken now ripens no more; what is held goes on counting for the guard.
  const stillRipening = held.flatMap((take) => ripeningName(take) ?? []);
  const row = draft.row && (mayTake ? withRipening(draft.row, stillRipening) : draft.row);
  const over = draft.read.evidence === 'own_read' ? [...draft.over, ...problemsOver(found, decisions)] : draft.over;
  const approval = held.length > 0 && draft.row ? draft.row.tenantId : null;
  const waiting = waitsFor(draft.user, { problems: found, email: waitsForEmail, approval });
  return { draft: { ...draft, row, over }, accepted, held, problems, waitsFor: waiting, cancelled: [] };
}

function withRipening(row: PersonRow, takings: readonly string[]): PersonRow {
  if (takings.length === 0 || !row.ripening) return row.ripening === null ? row : { ...row, ripening: null };
  return { ...row, ripening: { ...row.ripening, takings } };
}

/** With an archive goes what the person had planned, in the same transaction: nobody would start it (E10). */
async function withCancelled(
  { store }: LoadDeps,
  { scope, plans, now }: { scope: Scope; plans: readonly PersonPlan[]; now: Date },
  session: ClientSession | undefined,
): Promise<readonly PersonPlan[]> {
  const leavers = plans.filter(({ accepted }) => accepted.some(({ change }) => change.kind === 'archive'));
  const userIds = leavers.flatMap(({ draft }) => draft.user?._id ?? []);
  const { enterpriseId } = scope;
  const toCome = groupBy(
    await activitiesToCome(store, { enterpriseId, userIds, now }, session),
    ({ userId }) => userId,
  );
  if (toCome.size === 0) return plans;
  return plans.map((plan) => ({ ...plan, cancelled: toCome.get(plan.draft.user?._id ?? '') ?? [] }));
}

/** Two leaders stay in each team, whoever of the batch would leave it (E7). */
function keepLeaders(drafts: readonly Draft[], { teams }: EnterpriseContext): Draft[] {
  const projections = settleLeaders({ people: drafts, teams });
  return drafts.map((draft, index) => ({ ...draft, projection: projections[index] ?? draft.projection }));
}

async function withLeaders(
  { store }: LoadDeps,
  { context, inputs }: { context: EnterpriseContext; inputs: PeopleInputs },
  session: ClientSession | undefined,
): Promise<EnterpriseContext> {
  const led = [...inputs.users.values()].flatMap(ledTeams);
  if (led.length === 0) return context;
  const enterpriseId = context.integration._id;
  const counts = await countLeaders(store, { enterpriseId, teamIds: [...new Set(led)] }, session);
  const teams = new Map(context.teams);
  for (const [teamId, leaderCount] of counts) {
    const team = teams.get(teamId);
    if (team) teams.set(teamId, { ...team, leaderCount });
  }
  return { ...context, teams };
}

function ledTeams(user: UserRow): string[] {
  return user.memberships.filter(({ isLeader }) => isLeader).map(({ teamId }) => teamId);
}
