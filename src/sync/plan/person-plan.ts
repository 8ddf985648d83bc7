import type { ClientSession } from 'mongodb';
import { groupBy } from '../../kernel/lists.js';
import type { PersonRow } from '../../mirror/types.js';
import { emailKeyOf } from '../../projection/email-address.js';
import type { PlannedChange, Problem, Projection, TakingKind } from '../../projection/types.js';
import { problemsOver, withoutIgnored } from '../../projection/verdicts/rule.js';
import { activitiesToCome } from '../../records/activities/leavers.js';
import type { ActivityRow } from '../../records/activities/types.js';
import { type AcceptedChange, applyChanges } from '../../records/apply-changes.js';
import type { DecisionRow, UserRow } from '../../records/types.js';
import { type Draft, ripeningName } from './decide.js';
import { notJudged } from './evidence/not-judged.js';
import { HELD_PROBLEM, type TakingsVerdict } from './guard/judge-takings.js';
import type { LoadDeps, Scope } from './load-inputs.js';
import { waitsFor } from './waits-for.js';

/** What will be written for one person, and what keeps the rest from being written. */
export interface PersonPlan {
  readonly draft: Draft;
  readonly accepted: readonly AcceptedChange[];
  /** Takings that the guard holds for an administrator (law L12). */
  readonly held: readonly { readonly taking: TakingKind; readonly change: PlannedChange }[];
  readonly problems: readonly Problem[];
  /** States that the person waits for, such as `email:KEY` or `approval:TENANT` (law L6). */
  readonly waitsFor: readonly string[];
  /** What the person had planned and nobody will start, because they are archived (E10). */
  readonly cancelled: readonly ActivityRow[];
}

interface Settled {
  readonly verdict: TakingsVerdict;
  readonly waitsForEmail: string | null;
  readonly decisions: readonly DecisionRow[];
  /** Problems of the person that are open. */
  readonly open: readonly Problem[];
}

/** Splits a projection into what is written now and what is held. */
export function personPlan(draft: Draft, { verdict, waitsForEmail, decisions, open }: Settled): PersonPlan {
  const { projection, mayTake } = draft;
  const takes = mayTake ? projection.takes : [];
  const held = takes.filter(({ taking, change }) => verdict.isHeld(draft, taking, change));
  const isPlanned = (change: PlannedChange) => !draft.unplanned.includes(change);
  const taken = takes
    .filter((take) => !held.includes(take) && isPlanned(take.change))
    .map(({ taking, change }) => ({ change, taking, approved: draft.approved.has(change) }));
  const given = projection.gives.filter(isPlanned).map((change) => ({ change, taking: null, approved: false }));
  const pending = notJudged(draft);
  const found = [...pending.problems(open), ...projection.problems, ...(held.length === 0 ? [] : [HELD_PROBLEM])];
  // What is taken now ripens no more; what is held, refused or not in the plan goes on counting for the guard.
  const left = takes.filter((take) => held.includes(take) || !isPlanned(take.change));
  const stillRipening = [...left, ...draft.refused].flatMap((take) => ripeningName(take) ?? []);
  const row = draft.row && (mayTake ? withRipening(draft.row, stillRipening) : draft.row);
  const known = decisions.filter((decision) => !pending.concerns(decision));
  const over = draft.endsDecisions ? [...draft.over, ...problemsOver(found, known)] : draft.over;
  const approval = held.length > 0 && draft.row ? draft.row.tenantId : null;
  return {
    draft: { ...draft, row, over },
    accepted: [...given, ...taken],
    held,
    problems: withoutIgnored(found, decisions),
    waitsFor: waitsFor(draft.user, {
      ...{ problems: found, email: waitsForEmail, approval },
      still: pending.waits(draft.rowBefore?.waitsFor ?? []),
    }),
    cancelled: [],
  };
}

/** What ripened is over, and nothing was taken: those who are held may be few enough by now (law L12). */
export function endsUntaken({ draft: { row, rowBefore }, accepted }: PersonPlan): boolean {
  return Boolean(rowBefore?.ripening) && !row?.ripening && !accepted.some(({ taking }) => taking !== null);
}

function withRipening(row: PersonRow, takings: readonly string[]): PersonRow {
  if (takings.length === 0 || !row.ripening) return row.ripening === null ? row : { ...row, ripening: null };
  return { ...row, ripening: { ...row.ripening, takings } };
}

/** With an archive goes what the person had planned, in the same transaction: nobody would start it (E10). */
export async function withCancelled(
  { store }: LoadDeps,
  { scope, plans, now }: { scope: Scope; plans: readonly PersonPlan[]; now: Date },
  session: ClientSession | undefined,
): Promise<readonly PersonPlan[]> {
  const leavers = plans.filter(({ accepted }) => accepted.some(({ change }) => change.kind === 'archive'));
  const userIds = leavers.flatMap(({ draft }) => draft.user?._id ?? []);
  const { enterpriseId } = scope;
  const toCome = groupBy(
    await activitiesToCome(store, { enterpriseId, userIds, now }, session),
    ({ userId }) => userId,
  );
  if (toCome.size === 0) return plans;
  return plans.map((plan) => ({ ...plan, cancelled: toCome.get(plan.draft.user?._id ?? '') ?? [] }));
}

/** The person's record as it will be; with an id of its own where there is none yet. */
export function userAfter(
  person: PersonPlan,
  { scope: { enterpriseId, tenantId }, now, newId }: { scope: Scope; now: Date; newId(): string },
): UserRow | null {
  const { user, read } = person.draft;
  const about = { enterpriseId, tenantId, objectId: read.objectId, now };
  const context = { ...about, lastSynced: lastSyncedOf(person), newId, emailKeyOf };
  return applyChanges(user, person.accepted, context);
}

/** What is remembered as given by Entra: nothing of what is not written now, so that it is planned again. */
function lastSyncedOf({ draft: { projection, unplanned }, accepted }: PersonPlan): Projection['lastSynced'] {
  if (unplanned.some(({ kind }) => kind === 'restore')) return {};
  const written = new Set(accepted.map(({ change }) => change));
  const changes = [...projection.gives, ...projection.takes.map(({ change }) => change)];
  const left = changes.flatMap((change) => (change.kind === 'update' && !written.has(change) ? [change.field] : []));
  const isKept = ([field]: [string, unknown]) => !left.some((each) => each === field);
  return left.length === 0
    ? projection.lastSynced
    : Object.fromEntries(Object.entries(projection.lastSynced).filter(isKept));
}
