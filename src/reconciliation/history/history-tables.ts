import { AppError } from '../../kernel/app-error.js';
import type { LedgerRow } from '../../records/types.js';
import type { Runs } from '../runs.js';
import { NO_COUNTS, type RunRow } from '../types.js';
import { checkedPeriod, type History, type LedgerPerson, type Period } from './history.js';
import type { RunItem } from './run-item.js';
import type { RunItems } from './run-items.js';

export const HISTORY_KINDS = ['runs', 'items', 'ledger', 'settings'] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

export interface TableWanted extends Period {
  readonly enterpriseId: string;
  readonly what: HistoryKind;
  /** Only what this run did: for items and the ledger. */
  readonly runId?: string;
  readonly person?: LedgerPerson;
}

/** Rows of one shape, as they come from the database; an export never holds all of them. */
export interface HistoryTable {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<Readonly<Record<string, unknown>>>;
}

interface TableDeps {
  readonly history: History;
  readonly runs: Pick<Runs, 'get'>;
  readonly runItems: RunItems;
}

const RUN_COLUMNS = [
  ...['id', 'trigger', 'requestedBy', 'dry', 'status', 'code', 'message'],
  ...['requestedAt', 'scheduledFor', 'startedAt', 'finishedAt'],
  ...Object.keys(NO_COUNTS),
  ...['held', 'writes'],
];

const ITEM_COLUMNS = [
  ...['run', 'at', 'person', 'label', 'kind', 'field', 'team', 'activity', 'before', 'after', 'why'],
  ...['result', 'code', 'message', 'remedy'],
];

const LEDGER_COLUMNS = [
  ...['id', 'at', 'user', 'person', 'kind', 'field', 'team', 'activity', 'before', 'after', 'why', 'taking'],
  ...['by', 'who', 'reason', 'run', 'traceId', 'graphRequestId'],
];

const SETTINGS_COLUMNS = ['id', 'at', 'who', 'what', 'before', 'after'];

/** What is exported, oldest first. Refused before anything is read where the run or the period makes no sense. */
export async function historyTable(deps: TableDeps, wanted: TableWanted): Promise<HistoryTable> {
  const { enterpriseId, what, person } = wanted;
  const period = checkedPeriod(wanted);
  const run = wanted.runId === undefined ? null : await runOf(deps, enterpriseId, wanted.runId);
  switch (what) {
    case 'runs':
      return { columns: RUN_COLUMNS, rows: mapped(deps.history.allRuns(enterpriseId, period), runRecord) };
    case 'items':
      return { columns: ITEM_COLUMNS, rows: itemsOf(deps, run ? [run] : deps.history.allRuns(enterpriseId, period)) };
    case 'ledger': {
      const about = { ...period, ...(person ? { person } : {}), ...(run ? { runId: run._id } : {}) };
      return { columns: LEDGER_COLUMNS, rows: mapped(deps.history.allLedger(enterpriseId, about), ledgerRecord) };
    }
    case 'settings': {
      const changes = deps.history.allSettings(enterpriseId, period);
      const record = ({ _id: id, at, who, what: done, before, after }: Change) => ({
        ...{ id, at, who, what: done, before, after },
      });
      return { columns: SETTINGS_COLUMNS, rows: mapped(changes, record) };
    }
  }
}

type Change = ReturnType<History['allSettings']> extends AsyncIterable<infer Row> ? Row : never;

async function runOf({ runs }: TableDeps, enterpriseId: string, id: string): Promise<RunRow> {
  const run = await runs.get(id);
  if (run?.enterpriseId === enterpriseId) return run;
  const text = `There is no run ${id} in this enterprise.`;
  throw new AppError('run_not_found', text, { status: 404, field: 'run', command: 'ghs runs list' });
}

async function* itemsOf({ runItems }: TableDeps, runs: Iterable<RunRow> | AsyncIterable<RunRow>) {
  for await (const run of runs) for await (const item of runItems.all(run)) yield itemRecord(run._id, item);
}

function itemRecord(run: string, item: RunItem) {
  const { at, person, label, kind, field = null, team = null, activity = null, before, after, why } = item;
  const { result, code = null, message = null, remedy = null } = item;
  const about = { run, at, person, label, kind, field, team, activity };
  return { ...about, before, after, why, result, code, message, remedy };
}

function runRecord(run: RunRow) {
  const { _id: id, trigger, requestedBy, dry, status, code, message, requestedAt, startedAt, finishedAt } = run;
  const { scheduledFor = null, counts, held, writes } = run;
  return {
    ...{ id, trigger, requestedBy, dry, status, code, message, requestedAt, scheduledFor, startedAt, finishedAt },
    ...counts,
    ...{ held, writes },
  };
}

function ledgerRecord(entry: LedgerRow) {
  const { _id: id, at, userId: user, objectId: person, kind, field, teamId: team, before, after, why, taking } = entry;
  const about = { id, at, user, person, kind, field, team, activity: entry.activityId ?? null };
  return { ...about, before, after, why, taking, ...causeRecord(entry.cause) };
}

function causeRecord(cause: LedgerRow['cause']) {
  const nobody = { who: null, reason: null, run: null, traceId: null, graphRequestId: null };
  if ('who' in cause) return { ...nobody, by: cause.by, who: cause.who, reason: cause.reason };
  const { by, runId: run, traceId, graphRequestId } = cause;
  return { ...nobody, by, run, traceId, graphRequestId };
}

async function* mapped<T, R>(rows: AsyncIterable<T>, record: (row: T) => R): AsyncIterable<R> {
  for await (const row of rows) yield record(row);
}
