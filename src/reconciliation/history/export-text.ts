import { stringify } from 'csv-stringify/sync';
import { chunksFrom } from '../../kernel/lists.js';
import type { HistoryTable } from './history-tables.js';

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Rows that are turned into text at a time. */
const ROWS_A_CHUNK = 500;

export interface ExportChunk {
  readonly text: string;
  readonly rows: number;
}

/** A table as text, chunk by chunk; the first chunk of a CSV holds its header, also where there are no rows. */
export async function* exportText(table: HistoryTable, format: ExportFormat): AsyncIterable<ExportChunk> {
  const textOf = format === 'csv' ? csvText : ndjsonText;
  let isFirst = true;
  for await (const chunk of chunksFrom(table.rows, ROWS_A_CHUNK)) {
    yield { text: textOf(chunk, { columns: table.columns, isFirst }), rows: chunk.length };
    isFirst = false;
  }
  if (isFirst) yield { text: textOf([], { columns: table.columns, isFirst }), rows: 0 };
}

interface Layout {
  readonly columns: readonly string[];
  readonly isFirst: boolean;
}

/**
 * RFC 4180 with a header row. Text that a spreadsheet would take for a formula (= + - @, tab or carriage return in
 * front) gets an apostrophe before it (E42); numbers stay numbers.
 */
function csvText(rows: readonly Readonly<Record<string, unknown>>[], { columns, isFirst }: Layout): string {
  return stringify([...rows], {
    columns: [...columns],
    header: isFirst,
    record_delimiter: 'windows',
    escape_formulas: true,
    // A single line break inside a cell is not seen as the end of a record by the library, but is by readers.
    quoted_match: /[\r\n]/,
    cast: { date: (value) => value.toISOString(), boolean: String },
  });
}

function ndjsonText(rows: readonly Readonly<Record<string, unknown>>[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
