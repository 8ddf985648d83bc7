/**
 * The wall clock of a zone, asked of Intl alone: what a schedule is judged by. Everything is looked up in a table of
 * minutes, so that nothing of the arithmetic under test is repeated here.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows at an instant, as if it were UTC. */
export function wallAt(zone: string, at: number): number {
  const known = formats.get(zone);
  const format =
    known ??
    new Intl.DateTimeFormat('sv-SE', {
      ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    });
  if (!known) formats.set(zone, format);
  return Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
}

/** What the wall shows in each minute of a stretch of time, and where its clock was changed. */
export interface WallTable {
  readonly zone: string;
  /** First instant at which the wall shows a minute. */
  readonly firstAt: ReadonlyMap<number, number>;
  /** At `at` the wall shows `to`, where it would have shown `from`. */
  readonly changes: readonly { readonly at: number; readonly from: number; readonly to: number }[];
}

/** Between two looks an hour apart that are an hour apart on the wall too, the clock ran on; else every minute is asked. */
export function wallTable(zone: string, fromMs: number, toMs: number): WallTable {
  const firstAt = new Map<number, number>();
  const changes: { at: number; from: number; to: number }[] = [];
  let last: number | null = null;
  let wall = wallAt(zone, Math.floor(fromMs / HOUR) * HOUR);
  for (let hour = Math.floor(fromMs / HOUR) * HOUR; hour < toMs; hour += HOUR) {
    const next = wallAt(zone, hour + HOUR);
    const ranOn = next - wall === HOUR;
    for (let at = hour; at < hour + HOUR; at += MINUTE) {
      const shown = ranOn ? wall + at - hour : wallAt(zone, at);
      if (!firstAt.has(shown)) firstAt.set(shown, at);
      if (last !== null && shown !== last + MINUTE) changes.push({ at, from: last + MINUTE, to: shown });
      last = shown;
    }
    wall = next;
  }
  return { zone, firstAt, changes };
}

/** The wall clock around one calendar date, whatever the zone's distance from UTC. */
export function tableAround(zone: string, dateMs: number): WallTable {
  return wallTable(zone, dateMs - 15 * HOUR, dateMs + DAY + 15 * HOUR);
}

/**
 * The instant at which a date's run is due: the first minute at which the wall shows the time. Where the wall never
 * shows it, the clock jumped over it: as long after the jump as the time lies after the minute that was skipped first.
 */
export function dueAt({ zone, firstAt, changes }: WallTable, wanted: number): number {
  const shown = firstAt.get(wanted);
  if (shown !== undefined) return shown;
  const jump = changes.find(({ from, to }) => from <= wanted && wanted < to);
  if (jump) return jump.at + (wanted - jump.from);
  throw new Error(`${zone} has no ${new Date(wanted).toISOString()} in its table`);
}

/** Midnights, as if in UTC, of the days around which a zone's clock is changed. */
export function daysWithChange(zone: string, fromMs: number, toMs: number): number[] {
  const days: number[] = [];
  let wall = wallAt(zone, fromMs);
  for (let at = fromMs; at < toMs; at += DAY) {
    const next = wallAt(zone, at + DAY);
    if (next - wall !== DAY) days.push(at);
    wall = next;
  }
  return days;
}
