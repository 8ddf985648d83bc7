import { chunksOf } from '../../kernel/lists.js';
import { forgetRunProblems, keepRunProblems } from '../../records/problems/run-problems.js';
import type { Scope } from '../../sync/plan/load-inputs.js';
import type { BatchPlan } from '../../sync/plan/plan-people.js';
import { problemsMet } from '../../sync/plan/problems-met.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import type { Entry } from '../groups/listed.js';
import type { MappedGroupsRead, PageRead } from '../groups/read-mapped-groups.js';
import { openSurvey, SURVEY_CHUNK, type Survey, type SurveyDeps, type SurveyRequest } from './survey.js';

/** A survey that plans people while Graph is still asked for the others. */
export interface SurveyAlong {
  heard(page: PageRead): void;
  /** Once everything is read: whoever is not planned yet, or has to be planned once more, and the outcome. */
  end(read: MappedGroupsRead): Promise<Survey>;
  /** Waits for what is under way, whatever becomes of it. */
  settled(): Promise<void>;
}

export type RunSurveyed = Pick<SurveyRequest, 'runId' | 'revision' | 'ticket'> & {
  readonly integration: IntegrationRow;
};

/** The survey of a full run, which keeps the problems of those whom the run leaves alone. */
export async function surveyOfRun(
  deps: SurveyDeps,
  { enterpriseId, tenantId }: Scope,
  { integration, ...about }: RunSurveyed,
): Promise<SurveyAlong> {
  const scope = { enterpriseId, tenantId };
  const onLeftAlone = (plan: BatchPlan) =>
    keepRunProblems(deps.store, problemsMet(plan, { enterpriseId, runId: about.runId, now: deps.clock.now() }));
  // There a run alone brings groups into effect: whoever is read anew while it reads must be seen by its survey.
  const atNextSync = integration.inEffect?.settings.groupChanges === 'next_sync';
  const expected = atNextSync ? new Map<string, number>() : await deps.people.groupCounts(tenantId);
  return surveyAlong(deps, { scope, onLeftAlone, ...about }, expected);
}

/**
 * A list gives no whole picture of a person before all groups are read. But whoever has been found in as many of them
 * as the mirror knows is hardly in more: they are planned meanwhile, once more only where they turn up again, and let
 * go where there is nothing to do. After a first run that is nearly everybody, so that the run ends with its reading.
 *
 * @param expected  in how many mapped groups people were when last read; who is not in it is planned at the end. Whoever
 * was found in as many is taken out
 */
export function surveyAlong(deps: SurveyDeps, request: SurveyRequest, expected: Map<string, number>): SurveyAlong {
  const survey = openSurvey(deps, request);
  const waiting: string[] = [];
  let latest: PageRead | null = null;
  let work: Promise<void> | null = null;
  return { heard, end, settled: async () => work?.catch(() => undefined) };

  function heard(page: PageRead): void {
    for (const id of page.objectIds) {
      if (page.listed.get(id)?.groupIds.length !== expected.get(id)) continue;
      waiting.push(id);
      expected.delete(id);
    }
    latest = page;
    if (waiting.length === 0 || work !== null) return;
    const planning = planWaiting().then(() => {
      work = null;
    });
    // A failure is told by `end`, and ends the planning; until then nobody waits for it.
    planning.catch(() => undefined);
    work = planning;
  }

  /** What comes in meanwhile is planned together: in a large tenant many at a time. */
  async function planWaiting(): Promise<void> {
    while (latest !== null && waiting.length > 0) {
      const ids = waiting.splice(0, SURVEY_CHUNK);
      const { listed } = latest;
      for (const id of ids) markPlanned(listed.get(id));
      const leftAlone = await plan(ids, latest);
      // Whoever turned up again meanwhile is planned again.
      listed.letGo(leftAlone.filter((id) => isPlanned(listed.get(id))));
    }
  }

  async function end(read: MappedGroupsRead): Promise<Survey> {
    await work;
    const { listed } = read;
    const unreadable = new Set(read.groups.flatMap(({ groupId, state }) => (state === 'ok' ? [] : [groupId])));
    const left: string[] = [];
    for (const [id, person] of listed.entries())
      if (!isPlanned(person) || person.groupIds.some((groupId) => unreadable.has(groupId))) left.push(id);
    const again = left.filter((id) => (listed.get(id)?.planned ?? 0) > 0);
    for (const objectIds of chunksOf(again, SURVEY_CHUNK))
      await forgetRunProblems(deps.store, { ...request.scope, runId: request.runId, objectIds });
    survey.toRead(left.filter((id) => listed.get(id)?.packedAt === null));
    listed.letGo(await plan(left, { listed, groups: new Map(read.groups.map((group) => [group.groupId, group])) }));
    return survey.end();
  }

  function plan(
    ids: readonly string[],
    { listed, groups }: Pick<PageRead, 'listed' | 'groups'>,
  ): Promise<readonly string[]> {
    const states = new Map([...groups].map(([groupId, { state }]) => [groupId, state]));
    return survey.plan(listed.withAttributes(ids), states);
  }
}

function markPlanned(person: Entry | undefined): void {
  if (person) person.planned = person.groupIds.length;
}

function isPlanned(person: Entry | undefined): boolean {
  return person !== undefined && person.planned === person.groupIds.length;
}
