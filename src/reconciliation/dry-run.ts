import { chunksOf } from '../kernel/lists.js';
import type { PlanItem } from '../projection/plan.js';
import type { PlannedPerson } from '../sync/mailboxes/load-calendar.js';
import { mappedBy } from '../sync/may-work.js';
import type { Owner } from '../sync/owner.js';
import { draftPeople } from '../sync/plan/draft-people.js';
import { type PersonPlan, userAfter } from '../sync/plan/person-plan.js';
import { settlePeople } from '../sync/plan/plan-people.js';
import { type ReadPeopleDeps, startReads } from '../sync/read-people.js';
import { settingsInEffect } from '../tenancy/settings/integration-settings.js';
import type { IntegrationRow } from '../tenancy/types.js';
import { calendarsToRead } from './calendars/calendars-to-read.js';
import { type CalendarPlan, type PlanCalendarsDeps, planCalendars } from './calendars/plan-calendars.js';
import { type PageRead, readMappedGroups } from './groups/read-mapped-groups.js';
import { requireMappingRead } from './may-run.js';
import { itemsOf, unreadItem } from './plan-items.js';
import type { RunEnd, RunWrites } from './run-writes.js';
import type { Runs } from './runs.js';
import { collectDrafts } from './survey/collect-drafts.js';
import { type SurveyDeps, surveyListed } from './survey/survey.js';
import type { RunItemRow, RunRow } from './types.js';

const READ_CHUNK = 200;
const ITEMS_A_WRITE = 1_000;
/** A run may move the groups in effect, and nobody told of these people. */
const READ_FOR_RUN = { notified: false, movesGroups: true } as const;

interface Found {
  readonly plans: readonly PersonPlan[];
  readonly unread: readonly PlanItem[];
  readonly calendars: CalendarPlan;
  readonly quiet: number;
  readonly newcomers: ReadonlyMap<string, string>;
  readonly seen: number;
}

export interface DryRun {
  execute(owner: Owner, run: RunRow): Promise<void>;
}

export interface DryRunDeps extends SurveyDeps, ReadPeopleDeps, PlanCalendarsDeps {
  readonly runs: Runs;
  readonly runWrites: RunWrites;
  integration(enterpriseId: string): Promise<IntegrationRow | null>;
  linked(of: Pick<Owner, 'enterpriseId' | 'tenantId'>): AsyncIterable<string>;
}

/** The same reading and planning as a full run with the settings as they are now; nothing but the plan is written. */
export function createDryRun(deps: DryRunDeps): DryRun {
  const { runs, runWrites, clock } = deps;
  return { execute };

  async function execute(owner: Owner, run: RunRow): Promise<void> {
    const integration = await deps.integration(owner.enterpriseId);
    if (!integration) return;
    const { revision } = integration;
    const rules = settingsInEffect(integration.settings);
    await runWrites.update(owner, run._id, { status: 'running', phase: 'reading', startedAt: clock.now(), revision });
    const mapped = mappedBy(rules, revision);
    const drafts = collectDrafts();
    const unread: PlanItem[] = [];
    const work = startReads(deps, owner, { mapped, movesGroups: true, priority: 'run' });
    const ticket = owner.tickets.draw();
    try {
      const { graph, signal } = owner;
      const onPage = ({ listed }: PageRead) => runWrites.setCount(owner, run._id, { seen: listed.size });
      const read = await readMappedGroups({ graph, groupIds: mapped.groupIds, ticket, signal, onPage });
      await requireMappingRead(deps.store, integration, { mappings: rules.mappings, groups: read.groups });
      const groups = new Map(read.groups.map(({ groupId, state }) => [groupId, state]));
      const request = { scope: owner, ticket, revision, runId: run._id, rules, groups };
      // Lists are no evidence for takings: whoever may lose something is read by themselves, as in a full run.
      const survey = await surveyListed(deps, read.listed.withAttributes(), {
        ...request,
        onDrafted: drafts.addGiving,
      });
      // What keeps them from losing it, such as a team that needs its leaders, is judged over everybody only.
      const alone = new Set([...survey.toRead, ...drafts.leftOut()]);
      for await (const id of deps.people.everyone(owner.tenantId)) if (!read.listed.has(id)) alone.add(id);
      for await (const id of deps.linked(owner)) if (!read.listed.has(id)) alone.add(id);
      for (const objectIds of chunksOf(alone, READ_CHUNK)) {
        const { reads: own, failed } = await work.read(objectIds);
        unread.push(...failed.map(unreadItem));
        const reads = own.map((each) => ({ ...each, ...READ_FOR_RUN }));
        drafts.add(await draftPeople(deps, { ...request, reads, times: deps.times, ripensAtOnce: true }));
      }
      // Everybody linked is among them, so that no chain of addresses leads beyond them.
      const drafted = drafts.all();
      const plans = drafted ? (await settlePeople(deps, { scope: owner, drafted, now: clock.now() })).people : [];
      await runWrites.update(owner, run._id, { phase: 'applying' });
      const isOn = rules.calendarSync ?? false;
      const comers = isOn ? comersOf(plans, { scope: owner, now: clock.now() }) : new Map();
      const objectIds = new Set([...(await calendarsToRead(deps, owner, isOn)), ...comers.keys()]);
      const calendars = await planCalendars(deps, owner, { objectIds, comers, revision, settings: rules });
      const heard = { quiet: drafts.quiet(), newcomers: drafts.newcomers(), seen: read.listed.size };
      await keepPlan(owner, run, { plans, unread, calendars, ...heard });
    } finally {
      owner.tickets.done(ticket);
      work.done();
    }
    const held = (await runs.get(run._id))?.held ?? 0;
    await runWrites.finish(owner, run._id, endOf(unread, held));
  }

  async function keepPlan(owner: Owner, run: RunRow, found: Found): Promise<void> {
    const { plans, unread, calendars, quiet, newcomers, seen } = found;
    const { items, counts } = itemsOf(plans);
    let position = 0;
    for (const chunk of chunksOf([...items, ...unread, ...calendars.items], ITEMS_A_WRITE)) {
      const rows: RunItemRow[] = chunk.map((item) => {
        position += 1;
        const label = newcomers.get(item.person);
        const named = label === undefined ? item : { ...item, label };
        return { ...named, _id: `${run._id}:${position}`, runId: run._id, position };
      });
      await runWrites.putItems(owner, rows);
    }
    await runWrites.endItems(owner, run._id, position);
    const held = plans.reduce((sum, plan) => sum + plan.held.length, calendars.held);
    const [unchanged, failed] = [counts.unchanged + quiet, counts.failed + unread.length];
    const activitiesCancelled = counts.activitiesCancelled + calendars.cancelled;
    await runWrites.update(owner, run._id, {
      counts: { ...counts, ...calendars.counts, activitiesCancelled, unchanged, failed, seen },
      held,
    });
  }
}

/** People whose calendars would be followed from then on. */
function comersOf(
  plans: readonly PersonPlan[],
  { scope, now }: { scope: Owner; now: Date },
): Map<string, PlannedPerson> {
  const comes = ({ change }: PersonPlan['accepted'][number]) => change.kind === 'create' || change.kind === 'restore';
  const comers = plans.filter(({ accepted }) => accepted.some(comes));
  return new Map(
    comers.map((plan) => {
      const { read, row } = plan.draft;
      // Nothing is written, so that any id will do.
      const newId = () => read.objectId;
      return [read.objectId, { user: userAfter(plan, { scope, now, newId }), row }];
    }),
  );
}

/** A plan without some people is one: they are named in it, and applied exactly it leaves them alone. */
function endOf(unread: readonly PlanItem[], held: number): RunEnd {
  const brake = { code: 'removal_brake', message: 'More would be taken away than the limit allows: it would be held.' };
  if (unread.length === 0) return { status: 'succeeded', ...(held > 0 ? brake : { code: null, message: null }) };
  const message = `${unread.length} could not be read: nothing is planned for them. The plan names each with the reason.`;
  return { status: 'succeeded_with_errors', code: null, message };
}
