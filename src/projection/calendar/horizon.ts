import { DateTime } from 'luxon';
import type { RunSchedule } from '../schedule.js';
import { ianaZone, instantOfWall } from '../values/wall-time.js';

/** Days that are read ahead, so that the window outlasts the gap between two runs (E54). */
export const HORIZON_DAYS: Readonly<Record<RunSchedule['frequency'], number>> = { daily: 14, weekly: 21, monthly: 62 };

/**
 * The part of a calendar that is kept in step: from the midnight that began today to the one that ends the horizon, both
 * in the zone of the schedule.
 */
export function windowOf({ frequency, zone, now }: Pick<RunSchedule, 'frequency' | 'zone'> & { readonly now: Date }): {
  readonly from: Date;
  readonly to: Date;
} {
  const place = ianaZone(zone);
  const { year, month, day } = DateTime.fromMillis(now.getTime(), { zone: place });
  const midnight = (days: number) => new Date(instantOfWall(Date.UTC(year, month - 1, day + days), place));
  return { from: midnight(0), to: midnight(HORIZON_DAYS[frequency]) };
}
