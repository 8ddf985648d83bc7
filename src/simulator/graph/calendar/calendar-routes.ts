import { sortByStart } from '../../world/calendar/event-instances.js';
import type { GraphRequest, GraphResponse, GraphRoute, World } from '../../world/types.js';
import { graphError } from '../graph-error.js';
import { refuseOptions } from '../odata/list-options.js';
import { readSelect } from '../odata/select.js';
import { answerDelta } from './calendar-delta.js';
import { readPage, readWindow, refuseSelect, selected } from './calendar-options.js';
import { eventPage } from './calendar-page.js';
import { type CalendarReading, readCalendar } from './calendar-reading.js';
import { eventEntity } from './event-entity.js';

const CALENDAR_ROLES = ['Calendars.Read', 'Calendars.ReadWrite'];

type Answer = (request: GraphRequest, reading: CalendarReading, eventId: string) => GraphResponse;

/** The default calendars of mailboxes; the same under `/users/{id}` and `/users/{id}/calendar`. */
export function calendarRoutes(world: World): readonly GraphRoute[] {
  const routes: readonly [path: string, answer: Answer][] = [
    ['calendarView', viewCalendar],
    ['events', listEvents],
    ['events/([^/]+)', readEvent],
    [
      'calendarView/(?:microsoft\\.graph\\.)?delta(?:\\(\\))?',
      (request, reading) => answerDelta(world, request, reading),
    ],
  ];
  return routes.map(([path, answer]) => ({
    ...{ method: 'GET', resourceUnits: 1, anyRoleOf: CALENDAR_ROLES },
    pattern: new RegExp(`^/users/([^/]+)/(?:calendar/)?${path}$`, 'i'),
    handle: (request, match) => {
      const reading = readCalendar(request, match[1] ?? '');
      if ('status' in reading) return reading;
      const response = answer(request, reading, match[2] ?? '');
      return { ...response, headers: { ...reading.preferences.headers, ...response.headers } };
    },
  }));
}

function viewCalendar(request: GraphRequest, reading: CalendarReading): GraphResponse {
  const page = readPage(request, reading.preferences.pageSize);
  if ('status' in page) return page;
  const window = readWindow(request, reading.preferences.zone);
  if ('status' in window) return window;
  const refused = refuseSelect(request, page.select, 'calendarView');
  return (
    refused ?? eventPage(request, reading, { ...page, list: 'calendarView', events: reading.view.between(window) })
  );
}

/** Series and single events. */
function listEvents(request: GraphRequest, reading: CalendarReading): GraphResponse {
  const page = readPage(request, reading.preferences.pageSize);
  if ('status' in page) return page;
  const refused = refuseSelect(request, page.select, 'events');
  const events = reading.view.all();
  const ordered = request.query.has('$orderby') ? sortByStart(events, reading.preferences.zone) : events;
  return refused ?? eventPage(request, reading, { ...page, list: 'events', events: ordered });
}

function readEvent(request: GraphRequest, reading: CalendarReading, eventId: string): GraphResponse {
  const refused = refuseOptions(request, new Set(['$select']));
  if (refused !== null) return refused;
  const select = readSelect(request.query);
  const unknown = refuseSelect(request, select, 'events');
  if (unknown !== null) return unknown;
  const found = reading.view.find(eventId);
  if (found === undefined) {
    const isAnothers = request.caller.tenant.calendars.isOfAnother(reading.owner.id, eventId);
    const code = isAnothers ? 'ErrorInvalidMailboxItemId' : 'ErrorItemNotFound';
    return graphError({ status: 404, code }, 'There is no such item in this mailbox.', request);
  }
  const context = `${request.root}/$metadata#users('${encodeURIComponent(reading.key)}')/events/$entity`;
  return { status: 200, body: { '@odata.context': context, ...selected(eventEntity(found, reading), select) } };
}
