import type { ClientSession, Filter } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.js';
import type { Store } from './connect.js';
import type { IndexDefinition } from './indexes.js';
import { isDuplicateKey } from './transaction.js';

interface OnceRow {
  readonly _id: string;
  readonly asked: string;
  readonly enterpriseId: string | null;
  readonly names: readonly string[];
  readonly answer: unknown;
  readonly isDone: boolean;
  /** Moved on while the act is under way. */
  readonly begunAt: Date;
  /** Random: whose the row is. Not there where an older version began it. */
  readonly begunBy?: string;
}

const ONCE = 'onceOnly';
/** How long an answer is kept for repetitions. */
const KEPT_MS = DAY_MS;
/** An act of which nothing was heard for so long died with its process: it may be tried again. */
const DEAD_AFTER_MS = MINUTE_MS;
/** How often an act that is under way says so. */
const ALIVE_EVERY_MS = 20 * SECOND_MS;

export const ONCE_INDEXES: readonly IndexDefinition[] = [
  {
    collection: ONCE,
    name: 'once_ends',
    keys: { begunAt: 1 },
    options: { expireAfterSeconds: KEPT_MS / 1000 },
    serves: 'answers are kept for a day',
  },
  {
    collection: ONCE,
    name: 'once_names',
    keys: { enterpriseId: 1, names: 1 },
    serves: 'what is kept of answers about somebody who is erased',
  },
];

/** Which act, and what exactly was asked: one id with something else asked is refused. */
export interface Once {
  readonly id: string;
  readonly asked: string;
  /** In which it is asked; null: in none. */
  readonly enterpriseId: string | null;
  /** Ids and addresses of people in what was asked. */
  readonly names: readonly string[];
}

/** What came of an act, and the ids and addresses of people in it. */
export interface OnceAnswer {
  readonly answer: unknown;
  readonly names: readonly string[];
}

export type OnceOnly = (once: Once, act: () => Promise<OnceAnswer>) => Promise<unknown>;

/** Does an act once for each id; whoever asks again gets the same answer. An act that fails may be tried again. */
export function createOnceOnly(deps: { store: Store; clock: Clock; chance: Chance }): OnceOnly {
  const { store, clock, chance } = deps;
  const rows = store.collection<OnceRow>(ONCE);

  return async (once, act) => {
    const own = { _id: once.id, begunBy: chance.guid(), isDone: false };
    const known = await begin(once, own.begunBy);
    if (known) return known.answer;
    const ended = new AbortController();
    void stayAlive(own, ended.signal);
    try {
      const { answer, names } = await act();
      // Of somebody who was erased meanwhile there is no row any more, and nothing is kept.
      const kept = { $set: { answer, isDone: true }, $addToSet: { names: { $each: [...names] } } };
      await rows.updateOne(own, kept);
      return answer;
    } catch (error) {
      await rows.deleteOne(own);
      throw error;
    } finally {
      ended.abort();
    }
  };

  async function stayAlive(own: Filter<OnceRow>, ended: AbortSignal): Promise<void> {
    const isOver = () =>
      clock.sleep(ALIVE_EVERY_MS, ended).then(
        () => false,
        () => true,
      );
    while (!(await isOver())) await rows.updateOne(own, { $set: { begunAt: clock.now() } }).catch(() => {});
  }

  async function begin(once: Once, begunBy: string): Promise<OnceRow | null> {
    const { id, asked, ...about } = once;
    const dead = { _id: id, isDone: false, begunAt: { $lt: new Date(clock.nowMs() - DEAD_AFTER_MS) } };
    await rows.deleteOne(dead);
    try {
      await rows.insertOne({ _id: id, asked, ...about, answer: null, isDone: false, begunAt: clock.now(), begunBy });
      return null;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    const row = await rows.findOne({ _id: id });
    if (row === null) return begin(once, begunBy);
    if (row.asked !== asked) {
      const message = 'This Idempotency-Key was used for something else: give a new one.';
      throw new AppError('key_used', message, { status: 422, field: 'Idempotency-Key' });
    }
    if (row.isDone) return row;
    const message = 'The same act is under way: wait a moment and ask again with the same Idempotency-Key.';
    throw new AppError('under_way', message, { status: 409, field: 'Idempotency-Key' });
  }
}

/** Takes out what is kept about somebody whom one of these names; answers how many answers that were. */
export async function forgetAnswers(
  store: Store,
  { enterpriseId, names }: Pick<Once, 'enterpriseId' | 'names'>,
  session: ClientSession,
): Promise<number> {
  const about = { enterpriseId, names: { $in: [...names] } };
  return (await store.collection<OnceRow>(ONCE).deleteMany(about, { session })).deletedCount;
}
