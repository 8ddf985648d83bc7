import { AppError } from '../kernel/app-error.js';
import { HOUR_MS } from '../kernel/clock.js';
import { chunksFrom } from '../kernel/lists.js';
import { itemKey } from '../projection/verdicts/exactly.js';
import { isOfActivity } from '../records/activities/activity-acts.js';
import type { ActivityRow } from '../records/activities/types.js';
import { LEDGER, type LedgerRow } from '../records/types.js';
import type { Store } from '../store/connect.js';
import type { IntegrationRow } from '../tenancy/types.js';
import { RUN_ITEMS, type RunItemRow, type RunRow } from './types.js';

/** How long a plan can be applied: what people looked at has to be about what there is. */
export const PLAN_VALID_MS = 24 * HOUR_MS;

/** With errors: some people could not be read. They are not in the plan, so that applying it leaves them alone. */
const PLANNED: ReadonlySet<RunRow['status']> = new Set(['succeeded', 'succeeded_with_errors']);

/** Refuses what cannot be applied exactly: no plan, one of other settings, or one of yesterday (law L11). */
export function requirePlan(
  plan: RunRow | null,
  { integration, now }: { integration: IntegrationRow; now: Date },
): asserts plan is RunRow {
  const refuse = (code: string, text: string): never => {
    throw new AppError(code, text, { status: 409, field: 'plan', command: 'ghs sync now --dry-run' });
  };
  const again = 'Make a new one, look at it, and apply that.';
  if (plan === null || plan.enterpriseId !== integration._id)
    throw new AppError('plan_not_found', 'There is no such plan in this enterprise.', {
      status: 404,
      field: 'plan',
      command: 'ghs runs list',
    });
  if (!plan.dry) return refuse('not_a_plan', `The run ${plan._id} is no dry run. ${again}`);
  if (!PLANNED.has(plan.status) || plan.finishedAt === null)
    return refuse('plan_not_ready', `The dry run ${plan._id} has not succeeded (${plan.status}). ${again}`);
  if (plan.tenantId !== integration.tenantId || plan.revision !== integration.revision)
    return refuse('plan_outdated', `The settings have changed since the plan was made. ${again}`);
  if (now.getTime() - plan.finishedAt.getTime() > PLAN_VALID_MS)
    return refuse('plan_outdated', `The plan is older than ${PLAN_VALID_MS / HOUR_MS} hours. ${again}`);
}

/**
 * Writes down what the plan has and the run did not apply, so that nothing is missing without a word. Repeatable: a run
 * that begins here again writes the same.
 */
export async function keepNotApplied(store: Store, run: RunRow): Promise<number> {
  if (run.planId === undefined) return 0;
  let kept = 0;
  for await (const rows of chunksFrom(notApplied(store, { run, planId: run.planId }), ITEMS_A_WRITE)) {
    const operations = rows.map((row) => ({
      replaceOne: { filter: { _id: row._id }, replacement: row, upsert: true },
    }));
    await store.collection<RunItemRow>(RUN_ITEMS).bulkWrite(operations, { ordered: false });
    kept += rows.length;
  }
  return kept;
}

async function* notApplied(store: Store, { run, planId }: { run: RunRow; planId: string }): AsyncIterable<RunItemRow> {
  const applied = await appliedBy(store, run._id);
  const items = store.collection<RunItemRow>(RUN_ITEMS).find({ runId: planId, kind: { $ne: 'problem' } });
  for await (const item of items) {
    const key = `${item.person}:${itemKey(isOfActivity(item) ? { ...item, before: null, after: null } : item)}`;
    if (applied.has(key)) continue;
    yield { ...item, _id: `${run._id}:rest:${key}`, runId: run._id, why: WHY_NOT, result: 'not_applied' };
  }
}

const ITEMS_A_WRITE = 1_000;
const WHY_NOT = 'In the approved plan, but not applied: it is not wanted any more, is another value by now, or waits.';

/** Everything that a run wrote, by person and key of the item that a plan would have for it. */
async function appliedBy(store: Store, runId: string): Promise<ReadonlySet<string>> {
  const applied = new Set<string>();
  const entries = store
    .collection<LedgerRow>(LEDGER)
    .find({ 'cause.runId': { $eq: runId, $type: 'string' } })
    .project<WrittenEntry>({ objectId: 1, kind: 1, field: 1, teamId: 1, activityId: 1, before: 1, after: 1 });
  for await (const entry of entries) applied.add(`${entry.objectId}:${itemKey(asItem(entry))}`);
  return applied;
}

type WrittenEntry = Pick<LedgerRow, 'objectId' | 'kind' | 'field' | 'teamId' | 'activityId' | 'before' | 'after'>;

/** What a plan calls the activity: one that was not there yet by the key of its event. */
function plannedActivity({
  kind,
  activityId = '',
  before,
  after,
}: Pick<LedgerRow, 'kind' | 'activityId' | 'before' | 'after'>) {
  const { calendar } = (after ?? {}) as Partial<Pick<ActivityRow, 'calendar'>>;
  return kind === 'activity_create' && before === null ? (calendar?.key ?? activityId) : activityId;
}

/** A ledger entry as the item of a plan: the ledger keeps why somebody was archived, and all facts of an activity. */
function asItem({ kind, field, teamId, activityId, before, after }: WrittenEntry): Parameters<typeof itemKey>[0] {
  const about = {
    ...(field === null ? {} : { field }),
    ...(teamId === null ? {} : { team: teamId }),
    ...(activityId === undefined ? {} : { activity: activityId }),
  };
  switch (kind) {
    case 'archive':
      return { kind, ...about, before, after: 'archived' };
    case 'activity_create':
    case 'activity_update':
    case 'activity_cancel':
      // Within one run an activity has one change of a kind, and none but the plan's.
      return {
        kind,
        ...about,
        activity: plannedActivity({ kind, activityId: activityId ?? '', before, after }),
        before: null,
        after: null,
      };
    default:
      return { kind, ...about, before, after };
  }
}
