import type { ClientSession, Document, Filter } from 'mongodb';
import { RUN_PROBLEMS, type RunProblemRow } from '../../records/history/run-problems.js';
import { PROBLEMS, type ProblemRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { RUN_ITEMS, type RunItemRow } from '../types.js';
import type { PersonIds } from './person-traces.js';

/** What stands where a person was named. */
const ERASED = '(erased)';

/** The problems whose words name somebody else: who has the address, or wants it too. */
const NAMING = ['duplicate_email', 'duplicate_email_in_source'] as const;

/**
 * Takes a person's ids and addresses out of the words of other people's problems, in the present and in the history of
 * runs. Answers the object ids of those whose open problem named the person: they are to be looked at again.
 */
export async function forgetInOthers(
  store: Store,
  { ids, wantedEmailKey }: { ids: PersonIds; wantedEmailKey: string | null },
  session: ClientSession,
): Promise<string[]> {
  const names = [ids.userId, ids.objectId, wantedEmailKey, ...ids.addresses].filter((name) => name !== null);
  if (names.length === 0) return [];
  const pattern = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const isNaming = { code: { $in: [...NAMING] }, message: { $regex: pattern, $options: 'i' } };
  const { enterpriseId } = ids;
  const without = (text: string) => text.replaceAll(new RegExp(pattern, 'gi'), ERASED);

  const open = store.collection<ProblemRow>(PROBLEMS);
  const problems = await open.find({ enterpriseId, ...isNaming } as Filter<ProblemRow>, { session }).toArray();
  for (const { _id, message } of problems)
    await open.updateOne({ _id }, { $set: { message: without(message) } }, { session });

  const met = store.collection<RunProblemRow>(RUN_PROBLEMS);
  const past = await met.find({ enterpriseId, ...isNaming } as Filter<RunProblemRow>, { session }).toArray();
  for (const { _id, message } of past)
    await met.updateOne({ _id }, { $set: { message: without(message) } }, { session });

  const items = store.collection<RunItemRow>(RUN_ITEMS);
  const ofPlans = { runId: { $in: [...ids.dryRunIds] }, kind: 'problem', after: { $in: [...NAMING] } };
  const planned = { ...ofPlans, why: isNaming.message } as Filter<Document>;
  for (const { _id, why } of await items.find(planned as Filter<RunItemRow>, { session }).toArray())
    await items.updateOne({ _id }, { $set: { why: without(why) } }, { session });
  return [...new Set(problems.map(({ objectId }) => objectId))];
}
