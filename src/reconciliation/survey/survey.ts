import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { chunksOf } from '../../kernel/lists.js';
import type { Ticket } from '../../mirror/types.js';
import type { Rival } from '../../projection/claims.js';
import type { GroupState, SyncRules } from '../../projection/types.js';
import type { Cause } from '../../records/types.js';
import type { PersonRead, Times } from '../../sync/plan/decide.js';
import { type DraftedPeople, draftPeople } from '../../sync/plan/draft-people.js';
import { type LoadDeps, loadSetUp, type Scope } from '../../sync/plan/load-inputs.js';
import type { PersonPlan } from '../../sync/plan/person-plan.js';
import { type BatchPlan, settlePeople } from '../../sync/plan/plan-people.js';
import { hasEffect } from '../../sync/plan/write-plan.js';
import type { ListedPerson } from '../read-mapped-groups.js';
import { createAddressSurvey } from './address-survey.js';

/** People planned at a time; nothing is written here. */
const CHUNK = 1_000;

export interface SurveyDeps extends LoadDeps {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly times: Times;
}

export interface SurveyRequest {
  readonly scope: Scope;
  readonly ticket: Ticket;
  readonly revision: number | null;
  readonly runId: string;
  readonly rules?: SyncRules | undefined;
  readonly groups?: ReadonlyMap<string, GroupState> | undefined;
  /** Dry runs keep what was drafted and settle all of it together. */
  readonly onDrafted?: (drafted: DraftedPeople) => void;
  /** Full runs keep the problems of those for whom nothing else will be written. */
  readonly onLeftAlone?: (plan: BatchPlan) => Promise<void>;
}

export interface Survey {
  /** People to whom the lists give something. */
  readonly toGive: readonly string[];
  /**
   * People from whom something might have to be taken: the lists are no evidence for that (law L8); and those of whom a
   * newer read was written, which may have known less of the groups than this run.
   */
  readonly toRead: readonly string[];
  /** People who want one address anew, where there are several. */
  readonly rivals: ReadonlyMap<string, readonly Rival[]>;
  readonly failed: number;
  readonly warnings: number;
}

/** Plans everybody who was listed, by the same functions as any other read, to find out who has to be looked at. */
export async function surveyListed(
  deps: SurveyDeps,
  listed: ReadonlyMap<string, ListedPerson>,
  request: SurveyRequest,
): Promise<Survey> {
  const toGive: string[] = [];
  const toRead: string[] = [];
  const addresses = createAddressSurvey();
  let failed = 0;
  let warnings = 0;
  const { scope, rules, groups, runId } = request;
  // Read once: what is applied is planned again from what is set up then.
  const setUp = await loadSetUp(deps, scope);
  for (const reads of chunksOf(listReads(deps, listed, request), CHUNK)) {
    const drafted = await draftPeople(deps, { scope, reads, times: deps.times, rules, groups, setUp, runId });
    const plan = await settlePeople(deps, { scope, drafted, now: deps.clock.now() });
    addresses.add(drafted.drafts, plan);
    request.onDrafted?.(drafted);
    toRead.push(...drafted.stale);
    const leftAlone: PersonPlan[] = [];
    for (const person of plan.people) {
      const { objectId } = person.draft.read;
      if (hasFailed(person)) failed += 1;
      warnings += person.problems.filter(({ severity }) => severity === 'warning').length;
      if (person.draft.projection.takes.length > 0 || isHeld(plan, objectId)) toRead.push(objectId);
      else if (person.draft.unplanned.length > 0 || affects(deps, { person, plan, request })) toGive.push(objectId);
      else leftAlone.push(person);
    }
    await request.onLeftAlone?.({ ...plan, people: leftAlone });
  }
  const { rivals, refusedMore } = addresses.end();
  return { toGive, toRead, rivals, failed: failed + refusedMore, warnings };
}

/** What was held and is not asked for any more on a list ends by the person's own read. */
function isHeld({ inputs }: BatchPlan, objectId: string): boolean {
  return inputs.decisions.get(objectId)?.some(({ verdict }) => verdict === 'held') ?? false;
}

function hasFailed({ problems }: PersonPlan): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** Reads of people as lists gave them. */
export function* listReads(
  { clock, times }: Pick<SurveyDeps, 'clock' | 'times'>,
  listed: ReadonlyMap<string, ListedPerson>,
  { ticket, revision }: Pick<SurveyRequest, 'ticket' | 'revision'>,
): Iterable<PersonRead> {
  const moment = { ticket, at: clock.now(), lagMs: times.lagDirectoryMs };
  const freshGroups = new Map();
  for (const [objectId, { attributes, groupIds }] of listed) {
    const seen = { state: 'present', attributes, groupIds } as const;
    const origin = { notified: false, movesGroups: true, requestId: null } as const;
    yield { objectId, seen, evidence: 'list', moment, freshGroups, revision, ...origin };
  }
}

function affects(
  { chance, clock, times }: SurveyDeps,
  { person, plan, request }: { person: PersonPlan; plan: BatchPlan; request: SurveyRequest },
): boolean {
  const { scope, runId } = request;
  const causeOf = () => causeOfRun(runId);
  const now = clock.now();
  const { problemDelayMs } = times;
  const common = { scope, plan, changes: new Map(), runId, ofOpenRun: true, now, problemDelayMs, causeOf };
  return hasEffect(chance, person, common);
}

export function causeOfRun(runId: string): Cause {
  return { by: 'run', traceId: null, runId, graphRequestId: null };
}
