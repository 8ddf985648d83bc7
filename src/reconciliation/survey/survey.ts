import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { chunksOf } from '../../kernel/lists.js';
import type { Ticket } from '../../mirror/types.js';
import type { Rival } from '../../projection/claims.js';
import type { GroupState, Problem, SyncRules } from '../../projection/types.js';
import type { Cause } from '../../records/types.js';
import type { PersonRead, Times } from '../../sync/plan/decide.js';
import { type DraftedPeople, draftPeople } from '../../sync/plan/draft-people.js';
import { type EnterpriseSetUp, type LoadDeps, loadSetUp, type Scope } from '../../sync/plan/load-inputs.js';
import type { PersonPlan } from '../../sync/plan/person-plan.js';
import { type BatchPlan, settlePeople } from '../../sync/plan/plan-people.js';
import { hasEffect } from '../../sync/plan/write-plan.js';
import type { ListedPerson } from '../groups/listed.js';
import { createAddressSurvey } from './address-survey.js';

/**
 * People planned at a time; nothing is written here. So few that what they need is garbage before V8 takes it for
 * something that stays.
 */
export const SURVEY_CHUNK = 250;

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

/** A survey that is fed by and by. */
export interface OpenSurvey {
  /**
   * Plans some of those listed; answers whom the run leaves alone. Who was planned before is planned anew: only the
   * last plan of a person counts.
   */
  plan(
    listed: Iterable<readonly [string, ListedPerson]>,
    groups?: ReadonlyMap<string, GroupState> | undefined,
  ): Promise<readonly string[]>;
  /** They are to be read by themselves, whatever the lists say of them. */
  toRead(objectIds: Iterable<string>): void;
  end(): Survey;
}

/** What a run has to do about a person for whom there is anything to say. */
interface Finding {
  readonly fate: 'give' | 'read' | 'left_alone';
  readonly hasFailed: boolean;
  readonly warnings: number;
}

/** Plans everybody who was listed, by the same functions as any other read, to find out who has to be looked at. */
export async function surveyListed(
  deps: SurveyDeps,
  listed: Iterable<readonly [string, ListedPerson]>,
  request: SurveyRequest,
): Promise<Survey> {
  const survey = openSurvey(deps, request);
  await survey.plan(listed, request.groups);
  return survey.end();
}

export function openSurvey(deps: SurveyDeps, request: SurveyRequest): OpenSurvey {
  const { scope, rules, runId } = request;
  const findings = new Map<string, Finding>();
  const known = new Map<string, Finding>();
  const addresses = createAddressSurvey();
  // Read once: what is applied is planned again from what is set up then.
  let setUp: EnterpriseSetUp | null = null;
  return {
    plan: async (listed, groups) => {
      setUp ??= await loadSetUp(deps, scope);
      const leftAlone: string[] = [];
      for (const reads of chunksOf(listReads(deps, listed, request), SURVEY_CHUNK)) {
        const drafted = await draftPeople(deps, { scope, reads, times: deps.times, rules, groups, setUp, runId });
        const plan = await settlePeople(deps, { scope, drafted, now: deps.clock.now() });
        addresses.add(drafted.drafts, plan);
        request.onDrafted?.(drafted);
        leftAlone.push(...(await find(drafted, plan)));
      }
      return leftAlone;
    },
    toRead: (objectIds) => {
      for (const objectId of objectIds) note(objectId, { ...saidOf([]), ...findings.get(objectId), fate: 'read' });
    },
    end: () => {
      const { rivals, refusedMore } = addresses.end();
      const found = [...findings];
      const withFate = (fate: Finding['fate']) => found.flatMap(([id, each]) => (each.fate === fate ? [id] : []));
      const failed = found.filter(([, { hasFailed }]) => hasFailed).length + refusedMore;
      const warnings = found.reduce((sum, [, each]) => sum + each.warnings, 0);
      findings.clear();
      return { toGive: withFate('give'), toRead: withFate('read'), rivals, failed, warnings };
    },
  };

  async function find(drafted: DraftedPeople, plan: BatchPlan): Promise<string[]> {
    // What the newer read came to stands in the problems that are open.
    for (const id of drafted.stale) note(id, { ...saidOf(drafted.inputs.problems.get(id) ?? []), fate: 'read' });
    const leftAlone: PersonPlan[] = [];
    for (const person of plan.people) {
      const fate = fateOf(deps, { person, plan, request });
      const { hasFailed, warnings } = saidOf(person.problems);
      note(person.draft.read.objectId, { fate, hasFailed, warnings });
      if (fate === 'left_alone') leftAlone.push(person);
    }
    await request.onLeftAlone?.({ ...plan, people: leftAlone });
    return leftAlone.map(({ draft }) => draft.read.objectId);
  }

  /** Nearly everybody is left alone with nothing to say: they are not kept. */
  function note(objectId: string, finding: Finding): void {
    if (finding.fate === 'left_alone' && !finding.hasFailed && finding.warnings === 0) findings.delete(objectId);
    else findings.set(objectId, shared(finding));
  }

  /** In a first run there is something to do for everybody, and mostly the same. */
  function shared(finding: Finding): Finding {
    const key = `${finding.fate} ${finding.hasFailed} ${finding.warnings}`;
    const same = known.get(key) ?? finding;
    known.set(key, same);
    return same;
  }
}

type Planned = { readonly person: PersonPlan; readonly plan: BatchPlan; readonly request: SurveyRequest };

function fateOf(deps: SurveyDeps, planned: Planned): Finding['fate'] {
  const { draft } = planned.person;
  if (draft.projection.takes.length > 0 || isHeld(planned.plan, draft.read.objectId)) return 'read';
  return draft.unplanned.length > 0 || affects(deps, planned) ? 'give' : 'left_alone';
}

/** What was held and is not asked for any more on a list ends by the person's own read. */
function isHeld({ inputs }: BatchPlan, objectId: string): boolean {
  return inputs.decisions.get(objectId)?.some(({ verdict }) => verdict === 'held') ?? false;
}

function saidOf(problems: readonly Pick<Problem, 'severity'>[]): Omit<Finding, 'fate'> {
  const count = (severity: Problem['severity']) => problems.filter((problem) => problem.severity === severity).length;
  return { hasFailed: count('error') > 0, warnings: count('warning') };
}

/** Reads of people as lists gave them. */
export function* listReads(
  { clock, times }: Pick<SurveyDeps, 'clock' | 'times'>,
  listed: Iterable<readonly [string, ListedPerson]>,
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

function affects({ chance, clock, times }: SurveyDeps, { person, plan, request }: Planned): boolean {
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
