/** What a command found out: the document for `--json`, the lines for people. */
export interface Answer {
  readonly document: unknown;
  readonly lines: readonly string[];
  /** The command worked and found something wrong: exit code 1. */
  readonly hasFindings?: boolean;
}

/** A list, as every list of this tool looks (CONTRACT section 1). */
export function listAnswer<T>(items: readonly T[], lines: readonly string[], next: string | null = null): Answer {
  const more = next === null ? [] : [`More with --after ${next}`];
  return { document: { items, next }, lines: [...lines, ...more] };
}

/** Columns of equal width, the last one left as it is; a line in words where there is nothing to show. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[], nothing = 'None.'): string[] {
  if (rows.length === 0) return [nothing];
  const cells = [headings, ...rows.map((row) => row.map(shown))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Names and values below each other. */
export function facts(pairs: readonly (readonly [name: string, value: unknown])[]): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`);
}

/** A value as people read it. Control characters are taken out: names come from others and must not steer a terminal. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(shown).join(', ');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/\p{Cc}+/gu, ' ');
}
