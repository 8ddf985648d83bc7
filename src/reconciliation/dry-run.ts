import { groupIdsOf } from '../sync/may-work.js';
import type { Owner } from '../sync/owner.js';
import { type PersonPlan, planPeople } from '../sync/plan/plan-people.js';
import { type ReadPeopleDeps, readPeople } from '../sync/read-people.js';
import type { IntegrationRow } from '../tenancy/types.js';
import { itemsOf } from './plan-items.js';
import { readMappedGroups } from './read-mapped-groups.js';
import type { Runs } from './runs.js';
import { chunksOf, type SurveyDeps, surveyListed } from './survey.js';
import type { RunItemRow, RunRow } from './types.js';
import { requireMappingRead } from './verdicts/may-run.js';

const READ_CHUNK = 200;
const ITEMS_A_WRITE = 1_000;

export interface DryRun {
  execute(owner: Owner, run: RunRow): Promise<void>;
}

export interface DryRunDeps extends SurveyDeps, ReadPeopleDeps {
  readonly runs: Runs;
  integration(enterpriseId: string): Promise<IntegrationRow | null>;
  linked(tenantId: string): AsyncIterable<string>;
}

/** The same reading and planning as a full run with the settings as they are now; nothing but the plan is written. */
export function createDryRun(deps: DryRunDeps): DryRun {
  const { runs, clock } = deps;
  return { execute };

  async function execute(owner: Owner, run: RunRow): Promise<void> {
    const integration = await deps.integration(owner.enterpriseId);
    if (!integration) return;
    const { settings: rules, revision } = integration;
    await runs.update(run._id, { status: 'running', phase: 'reading', startedAt: clock.now(), revision });
    const mapped = { revision, groupIds: groupIdsOf(rules) };
    const plans: PersonPlan[] = [];
    const ticket = owner.tickets.draw();
    try {
      const { graph, signal } = owner;
      const onPage = async (people: number) => runs.setCount(run._id, 'seen', people);
      const read = await readMappedGroups({ graph, groupIds: mapped.groupIds, ticket, signal, onPage });
      await requireMappingRead(deps.store, integration, { mappings: rules.mappings, groups: read.groups });
      const onPlan = (person: PersonPlan) => plans.push(person);
      const groups = new Map(read.groups.map(({ groupId, state }) => [groupId, state]));
      const request = { scope: owner, ticket, revision, runId: run._id, rules, groups, onPlan };
      const survey = await surveyListed(deps, read.listed, request);
      const alone = new Set(survey.toRead);
      for await (const id of deps.people.everyone(owner.tenantId)) if (!read.listed.has(id)) alone.add(id);
      for await (const id of deps.linked(owner.tenantId)) if (!read.listed.has(id)) alone.add(id);
      for (const objectIds of chunksOf(alone, READ_CHUNK)) {
        const { reads } = await readPeople(deps, owner, { objectIds, mapped, ticket, priority: 'run' });
        const whole = reads.map((each) => ({ ...each, notified: false, movesGroups: true }));
        const options = { scope: owner, times: deps.times, rules, groups, ripensAtOnce: true, rivals: survey.rivals };
        plans.push(...(await planPeople(deps, { ...options, reads: whole })).people);
      }
      await keepPlan(run, { plans, rivals: survey.rivals, seen: read.listed.size });
    } finally {
      owner.tickets.done(ticket);
    }
    await runs.finish(run._id, { status: 'succeeded', code: null, message: null });
  }

  async function keepPlan(
    run: RunRow,
    {
      plans,
      rivals,
      seen,
    }: { plans: readonly PersonPlan[]; rivals: ReadonlyMap<string, readonly string[]>; seen: number },
  ): Promise<void> {
    const { items, counts } = itemsOf(plans, rivals);
    let position = 0;
    for (const chunk of chunksOf(items, ITEMS_A_WRITE)) {
      const rows: RunItemRow[] = chunk.map((item) => {
        position += 1;
        return { ...item, _id: `${run._id}:${position}`, runId: run._id, position };
      });
      await runs.addItems(rows);
    }
    const held = plans.reduce((sum, plan) => sum + plan.held.length, 0);
    await runs.update(run._id, { counts: { ...counts, seen }, held });
  }
}
