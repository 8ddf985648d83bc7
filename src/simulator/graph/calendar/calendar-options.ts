import { DAY_MS } from '../../../kernel/clock.js';
import type { CalendarWindow } from '../../world/calendar/calendar-types.js';
import type { GraphRequest, GraphResponse } from '../../world/types.js';
import { graphError } from '../graph-error.js';
import { refuseOptions } from '../odata/list-options.js';
import { readSelect } from '../odata/select.js';
import { EVENT_NAMES } from './event-entity.js';

/** Page sizes of Outlook's lists. Source: Microsoft Graph documentation, list calendarView; the default is unconfirmed. */
const PAGE = { usual: 10, most: 1_000 };

/** Longest window. Source: answers quoted in public issues (unconfirmed). */
const LONGEST_VIEW_MS = 1_825 * DAY_MS;

/** What calendarView does not give by name, only with everything else. Source: Microsoft Graph documentation, event. */
const NOT_BY_NAME = ['createdDateTime', 'lastModifiedDateTime'];

const SUPPORTED = new Set(['$select', '$top', '$skip', '$orderby', '$count']);

/** A page of events that are all there: what to show of them, from where, and how many. */
export interface CalendarPage {
  readonly select: readonly string[] | null;
  readonly top: number;
  readonly skip: number;
  readonly descending: boolean;
}

/** Query options of a list of events, or the answer that refuses them. */
export function readPage(request: GraphRequest, pageSize: number | null): CalendarPage | GraphResponse {
  const refused = refuseOptions(request, SUPPORTED);
  if (refused !== null) return refused;
  const { query } = request;
  const top = Number(query.get('$top') ?? Math.min(pageSize ?? PAGE.usual, PAGE.most));
  const skip = Number(query.get('$skip') ?? 0);
  if (!Number.isInteger(top) || top < 1 || top > PAGE.most)
    return invalid(request, `Invalid value '${query.get('$top')}' for $top; it must be from 1 to ${PAGE.most}.`);
  if (!Number.isInteger(skip) || skip < 0) return invalid(request, `Invalid value '${query.get('$skip')}' for $skip.`);
  const order = /^start\/dateTime(?:\s+(asc|desc))?$/i.exec(query.get('$orderby') ?? 'start/dateTime');
  if (order === null) return invalid(request, 'Events can be ordered by start/dateTime only.');
  return { select: readSelect(query), top, skip, descending: order[1]?.toLowerCase() === 'desc' };
}

/** Refuses names in $select that events do not have, and those that calendarView does not give by name. */
export function refuseSelect(
  request: GraphRequest,
  select: readonly string[] | null,
  list: 'calendarView' | 'events',
): GraphResponse | null {
  const odd = select?.find((name) => !EVENT_NAMES.has(name) || (list === 'calendarView' && NOT_BY_NAME.includes(name)));
  if (odd === undefined) return null;
  const message = `Could not find a property named '${odd}' on type 'Microsoft.OutlookServices.Event'.`;
  return graphError({ status: 400, code: 'RequestBroker--ParseUri' }, message, request);
}

/** What $select leaves of an event: `@odata.etag` and `id` always stay. */
export function selected(entity: Record<string, unknown>, select: readonly string[] | null): Record<string, unknown> {
  if (select === null) return entity;
  const names = new Set(['@odata.etag', 'id', ...select]);
  return Object.fromEntries(Object.entries(entity).filter(([name]) => names.has(name)));
}

/** startDateTime and endDateTime; offsets count, and without one they are UTC whatever zone the caller prefers. */
export function readWindow(request: GraphRequest, zone: string): CalendarWindow | GraphResponse {
  const [start, end] = [parameter(request, 'startDateTime'), parameter(request, 'endDateTime')];
  if (!start || !end) {
    const message =
      'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.';
    return graphError({ status: 400, code: 'ErrorInvalidParameter' }, message, request);
  }
  const [fromMs, toMs] = [readInstant(start), readInstant(end)];
  if (Number.isNaN(fromMs)) return badInstant(request, 'StartDateTime', start);
  if (Number.isNaN(toMs)) return badInstant(request, 'EndDateTime', end);
  if (toMs < fromMs) {
    const code = 'ErrorCalendarEndDateIsEarlierThanStartDate';
    return graphError({ status: 400, code }, 'EndDate is earlier than StartDate.', request);
  }
  if (toMs - fromMs > LONGEST_VIEW_MS) {
    const message = 'The specified time window is longer than a calendar view can be.';
    return graphError({ status: 400, code: 'ErrorCalendarViewRangeTooBig' }, message, request);
  }
  return { fromMs, toMs, zone };
}

/** Names of ordinary parameters may be written in any capitals. */
function parameter({ query }: GraphRequest, wanted: string): string | undefined {
  return [...query].find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];
}

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/i;

/** A `+` that was not encoded arrives as a space. */
function readInstant(text: string): number {
  const sent = text.replace(' ', '+');
  const [, time, , , offset] = INSTANT.exec(sent) ?? [];
  if (!INSTANT.test(sent)) return Number.NaN;
  return Date.parse(time !== undefined && offset === undefined ? `${sent}Z` : sent);
}

function badInstant(request: GraphRequest, name: string, value: string): GraphResponse {
  return graphError(
    { status: 400, code: 'ErrorInvalidParameter' },
    `The value '${value}' of ${name} is invalid.`,
    request,
  );
}

function invalid(request: GraphRequest, message: string): GraphResponse {
  return graphError({ status: 400, code: 'ErrorInvalidParameter' }, message, request);
}
