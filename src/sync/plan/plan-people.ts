import type { ClientSession } from 'mongodb';
import type { Rival } from '../../projection/claims.js';
import { settleLeaders } from '../../projection/leaders.js';
import { type AddressChain, openChains } from '../../projection/rules/address-chains.js';
import type { GroupState, PlannedChange, Problem, SyncRules, TakingKind } from '../../projection/types.js';
import { type AcceptedChange, presentRecord } from '../../records/apply-changes.js';
import type { UserRow } from '../../records/types.js';
import { type Draft, decide, type PersonRead, type Times } from './decide.js';
import { HELD_PROBLEM, judgeTakings, type TakingsVerdict } from './judge-takings.js';
import {
  countLeaders,
  type EnterpriseContext,
  type EnterpriseSetUp,
  type LoadDeps,
  loadGroups,
  loadPeople,
  loadSetUp,
  type PeopleInputs,
  type Scope,
} from './load-inputs.js';
import { type AddressGround, addressGround, claimOf, settleEmails } from './settle-emails.js';

/** What will be written for one person, and what keeps the rest from being written. */
export interface PersonPlan {
  readonly draft: Draft;
  readonly accepted: readonly AcceptedChange[];
  /** Takings that the guard holds for an administrator (law L12). */
  readonly held: readonly { readonly taking: TakingKind; readonly change: PlannedChange }[];
  readonly problems: readonly Problem[];
  /** The address that the person waits for, where somebody else holds it (law L6). */
  readonly waitsForEmail: string | null;
}

export interface BatchPlan {
  readonly context: EnterpriseContext;
  readonly inputs: PeopleInputs;
  readonly people: readonly PersonPlan[];
  /** People of whom a newer read has been written: nothing to do for this one. */
  readonly stale: readonly string[];
  /** People read for the mapped groups of other settings than those in effect by now: to be read again. */
  readonly outdated: readonly string[];
  /** People who were left out: they hang on somebody whom nobody has read yet. */
  readonly chains: readonly AddressChain[];
  /** What was known of the addresses that somebody wants anew. */
  readonly addresses: AddressGround;
}

/** Most objects that one transaction takes (law L4). */
export const MOST_OBJECTS_AN_APPLY = 200;

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
}

/** People decided one by one, before what only all of them together can tell. */
export interface DraftedPeople extends Pick<BatchPlan, 'context' | 'inputs' | 'stale' | 'outdated'> {
  readonly drafts: readonly Draft[];
  readonly rules: SyncRules;
}

export interface SettleRequest {
  readonly scope: Scope;
  readonly drafted: DraftedPeople;
  readonly now: Date;
  readonly session?: ClientSession | undefined;
  /** People of the same run by wanted address, where several want one. */
  readonly rivals?: ReadonlyMap<string, readonly Rival[]> | undefined;
  /** Addresses that the database refused a moment ago. */
  readonly takenEmails?: ReadonlySet<string> | undefined;
  /**
   * Object ids of holders who were asked for already. Where given, people who hang on a holder beyond these drafts are
   * left out and come back as open chains, so that the holder can be read and all be decided together.
   */
  readonly asked?: ReadonlySet<string> | undefined;
}

export type PlanRequest = DraftRequest & Pick<SettleRequest, 'rivals' | 'takenEmails' | 'asked'>;

/** Drafts and settles one batch. */
export async function planPeople(deps: LoadDeps, request: PlanRequest): Promise<BatchPlan> {
  const drafted = await draftPeople(deps, request);
  const now = request.reads[0]?.moment.at ?? new Date(0);
  return settlePeople(deps, { ...request, drafted, now });
}

/** Loads what is known and decides person by person: a dry run does that in parts and settles all of them at once. */
export async function draftPeople(deps: LoadDeps, request: DraftRequest): Promise<DraftedPeople> {
  const { scope, reads, session } = request;
  const setUp = request.setUp ?? (await loadSetUp(deps, scope, session));
  const groups = await loadGroups(deps, scope, session);
  for (const [groupId, state] of request.groups ?? []) groups.set(groupId, state);
  const loaded = { ...setUp, groups };
  const inputs = await loadPeople(deps, { scope, objectIds: reads.map(({ objectId }) => objectId) }, session);
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
    const { times, ripensAtOnce = false } = request;
    const decided = decide({ read, row, user, rules, context, times, ripensAtOnce });
    if (decided.kind === 'stale') stale.push(read.objectId);
    else drafts.push(decided.draft);
  }
  return { context, inputs, rules, drafts, stale, outdated };
}

/** Settles what only everybody together can tell: the last leaders of a team, addresses and the guard. */
export async function settlePeople(deps: LoadDeps, request: SettleRequest): Promise<BatchPlan> {
  const { scope, drafted, now, session } = request;
  const { context, inputs, rules, stale, outdated } = drafted;
  const all = keepLeaders(drafted.drafts, context);
  const ground = await addressGround(deps, { ...request, drafts: all });
  const chains = request.asked ? chainsToClose(all, { ground, asked: request.asked }) : [];
  const leftOut = new Set(chains.flatMap(({ objectIds }) => objectIds));
  const drafts = leftOut.size === 0 ? all : all.filter(({ read }) => !leftOut.has(read.objectId));
  const first = settleEmails(drafts, ground);
  const verdict = await judgeTakings(deps, { scope, drafts: first.map(({ draft }) => draft), rules, now, session });
  // Who keeps an address until an administrator has decided stands in the way of who was to get it.
  const keepers = new Set(first.flatMap(({ draft }) => (keepsEmail(draft, verdict) ? [draft.read.objectId] : [])));
  const settled = keepers.size === 0 ? first : settleEmails(drafts, ground, keepers);
  const people = settled.map(({ draft, waitsForEmail }) => personPlan(draft, { verdict, waitsForEmail }));
  return { context, inputs, people, stale, outdated, chains, addresses: ground };
}

/** Chains that hang on holders who can be read; one that is too long for one apply is decided as far as it is known. */
function chainsToClose(
  drafts: readonly Draft[],
  { ground, asked }: { ground: AddressGround; asked: ReadonlySet<string> },
): AddressChain[] {
  const claims = drafts.map((draft) => claimOf(draft));
  const chains = openChains({ claims, holders: ground.holders });
  return chains.filter(
    ({ objectIds, missing }) =>
      objectIds.length + missing.length <= MOST_OBJECTS_AN_APPLY && missing.some((id) => !asked.has(id)),
  );
}

function keepsEmail(draft: Draft, verdict: TakingsVerdict): boolean {
  const { mayTake, projection } = draft;
  const changes = projection.takes.filter(({ taking }) => taking === 'email_change');
  return mayTake && changes.some(({ taking, change }) => verdict.isHeld(draft, taking, change));
}

/** Splits a projection into what is written now and what is held. */
function personPlan(
  draft: Draft,
  { verdict, waitsForEmail }: { verdict: TakingsVerdict; waitsForEmail: string | null },
): PersonPlan {
  const { projection, mayTake } = draft;
  const takes = mayTake ? projection.takes : [];
  const held = takes.filter(({ taking, change }) => verdict.isHeld(draft, taking, change));
  const taken = takes.filter((take) => !held.includes(take)).map(({ taking, change }) => ({ change, taking }));
  const accepted: AcceptedChange[] = [...projection.gives.map((change) => ({ change, taking: null })), ...taken];
  const problems = held.length === 0 ? projection.problems : [...projection.problems, HELD_PROBLEM];
  // What is taken now ripens no more; what is held goes on counting for the guard.
  const isTaken = mayTake && held.length === 0;
  const row = draft.row && (isTaken ? { ...draft.row, ripening: null } : draft.row);
  return { draft: { ...draft, row }, accepted, held, problems, waitsForEmail };
}

/** Two leaders stay in each team, whoever of the batch would leave it (E7). */
function keepLeaders(drafts: readonly Draft[], { teams }: EnterpriseContext): Draft[] {
  const people = drafts.map(({ projection, user }) => ({ projection, record: user && presentRecord(user) }));
  const projections = settleLeaders({ people, teams });
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
