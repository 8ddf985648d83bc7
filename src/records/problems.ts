import type { AnyBulkWriteOperation, ClientSession, Filter } from 'mongodb';
import type { Clock } from '../kernel/clock.js';
import { PROBLEM_CODES, type Problem, type ProblemCode } from '../projection/types.js';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { PROBLEMS, type ProblemRow } from './types.js';

/** A problem as it is shown (CONTRACT section 4, problems list). */
export interface ProblemView {
  readonly id: string;
  /** Object id in Entra. */
  readonly person: string;
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  readonly subject: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly openedAt: Date;
}

export interface ProblemFilter {
  readonly objectId?: string;
  /** One of `PROBLEM_CODES`; of another one there are none. */
  readonly code?: string;
  /** Those too that are not shown yet, because they may end by themselves within a moment. */
  readonly all?: boolean;
  readonly limit?: number;
}

export interface Problems {
  /** Oldest first. */
  list(enterpriseId: string, filter?: ProblemFilter): Promise<ProblemView[]>;
  /** How many are shown now. */
  count(enterpriseId: string): Promise<number>;
  write(operations: AnyBulkWriteOperation<ProblemRow>[], session: ClientSession): Promise<void>;
}

export const PROBLEM_INDEXES: readonly IndexDefinition[] = [
  {
    collection: PROBLEMS,
    name: 'by_enterprise',
    keys: { enterpriseId: 1, openedAt: 1 },
    serves: 'the list of problems',
  },
  { collection: PROBLEMS, name: 'by_person', keys: { enterpriseId: 1, objectId: 1 }, serves: 'problems of a person' },
];

export function createProblems({ store, clock }: { store: Store; clock: Clock }): Problems {
  const rows = store.collection<ProblemRow>(PROBLEMS);
  return {
    list: async (enterpriseId, filter = {}) => {
      const wanted: Filter<ProblemRow> = {
        enterpriseId,
        ...(filter.objectId === undefined ? {} : { objectId: filter.objectId }),
        ...(filter.code === undefined ? {} : { code: { $in: PROBLEM_CODES.filter((code) => code === filter.code) } }),
        ...(filter.all ? {} : { visibleAt: { $lte: clock.now() } }),
      };
      const found = await rows
        .find(wanted)
        .sort({ openedAt: 1, _id: 1 })
        .limit(filter.limit ?? 0)
        .toArray();
      return found.map(problemView);
    },
    count: (enterpriseId) => rows.countDocuments({ enterpriseId, visibleAt: { $lte: clock.now() } }),
    write: async (operations, session) => {
      if (operations.length > 0) await rows.bulkWrite(operations, { session, ordered: false });
    },
  };
}

function problemView({ _id, objectId, code, severity, subject, message, remedy, openedAt }: ProblemRow): ProblemView {
  return { id: _id, person: objectId, code, severity, subject, message, remedy, openedAt };
}

export interface ProblemChange {
  readonly enterpriseId: string;
  readonly objectId: string;
  readonly userId: string | null;
  /** Open problems of the person. */
  readonly present: readonly ProblemRow[];
  /** Problems that the person has now. */
  readonly wanted: readonly Problem[];
  readonly now: Date;
  readonly problemDelayMs: number;
}

/** Clashes of addresses, which end by themselves when the other side of a swap arrives. */
const DELAYED: ReadonlySet<ProblemCode> = new Set(['duplicate_email', 'duplicate_email_in_source']);

/**
 * The writes that make a person's open problems the wanted ones: opens, closes, and rewords those that stay, which
 * keep the time at which they were opened. Nothing where nothing changes.
 */
export function problemWrites(change: ProblemChange): AnyBulkWriteOperation<ProblemRow>[] {
  const present = new Map(change.present.map((row) => [row._id, row]));
  const wanted = new Map(change.wanted.map((problem) => [problemIdOf(change, problem), problem]));
  const operations: AnyBulkWriteOperation<ProblemRow>[] = [];
  for (const [id, problem] of wanted) {
    const row = present.get(id);
    if (row === undefined) operations.push({ replaceOne: { filter: { _id: id }, ...opened(problem, change) } });
    else if (!says(row, problem, change.userId)) {
      const { severity, message, remedy } = problem;
      const words = { severity, message, remedy, userId: change.userId };
      operations.push({ updateOne: { filter: { _id: id }, update: { $set: words } } });
    }
  }
  const closed = [...present.keys()].filter((id) => !wanted.has(id));
  if (closed.length > 0) operations.push({ deleteMany: { filter: { _id: { $in: closed } } } });
  return operations;
}

/** The id under which a person's problem is open, at most once. */
export function problemIdOf(
  { enterpriseId, objectId }: { readonly enterpriseId: string; readonly objectId: string },
  { code, subject }: { readonly code: string; readonly subject: string | null },
): string {
  return `${enterpriseId}:${objectId}:${code}:${subject ?? ''}`;
}

function opened(problem: Problem, change: ProblemChange): { replacement: Omit<ProblemRow, '_id'>; upsert: true } {
  const { enterpriseId, objectId, userId, now, problemDelayMs } = change;
  const { code, severity, subject, message, remedy } = problem;
  const visibleAt = DELAYED.has(code) ? new Date(now.getTime() + problemDelayMs) : now;
  const replacement = {
    ...{ enterpriseId, objectId, userId, code, severity, subject, message, remedy },
    ...{ openedAt: now, visibleAt },
  };
  return { replacement, upsert: true };
}

function says(row: ProblemRow, { severity, message, remedy }: Problem, userId: string | null): boolean {
  return row.severity === severity && row.message === message && row.remedy === remedy && row.userId === userId;
}
