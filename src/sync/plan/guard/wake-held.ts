import type { ClientSession } from 'mongodb';
import { judge } from '../../../projection/guard.js';
import type { LoadDeps, Scope } from '../load-inputs.js';
import type { PersonPlan } from '../person-plan.js';
import type { BatchPlan } from '../plan-people.js';
import { approvalAwaited } from '../waits-for.js';
import { pendingNow } from './judge-takings.js';
import { linkedAtStart } from './linked-at-start.js';

interface Wake {
  readonly scope: Scope;
  readonly plan: BatchPlan;
  readonly now: Date;
}

/**
 * Where what ripened ends without being taken, those who are held may be few enough by now (law L12): they are looked
 * at again, in the turns of the work on looks. Noting them here would touch what Graph tells of at the same time, and a
 * transaction about thousands of changes would never come to its end.
 */
export async function wakeHeld(deps: LoadDeps, wake: Wake, session: ClientSession): Promise<void> {
  const { scope, plan, now } = wake;
  if (!plan.people.some(endsUntaken) || !(await mayLetGo(deps, wake, session))) return;
  await deps.people.lookNow({ tenantId: scope.tenantId, waitsFor: approvalAwaited(scope.tenantId), now }, session);
}

function endsUntaken({ draft: { row, rowBefore }, accepted }: PersonPlan): boolean {
  return Boolean(rowBefore?.ripening) && !row?.ripening && !accepted.some(({ taking }) => taking !== null);
}

/** While the enterprise is over its limit in each kind that is pending, nobody is read again for nothing. */
async function mayLetGo(deps: LoadDeps, { scope, plan, now }: Wake, session: ClientSession): Promise<boolean> {
  const drafts = plan.people.map(({ draft }) => draft);
  const { facts, ofHere, ripening, window } = await pendingNow(deps, { scope, drafts, now, session });
  const pending = [...ofHere, ...ripening];
  if (pending.length === 0) return true;
  const linked = await linkedAtStart(deps, facts, []);
  const brakePercent = plan.context.integration.inEffect?.settings.removalBrakePercent ?? 100;
  const { enterprise } = judge({ ...linked, window, pending, brakePercent });
  return pending.some(({ kind }) => !enterprise.has(kind));
}
