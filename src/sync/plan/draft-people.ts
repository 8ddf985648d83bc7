import type { ClientSession } from 'mongodb';
import { archives } from '../../projection/leaders.js';
import { LEADERS_LEAST } from '../../projection/rules/teams.js';
import type { GroupState, SyncRules } from '../../projection/types.js';
import type { PlannedItems } from '../../projection/verdicts/exactly.js';
import type { UserRow } from '../../records/types.js';
import { type Decided, type DecideInput, type Draft, decide, type PersonRead, type Times } from './decide.js';
import { loadPlanned } from './exact-plan.js';
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

export interface DraftRequest {
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
  /** The run that plans: one that applies a plan exactly leaves alone what that plan has not (law L11). */
  readonly runId?: string | null | undefined;
}

/** People decided one by one, before what only all of them together can tell. */
export interface DraftedPeople {
  readonly context: EnterpriseContext;
  readonly inputs: PeopleInputs;
  readonly rules: SyncRules;
  readonly drafts: readonly Draft[];
  /** People of whom a newer read has been written: nothing to do for this one. */
  readonly stale: readonly string[];
  /** People read for the mapped groups of other settings than those in effect by now: to be read again. */
  readonly outdated: readonly string[];
}

/**
 * Whoever waits for an activity that nobody ends is looked at again when it keeps them no more: nobody tells of that.
 */
export function lookAgainBy(draft: Draft, until: Date | null): Draft {
  const { row, projection } = draft;
  const waits = projection.problems.some(({ code }) => code === 'active_activity_deferred');
  if (until === null || row === null || !waits || (row.look?.at && row.look.at <= until)) return draft;
  return { ...draft, row: { ...row, look: { at: until, index: row.look?.index ?? LAST_LOOK } } };
}

/** No further look follows by itself. */
const LAST_LOOK = Number.MAX_SAFE_INTEGER;

const NOTHING_PLANNED: PlannedItems = new Set();

/** Loads what is known and decides person by person: a dry run does that in parts and settles all of them at once. */
export async function draftPeople(deps: LoadDeps, request: DraftRequest): Promise<DraftedPeople> {
  const { scope, reads, session, times, ripensAtOnce = false } = request;
  const objectIds = reads.map(({ objectId }) => objectId);
  const inputs = await loadPeople(deps, { scope, objectIds }, session);
  const context = await contextOf(deps, request, inputs);
  const plannedItems = await loadPlanned(deps.store, { runId: request.runId ?? null, objectIds }, session);
  const now = reads[0]?.moment.at ?? new Date(0);
  const open = await loadOpenActivities(deps, { scope, users: inputs.users.values(), now }, session);
  const rules = request.rules ?? context.integration.inEffect?.settings;
  if (!rules) throw new Error('nothing is planned before the first run has begun (law L14)');

  const drafts: Draft[] = [];
  const stale: string[] = [];
  const outdated: string[] = [];
  for (const read of reads) {
    const { objectId } = read;
    if (read.revision !== null && !request.rules && read.revision !== context.integration.inEffect?.revision) {
      outdated.push(objectId);
      continue;
    }
    const row = inputs.rows.get(objectId) ?? null;
    const user = inputs.users.get(objectId) ?? null;
    const hasOpenActivity = user !== null && open.has(user._id);
    const decisions = inputs.decisions.get(objectId) ?? [];
    const planned = plannedItems && (plannedItems.get(objectId) ?? NOTHING_PLANNED);
    const person = { read, row, user, hasOpenActivity, decisions, planned };
    const decided = decideAsLeader({ ...person, rules, context, times, ripensAtOnce });
    if (decided.kind === 'stale') stale.push(objectId);
    else drafts.push(lookAgainBy(decided.draft, (user && open.get(user._id)) ?? null));
  }
  return { context, inputs, rules, drafts, stale, outdated };
}

/** Whether a team can spare somebody is known only when all are drafted: whoever goes can be decided as one who stays. */
function decideAsLeader(input: DecideInput): Decided {
  const decided = decide(input);
  if (decided.kind === 'stale' || !archives(decided.draft.projection)) return decided;
  const asKept = (teamIds: ReadonlySet<string>): Draft => {
    const teams = new Map(input.context.teams);
    for (const [id, team] of teams) if (teamIds.has(id)) teams.set(id, { ...team, leaderCount: LEADERS_LEAST });
    const kept = decide({ ...input, context: { ...input.context, teams } });
    return kept.kind === 'stale' ? decided.draft : kept.draft;
  };
  return { ...decided, draft: { ...decided.draft, asKept } };
}

async function contextOf(deps: LoadDeps, request: DraftRequest, inputs: PeopleInputs): Promise<EnterpriseContext> {
  const { scope, session } = request;
  const setUp = request.setUp ?? (await loadSetUp(deps, scope, session));
  const groups = await loadGroups(deps, scope, session);
  for (const [groupId, state] of request.groups ?? []) groups.set(groupId, state);
  return withLeaders(deps, { context: { ...setUp, groups }, inputs }, session);
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
