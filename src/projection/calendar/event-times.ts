import { IANAZone } from 'luxon';
import { MINUTE_MS } from '../../kernel/clock.js';
import { parseTimeZone } from '../values/time-zone.js';
import { instantOfWall } from '../values/wall-time.js';

/** `dateTimeTimeZone` of Graph: a wall time without an offset, up to seven fractional digits, and its zone. */
export interface RawTime {
  /** Such as `2026-01-05T08:00:00.0000000`. */
  readonly dateTime?: string | null | undefined;
  /** UTC, a Windows name, or an IANA name. */
  readonly timeZone?: string | null | undefined;
}

export interface Wall {
  /** `2026-01-05`. */
  readonly date: string;
  /** What the clock on the wall shows, in ms since 1970 as if it were UTC. */
  readonly ms: number;
  /** Minutes ahead of UTC, where the text says them itself; else null. */
  readonly offset: number | null;
}

const TEXT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?(Z|[+-]\d{2}:\d{2})?$/i;

/** Reads a date and time of ISO 8601; a date alone is its midnight. null: there is no such time. */
export function wallOf(text: string): Wall | null {
  const [, date, time = '00:00', seconds = ':00', zone] = TEXT.exec(text.trim()) ?? [];
  if (date === undefined) return null;
  const written = `${date}T${time}${seconds.slice(0, 3)}`;
  const ms = Date.parse(`${written}Z`);
  // 30 February and 24:00 would roll over into the next day.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(written)) return null;
  const fraction = Number(`${seconds.slice(4)}000`.slice(0, 3));
  return { date, ms: ms + fraction, offset: zone === undefined ? null : offsetOf(zone) };
}

/** An instant in ISO 8601 with `Z`; null where the zone is not known. */
export function instantOf(wall: Wall, timeZone: string): string | null {
  if (wall.offset !== null) return new Date(wall.ms - wall.offset * MINUTE_MS).toISOString();
  const name = parseTimeZone(timeZone, null);
  if (name === null) return null;
  if (name === 'UTC') return new Date(wall.ms).toISOString();
  const zone = IANAZone.create(name);
  return zone.isValid ? new Date(instantOfWall(wall.ms, zone)).toISOString() : null;
}

function offsetOf(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith('-') ? -minutes : minutes;
}
