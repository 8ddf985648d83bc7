import { ianaZone } from '../../world/calendar/time-zones.js';
import type { GraphRequest, GraphResponse } from '../../world/types.js';
import { graphError } from '../graph-error.js';

/** What a caller prefers about calendars. */
export interface CalendarPreferences {
  /** The zone times are written in, as the caller named it, and as IANA names it. */
  readonly zoneName: string;
  readonly zone: string;
  /** `odata.maxpagesize`, or null. */
  readonly pageSize: number | null;
  /** What the answer says was followed. */
  readonly headers: Readonly<Record<string, string>>;
}

const ZONE = /outlook\.timezone\s*=\s*"?([^",;]+)"?/i;
const IMMUTABLE = /IdType\s*=\s*"?ImmutableId"?/i;
const PAGE_SIZE = /odata\.maxpagesize\s*=\s*(\d+)/i;

/** Reads the Prefer header; a zone that nobody knows is refused. Ids are immutable here whether asked for or not. */
export function readPreferences(request: GraphRequest): CalendarPreferences | GraphResponse {
  const prefer = request.headers['prefer'] ?? '';
  const zoneName = ZONE.exec(prefer)?.[1]?.trim();
  const zone = ianaZone(zoneName ?? 'UTC');
  if (zone === null) {
    const message = `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${zoneName}'.`;
    return graphError({ status: 400, code: 'TimeZoneNotSupportedException' }, message, request);
  }
  const pageSize = PAGE_SIZE.exec(prefer)?.[1];
  const applied = [
    ...(zoneName === undefined ? [] : [`outlook.timezone="${zoneName}"`]),
    ...(IMMUTABLE.test(prefer) ? ['IdType="ImmutableId"'] : []),
    ...(pageSize === undefined ? [] : [`odata.maxpagesize=${pageSize}`]),
  ];
  return {
    ...{ zoneName: zoneName ?? 'UTC', zone, pageSize: pageSize === undefined ? null : Math.max(1, Number(pageSize)) },
    headers: applied.length === 0 ? {} : { 'Preference-Applied': applied.join(', ') },
  };
}
