import type { ClientSession, Collection, Document, Filter } from 'mongodb';
import { RUN_PROBLEMS } from '../../records/problems/run-problems.js';
import { PROBLEMS, type ProblemRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { literalPattern } from '../../store/literal-pattern.js';
import { raiseLive } from '../../store/live.js';
import { RUN_ITEMS } from '../types.js';
import type { PersonIds } from './person-traces.js';

/** What stands where a person was named. */
const ERASED = '(erased)';

/** The problems whose words name somebody else: who has the address, or wants it too. */
const NAMING = ['duplicate_email', 'duplicate_email_in_source'] as const;

/** Everything by which words can name the person. */
export type Names = readonly string[];

export function namesOf({ userId, objectId, addresses }: PersonIds, wantedEmailKey: string | null): Names {
  return [userId, objectId, wantedEmailKey, ...addresses].filter((name) => name !== null);
}

/** Takes the person out of the words of other people's problems in the history of runs. Repeatable. */
export async function forgetInHistory(store: Store, ids: PersonIds, names: Names): Promise<void> {
  const { enterpriseId, runIds } = ids;
  const ofRuns = { enterpriseId, code: { $in: [...NAMING] } };
  await reword(store.collection(RUN_PROBLEMS), { filter: ofRuns, field: 'message', names });
  const ofPlans = { runId: { $in: [...runIds] }, kind: 'problem', after: { $in: [...NAMING] } };
  await reword(store.collection(RUN_ITEMS), { filter: ofPlans, field: 'why', names });
}

/**
 * The same for open problems. Answers the object ids of the people who have them: they are to be looked at again.
 */
export async function forgetInProblems(
  store: Store,
  { ids, names }: { ids: PersonIds; names: Names },
  session: ClientSession,
): Promise<string[]> {
  const filter = { enterpriseId: ids.enterpriseId, code: { $in: [...NAMING] } };
  raiseLive(session, ids.enterpriseId, 'problems');
  const reworded = await reword(store.collection(PROBLEMS), { filter, field: 'message', names }, session);
  const problems = store.collection<ProblemRow>(PROBLEMS);
  return problems.distinct('objectId', { _id: { $in: reworded } }, { session });
}

interface Words {
  readonly filter: Filter<Document>;
  /** The field that holds them. */
  readonly field: string;
  readonly names: Names;
}

async function reword(
  rows: Collection<Document & { _id: string }>,
  { filter, field, names }: Words,
  session?: ClientSession,
): Promise<string[]> {
  if (names.length === 0) return [];
  const pattern = names.map(literalPattern).join('|');
  const naming = { ...filter, [field]: { $regex: pattern, $options: 'i' } };
  const options = session ? { session } : {};
  const found = await rows.find(naming as Filter<Document & { _id: string }>, options).toArray();
  for (const { _id, [field]: words } of found) {
    const without = String(words).replaceAll(new RegExp(pattern, 'gi'), ERASED);
    await rows.updateOne({ _id }, { $set: { [field]: without } }, options);
  }
  return found.map(({ _id }) => _id);
}
