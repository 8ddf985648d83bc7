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

/** What waits for somebody's decision, and since when: the last ones first. */
export async function heldNow(
  { store }: LoadDeps,
  { scope: { enterpriseId }, now, session }: GuardFacts,
): Promise<(Taking & { readonly at: Date })[]> {
  const rows = await store
    .collection<DecisionRow>(DECISIONS)
    .find({ enterpriseId, verdict: 'held' }, session ? { session } : {})
    .sort({ at: -1 })
    .project<Pick<DecisionRow, 'objectId' | 'subject' | 'at' | 'until'>>({ objectId: 1, subject: 1, at: 1, until: 1 })
    .toArray();
  return rows
    .filter(({ subject, until }) => OF_PEOPLE.test(subject) && (until === null || until > now))
    .map(({ objectId, subject, at }) => ({ ...takingOf(objectId, subject), at }));
}
