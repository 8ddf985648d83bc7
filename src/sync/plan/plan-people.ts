import type { ClientSession } from 'mongodb';
import type { Rival } from '../../projection/claims.js';
import { archives, settleLeaders } from '../../projection/leaders.js';
import { type AddressChain, openChains } from '../../projection/rules/address-chains.js';
import type { Draft } from './decide.js';
import { type DraftedPeople, type DraftRequest, draftPeople } from './draft-people.js';
import { judgeTakings, type TakingsVerdict } from './guard/judge-takings.js';
import type { EnterpriseContext, LoadDeps, PeopleInputs, Scope } from './load-inputs.js';
import { type PersonPlan, personPlan, withCancelled } from './person-plan.js';
import { type AddressGround, addressGround, claimOf, settleEmails } from './settle-emails.js';

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
  // Who keeps an address, until an administrator has decided or by the plan, stands in the way of who was to get it.
  const keepers = new Set(first.flatMap(({ draft }) => (keepsEmail(draft, verdict) ? [draft.read.objectId] : [])));
  const settled = keepers.size === 0 ? first : settleEmails(drafts, ground, keepers);
  const plans = settled.map(({ draft, waitsForEmail }) =>
    personPlan(draft, {
      ...{ verdict, waitsForEmail },
      decisions: inputs.decisions.get(draft.read.objectId) ?? [],
      open: inputs.problems.get(draft.read.objectId) ?? [],
    }),
  );
  const people = await withCancelled(deps, { scope, plans, now }, session);
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
  const { mayTake, projection, unplanned } = draft;
  const changes = projection.takes.filter(({ taking }) => taking === 'email_change');
  return (
    mayTake && changes.some(({ taking, change }) => unplanned.includes(change) || verdict.isHeld(draft, taking, change))
  );
}

/** Two leaders stay in each team, whoever of the batch would leave it (E7). Who stays by that is decided as one who stays. */
function keepLeaders(drafts: readonly Draft[], context: EnterpriseContext): Draft[] {
  const settled = settledBy(drafts, context);
  const kept = settled.map((draft) =>
    draft.asKept && !archives(draft.projection) ? draft.asKept(teamsKeeping(draft)) : draft,
  );
  return kept.some((draft, index) => draft !== settled[index]) ? settledBy(kept, context) : settled;
}

function settledBy(drafts: readonly Draft[], { teams }: EnterpriseContext): Draft[] {
  const projections = settleLeaders({ people: drafts, teams });
  return drafts.map((draft, index) => ({ ...draft, projection: projections[index] ?? draft.projection }));
}

function teamsKeeping({ projection }: Draft): ReadonlySet<string> {
  return new Set(
    projection.problems.flatMap(({ code, subject }) => (code === 'leader_removal_blocked' && subject ? [subject] : [])),
  );
}
