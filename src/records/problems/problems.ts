import type { AnyBulkWriteOperation, ClientSession, Filter } from 'mongodb';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.js';
import { PROBLEM_CODES, type Problem, type ProblemCode } from '../../projection/types.js';
import type { Store } from '../../store/connect.js';
import type { IndexDefinition } from '../../store/indexes.js';
import { cursorText, readCursor } from '../../store/pages/cursor.js';
import { PROBLEMS, type ProblemRow } from '../types.js';

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

export interface ProblemPageWanted {
  readonly code?: string | undefined;
  /** Object ids; everybody where left out. */
  readonly people?: readonly string[] | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface ProblemCount {
  readonly code: ProblemCode;
  readonly severity: ProblemView['severity'];
  readonly count: number;
}

export interface Problems {
  /** Oldest first. */
  list(enterpriseId: string, filter?: ProblemFilter): Promise<ProblemView[]>;
  /** A page of those shown now, person by person. */
  page(
    enterpriseId: string,
    wanted: ProblemPageWanted,
  ): Promise<{ items: readonly ProblemView[]; next: string | null }>;
  /** How many are shown now, of each kind. */
  counts(enterpriseId: string): Promise<ProblemCount[]>;
  /** One that is open; null where it has ended. */
  get(enterpriseId: string, id: string): Promise<ProblemView | null>;
  /** Object ids of the people with such problems. */
  people(enterpriseId: string, filter: ProblemFilter): Promise<string[]>;
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
  {
    collection: PROBLEMS,
    name: 'by_code',
    keys: { enterpriseId: 1, code: 1, _id: 1 },
    serves: 'problems of one kind, a page at a time',
  },
  {
    collection: PROBLEMS,
    name: 'by_showing',
    keys: { enterpriseId: 1, visibleAt: 1 },
    serves: 'problems that are kept back for a moment, for people who watch',
  },
  { collection: PROBLEMS, name: 'by_person', keys: { enterpriseId: 1, objectId: 1 }, serves: 'problems of a person' },
];

export function createProblems({ store, clock }: { store: Store; clock: Clock }): Problems {
  const rows = store.collection<ProblemRow>(PROBLEMS);
  return {
    list: async (enterpriseId, filter = {}) => {
      const found = await rows
        .find(wanted(enterpriseId, filter))
        .sort({ openedAt: 1, _id: 1 })
        .limit(filter.limit ?? 0)
        .toArray();
      return found.map(problemView);
    },
    page,
    counts: (enterpriseId) =>
      rows
        .aggregate<ProblemCount>([
          { $match: { enterpriseId, visibleAt: { $lte: clock.now() } } },
          { $group: { _id: { code: '$code', severity: '$severity' }, count: { $sum: 1 } } },
          { $project: { _id: 0, code: '$_id.code', severity: '$_id.severity', count: 1 } },
          { $sort: { severity: 1, count: -1, code: 1 } },
        ])
        .toArray(),
    get: async (enterpriseId, id) => {
      const found = await rows.findOne({ _id: id, enterpriseId });
      return found && problemView(found);
    },
    people: (enterpriseId, filter) => rows.distinct('objectId', wanted(enterpriseId, filter)),
    count: (enterpriseId) => rows.countDocuments({ enterpriseId, visibleAt: { $lte: clock.now() } }),
    write: async (operations, session) => {
      if (operations.length > 0) await rows.bulkWrite(operations, { session, ordered: false });
    },
  };

  async function page(enterpriseId: string, { code, people, limit, after }: ProblemPageWanted) {
    const filter = wanted(enterpriseId, code === undefined ? {} : { code });
    const found = await rows
      .find({
        ...filter,
        ...(people === undefined ? {} : { objectId: { $in: [...people] } }),
        // Ids begin with the enterprise.
        _id: { $gt: after === undefined ? `${enterpriseId}:` : readCursor(after, z.string()), $lt: `${enterpriseId};` },
      })
      .sort({ _id: 1 })
      .limit(limit + 1)
      .toArray();
    const items = found.slice(0, limit).map(problemView);
    const last = items.at(-1);
    const next = last && found.length > limit ? cursorText(last.id) : null;
    return { items, next };
  }

  function wanted(enterpriseId: string, { objectId, code, all }: ProblemFilter): Filter<ProblemRow> {
    return {
      enterpriseId,
      ...(objectId === undefined ? {} : { objectId }),
      ...(code === undefined ? {} : { code: { $in: PROBLEM_CODES.filter((known) => known === code) } }),
      ...(all ? {} : { visibleAt: { $lte: clock.now() } }),
    };
  }
}

/** How many problems are not shown yet, by enterprise. */
export async function problemsKeptBack(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  enterpriseIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await store
    .collection<ProblemRow>(PROBLEMS)
    .aggregate<{ _id: string; count: number }>([
      { $match: { enterpriseId: { $in: [...enterpriseIds] }, visibleAt: { $gt: clock.now() } } },
      { $group: { _id: '$enterpriseId', count: { $sum: 1 } } },
    ])
    .toArray();
  return new Map(found.map(({ _id, count }) => [_id, count]));
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
    if (row === undefined) operations.push({ insertOne: { document: opened(problem, change) } });
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

function opened(problem: Problem, change: ProblemChange): ProblemRow {
  const { enterpriseId, objectId, userId, now, problemDelayMs } = change;
  const { code, severity, subject, message, remedy } = problem;
  const visibleAt = DELAYED.has(code) ? new Date(now.getTime() + problemDelayMs) : now;
  return {
    _id: problemIdOf(change, problem),
    ...{ enterpriseId, objectId, userId, code, severity, subject, message, remedy },
    ...{ openedAt: now, visibleAt },
  };
}

function says(row: ProblemRow, { severity, message, remedy }: Problem, userId: string | null): boolean {
  return row.severity === severity && row.message === message && row.remedy === remedy && row.userId === userId;
}
