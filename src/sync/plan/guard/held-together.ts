import type { Taking } from '../../../projection/guard.js';
import { DECISIONS, type DecisionRow } from '../../../records/types.js';
import type { LoadDeps } from '../load-inputs.js';
import { type GuardFacts, takenSince, takingOf } from './guard-facts.js';

/** Subjects of takings from people; what is said about activities and problems is nothing of them. */
const OF_PEOPLE = /^(?:archive$|team:|field:)/;

/**
 * What belongs to a storm of which something is held since then, beside what the batch has: what is held of others,
 * what was refused, and what was approved, taken or not. Deciding on a part of it must not let the rest of it go.
 */
export async function heldTogether(
  deps: LoadDeps,
  facts: GuardFacts,
  { since, here }: { readonly since: Date; readonly here: ReadonlySet<string> },
): Promise<{ readonly pending: readonly Taking[]; readonly taken: readonly Taking[] }> {
  const { scope, session } = facts;
  const decided: DecisionRow['verdict'][] = ['approved', 'refused'];
  const rows = await deps.store
    .collection<DecisionRow>(DECISIONS)
    .find(
      {
        enterpriseId: scope.enterpriseId,
        $or: [{ verdict: 'held' }, { verdict: { $in: decided }, at: { $gte: since } }],
      },
      session ? { session } : {},
    )
    .project<Pick<DecisionRow, 'objectId' | 'subject'>>({ objectId: 1, subject: 1 })
    .toArray();
  const others = rows.filter(({ objectId, subject }) => !here.has(objectId) && OF_PEOPLE.test(subject));
  return {
    pending: others.map(({ objectId, subject }) => takingOf(objectId, subject)),
    taken: await takenSince(deps, facts, { since, approved: true }),
  };
}
