import type { Filter } from 'mongodb';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { CALENDARS, type CalendarRow } from '../../mirror/calendars-store.js';
import { rowId } from '../../mirror/types.js';
import { problemIdOf } from '../../records/problems/problems.js';
import { RUN_PROBLEMS, type RunProblemRow } from '../../records/problems/run-problems.js';
import { LEDGER, type LedgerRow, PROBLEMS, type ProblemRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { cursorText, readCursor } from '../../store/pages/cursor.js';
import { instantPage } from '../../store/pages/instant-pages.js';
import { RUN_ITEMS, type RunItemRow, type RunRow } from '../types.js';
import { createLabels } from './person-labels.js';
import {
  type ItemAbout,
  metItem,
  PLANNED_KINDS,
  plannedItem,
  type RunItem,
  type Unlabelled,
  WRITTEN_KINDS,
  writtenItem,
} from './run-item.js';

export type { RunItem };

export interface RunItemFilter {
  /** Only what is of this kind. */
  readonly about?: ItemAbout;
  /** Only problems that are so bad. */
  readonly severity?: 'error' | 'warning';
  /** Only problems of this kind. */
  readonly code?: string;
  /** Only what was, or would be, done of this one kind. */
  readonly kind?: RunItem['kind'];
  /** Object id, or some. */
  readonly person?: string | readonly string[];
  /** Only what differs from the plan that was applied. */
  readonly differs?: boolean;
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
const NOTHING: PartPage = { items: [], next: null };

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
    const parts: readonly Part[] = run.dry || filter.differs ? ['planned'] : ['written', 'met', 'planned'];
    const from = placeIn(parts, after);
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
    const named = await labels.add(run, items);
    return { items: run.dry ? await labels.addNewcomers(run, named) : named, next };
  }

  async function writtenPage(run: RunRow, wanted: PartWanted): Promise<PartPage> {
    const { about, kind, code, severity, person, limit, after } = wanted;
    if ((code ?? severity) !== undefined || about === 'problems' || kind === 'problem') return NOTHING;
    // The type again: without it MongoDB does not see that the partial index has them all.
    const ofRun = { 'cause.runId': { $eq: run._id, $type: 'string' } } as const;
    const filter: Filter<LedgerRow> = {
      ...ofRun,
      ...ofPeople('objectId', person),
      ...(kind === undefined ? {} : { kind }),
      ...(about === undefined ? {} : { kind: { $in: [...WRITTEN_KINDS[about]] } }),
    };
    const found = await instantPage(ledger, { filter, order: 'oldest_first', limit, after });
    return { items: found.rows.map(writtenItem), next: found.next };
  }

  async function metPage(run: RunRow, wanted: PartWanted): Promise<PartPage> {
    const { about, kind, code, severity, person, limit, after } = wanted;
    if ((about ?? 'problems') !== 'problems' || (kind ?? 'problem') !== 'problem') return NOTHING;
    const filter = {
      runId: run._id,
      ...(code === undefined ? {} : { code: code as RunProblemRow['code'] }),
      ...(severity === undefined ? {} : { severity }),
      ...ofPeople('objectId', person),
      ...(after === undefined ? {} : { _id: { $gt: readCursor(after, z.string()) } }),
    };
    const found = await met
      .find(filter)
      .sort({ _id: 1 })
      .limit(limit + 1)
      .toArray();
    const rows = found.slice(0, limit);
    const open = await openAmong(run, rows);
    const last = rows.at(-1);
    const next = last && found.length > limit ? cursorText(last._id) : null;
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

  async function plannedPage(run: RunRow, wanted: PartWanted): Promise<PartPage> {
    const { about, kind, code, severity, person, limit, after } = wanted;
    // As with instants: what has one position comes in the order of the index, and the cursor counts what was given.
    const [position = 0, given = 0] = (after ?? '').split('_').map(Number);
    const filter: Filter<RunItemRow> = {
      runId: run._id,
      position: { $gte: position },
      ...(about === undefined ? {} : { kind: { $in: [...PLANNED_KINDS[about]] } }),
      ...(code === undefined ? {} : { kind: 'problem', after: code }),
      ...(severity === undefined ? {} : { kind: 'problem', severity }),
      ...(kind === undefined ? {} : { kind: kind as RunItemRow['kind'] }),
      ...ofPeople('person', person),
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

/** One person or some, under the name that the rows have for them. */
function ofPeople(field: 'person' | 'objectId', person: RunItemFilter['person']): Record<string, unknown> {
  if (person === undefined) return {};
  return { [field]: typeof person === 'string' ? person : { $in: [...person] } };
}

function placeIn(parts: readonly Part[], text: string | undefined): { part: Part; after: string | undefined } {
  const [first = 'written'] = parts;
  if (text === undefined) return { part: first, after: undefined };
  const [name, after = ''] = text.split('.');
  const part = parts.find((candidate) => candidate === name);
  const isOdd = part === 'planned' && !/^(\d{1,15}_\d{1,15})?$/.test(after);
  if (part !== undefined && !isOdd) return { part, after: after === '' ? undefined : after };
  throw new AppError('invalid_cursor', 'Give the "next" of the page before.', { field: 'after' });
}
