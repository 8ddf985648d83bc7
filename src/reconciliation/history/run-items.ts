import type { Filter } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { CALENDARS, type CalendarRow } from '../../mirror/calendars-store.js';
import { rowId } from '../../mirror/types.js';
import { problemSubject } from '../../projection/plan.js';
import { RUN_PROBLEMS, type RunProblemRow } from '../../records/history/run-problems.js';
import { problemIdOf } from '../../records/problems.js';
import { LEDGER, type LedgerRow, PROBLEMS, type ProblemRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { instantPage } from '../../store/instant-pages.js';
import { RUN_ITEMS, type RunItemRow, type RunRow } from '../types.js';
import { createLabels } from './person-labels.js';

/** One line of a run: what it did to a person, or would do in a dry run, or what stood in the way. */
export interface RunItem {
  /** Object id in Entra; the id of the record for people who have none. */
  readonly person: string;
  /** Name or address of the person as it is now; null where nothing is known of them any more. */
  readonly label: string | null;
  readonly kind: LedgerRow['kind'] | RunItemRow['kind'];
  readonly field?: string;
  readonly team?: string;
  readonly activity?: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly why: string;
  readonly result: 'ok' | 'warning' | 'error';
  /** Of a problem, with its words and whether it is open still; dry runs open none. Or how it differs from a plan. */
  readonly code?: string;
  readonly message?: string;
  readonly remedy?: string;
  readonly isOpen?: boolean;
  /** When it was written or met; null in a dry run. */
  readonly at: Date | null;
}

export interface RunItemFilter {
  /** Only problems of this kind. */
  readonly code?: string;
  /** Object id. */
  readonly person?: string;
}

export interface RunItemPage {
  readonly items: readonly RunItem[];
  readonly next: string | null;
}

export interface RunItems {
  /**
   * What was written, oldest first, then what stood in the way, person by person, then what differs from the plan that
   * was applied; a dry run in the order of its plan.
   */
  page(run: RunRow, wanted: RunItemFilter & { limit: number; after?: string }): Promise<RunItemPage>;
  /** Everything, a page at a time. */
  all(run: RunRow, filter?: RunItemFilter): AsyncIterable<RunItem>;
}

type Unlabelled = Omit<RunItem, 'label'>;

interface PartPage {
  readonly items: readonly Unlabelled[];
  readonly next: string | null;
}

interface PartWanted extends RunItemFilter {
  readonly limit: number;
  readonly after?: string | undefined;
}

type Part = 'written' | 'met' | 'planned';

const PAGE = 500;

/** The items of runs: those of real runs are read from the ledger and from the problems that the run met. */
export function createRunItems(deps: { store: Store }): RunItems {
  const { store } = deps;
  const labels = createLabels(deps);
  const ledger = store.collection<LedgerRow>(LEDGER);
  const met = store.collection<RunProblemRow>(RUN_PROBLEMS);
  const planned = store.collection<RunItemRow>(RUN_ITEMS);
  const read: Readonly<Record<Part, (run: RunRow, wanted: PartWanted) => Promise<PartPage>>> = {
    written: writtenPage,
    met: metPage,
    planned: plannedPage,
  };
  return { page, all };

  async function* all(run: RunRow, filter: RunItemFilter = {}): AsyncIterable<RunItem> {
    let after: string | null = null;
    do {
      const found: RunItemPage = await page(run, { ...filter, limit: PAGE, ...(after === null ? {} : { after }) });
      yield* found.items;
      after = found.next;
    } while (after !== null);
  }

  async function page(run: RunRow, wanted: RunItemFilter & { limit: number; after?: string }): Promise<RunItemPage> {
    const { limit, after, ...filter } = wanted;
    const parts: readonly Part[] = run.dry ? ['planned'] : ['written', 'met', 'planned'];
    const from = readCursor(parts, after);
    const items: Unlabelled[] = [];
    let next: string | null = null;
    for (const part of parts.slice(parts.indexOf(from.part))) {
      const rest = limit - items.length;
      const begins = part === from.part ? from.after : undefined;
      const found = await read[part](run, { ...filter, limit: Math.max(rest, 1), after: begins });
      if (rest === 0) {
        // The part before ended with the page: this one is the next, if there is anything in it.
        if (found.items.length > 0) next = `${part}.`;
        break;
      }
      items.push(...found.items);
      if (found.next !== null) {
        next = `${part}.${found.next}`;
        break;
      }
    }
    return { items: await labels.add(run, items), next };
  }

  async function writtenPage(run: RunRow, { code, person, limit, after }: PartWanted): Promise<PartPage> {
    if (code !== undefined) return { items: [], next: null };
    // The type again: without it MongoDB does not see that the partial index has them all.
    const ofRun = { 'cause.runId': { $eq: run._id, $type: 'string' } } as const;
    const filter: Filter<LedgerRow> = person === undefined ? ofRun : { ...ofRun, objectId: person };
    const found = await instantPage(ledger, { filter, order: 'oldest_first', limit, after });
    return { items: found.rows.map(writtenItem), next: found.next };
  }

  async function metPage(run: RunRow, { code, person, limit, after }: PartWanted): Promise<PartPage> {
    const filter = {
      runId: run._id,
      ...(code === undefined ? {} : { code: code as RunProblemRow['code'] }),
      ...(person === undefined ? {} : { objectId: person }),
      ...(after === undefined ? {} : { _id: { $gt: Buffer.from(after, 'base64url').toString() } }),
    };
    const found = await met
      .find(filter)
      .sort({ _id: 1 })
      .limit(limit + 1)
      .toArray();
    const rows = found.slice(0, limit);
    const open = await openAmong(run, rows);
    const last = rows.at(-1);
    const next = last && found.length > limit ? Buffer.from(last._id).toString('base64url') : null;
    return { items: rows.map((row) => ({ ...metItem(row), isOpen: open.has(problemIdOf(row, row)) })), next };
  }

  /** Ids of what is a problem still: on the desk, or of the calendar when last read. */
  async function openAmong(
    { enterpriseId, tenantId }: RunRow,
    rows: readonly RunProblemRow[],
  ): Promise<ReadonlySet<string>> {
    if (rows.length === 0) return new Set();
    const problems = store.collection<ProblemRow>(PROBLEMS);
    const open = await problems
      .find({ _id: { $in: rows.map((row) => problemIdOf(row, row)) } })
      .project<Pick<ProblemRow, '_id'>>({ _id: 1 })
      .toArray();
    const warned = await store
      .collection<CalendarRow>(CALENDARS)
      .find({ _id: { $in: rows.map(({ objectId }) => rowId(tenantId, objectId)) } })
      .project<Pick<CalendarRow, 'objectId' | 'problems'>>({ _id: 0, objectId: 1, problems: 1 })
      .toArray();
    const ofCalendars = warned.flatMap(({ objectId, problems: now }) =>
      now.map((problem) => problemIdOf({ enterpriseId, objectId }, problem)),
    );
    return new Set([...open.map(({ _id }) => _id), ...ofCalendars]);
  }

  async function plannedPage(run: RunRow, { code, person, limit, after }: PartWanted): Promise<PartPage> {
    // As with instants: what has one position comes in the order of the index, and the cursor counts what was given.
    const [position = 0, given = 0] = (after ?? '').split('_').map(Number);
    const filter: Filter<RunItemRow> = {
      runId: run._id,
      position: { $gte: position },
      ...(code === undefined ? {} : { kind: 'problem', after: code }),
      ...(person === undefined ? {} : { person }),
    };
    const found = await planned
      .find(filter)
      .sort({ position: 1 })
      .skip(given)
      .limit(limit + 1)
      .toArray();
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    if (last === undefined || found.length <= limit) return { items: rows.map(plannedItem), next: null };
    const here = rows.filter((row) => row.position === last.position).length;
    const before = here === rows.length && last.position === position ? given : 0;
    return { items: rows.map(plannedItem), next: `${last.position}_${before + here}` };
  }
}

function writtenItem(entry: LedgerRow): Unlabelled {
  const { objectId, userId, kind, field, teamId, activityId, before, after, why, at } = entry;
  const about = {
    ...(field === null ? {} : { field }),
    ...(teamId === null ? {} : { team: teamId }),
    ...(activityId === undefined ? {} : { activity: activityId }),
  };
  return { person: objectId ?? userId, kind, ...about, before, after, why, result: 'ok', at };
}

function metItem(row: RunProblemRow): Unlabelled {
  const { objectId, code, severity, message, remedy, at } = row;
  const words = { code, message, remedy };
  return {
    ...{ person: objectId, kind: 'problem', ...problemSubject(row), before: null, after: code },
    ...{ why: `${message} ${remedy}`, result: severity, ...words, at },
  };
}

function plannedItem(row: RunItemRow): Unlabelled {
  const { person, kind, field, team, activity, before, after, why, severity, result } = row;
  const about = {
    ...(field === undefined ? {} : { field }),
    ...(team === undefined ? {} : { team }),
    ...(activity === undefined ? {} : { activity }),
  };
  const problem = kind === 'problem' ? { code: String(after), message: why } : {};
  const differs = result === undefined ? {} : { code: result };
  const seen = result === undefined ? (severity ?? 'ok') : 'warning';
  return { person, kind, ...about, before, after, why, result: seen, ...problem, ...differs, at: null };
}

function readCursor(parts: readonly Part[], text: string | undefined): { part: Part; after: string | undefined } {
  const [first = 'written'] = parts;
  if (text === undefined) return { part: first, after: undefined };
  const [name, after = ''] = text.split('.');
  const part = parts.find((candidate) => candidate === name);
  const isOdd = part === 'planned' && !/^(\d+_\d+)?$/.test(after);
  if (part !== undefined && !isOdd) return { part, after: after === '' ? undefined : after };
  throw new AppError('invalid_cursor', 'Give the "next" of the page before.', { field: 'after' });
}
