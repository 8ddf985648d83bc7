import { IANAZone } from 'luxon';
import { AppError } from '../../kernel/app-error.js';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.js';

/** A zone by its IANA name; an `AppError` of code `zone_unknown` where there is none. */
export function ianaZone(name: string): IANAZone {
  const found = IANAZone.create(name);
  // Later versions of Node take offsets such as +13:00 too: those know no summer time.
  if (found.isValid && /^[a-z]/i.test(name)) return found;
  throw new AppError('zone_unknown', `"${name}" is no IANA time zone: give one such as Pacific/Auckland.`, {
    field: 'zone',
  });
}

/**
 * A wall time as an instant, in ms: a repeated hour at its first occurrence, a skipped one shifted forward by the gap
 * (E64, E65). luxon leaves the choice in a repeated hour open, so the two offsets around the day are tried here.
 *
 * @param wall what the clock on the wall shows, in ms since 1970 as if it were UTC.
 */
export function instantOfWall(wall: number, zone: IANAZone): number {
  const before = zone.offset(wall - DAY_MS);
  const after = zone.offset(wall + DAY_MS);
  const instants = [before, after]
    .map((offset) => ({ at: wall - offset * MINUTE_MS, offset }))
    .filter(({ at, offset }) => zone.offset(at) === offset)
    .map(({ at }) => at);
  return instants.length > 0 ? Math.min(...instants) : wall - before * MINUTE_MS;
}
