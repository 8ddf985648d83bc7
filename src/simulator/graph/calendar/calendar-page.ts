import type { EventInstance } from '../../world/calendar/calendar-types.js';
import type { GraphRequest, GraphResponse } from '../../world/types.js';
import { contextOf } from '../odata/select.js';
import { type CalendarPage, selected } from './calendar-options.js';
import type { CalendarReading } from './calendar-reading.js';
import { eventEntity } from './event-entity.js';

export interface EventList extends CalendarPage {
  readonly list: 'calendarView' | 'events';
  readonly events: readonly EventInstance[];
}

/** One page; the next is told by `$skip`, so that what changes in between moves the pages, as in Outlook. */
export function eventPage(request: GraphRequest, reading: CalendarReading, from: EventList): GraphResponse {
  const { events, skip, top, select } = from;
  const ordered = from.descending ? events.toReversed() : events;
  const shown = ordered.slice(skip, skip + top);
  const set = `users('${encodeURIComponent(reading.key)}')/${from.list}`;
  return {
    status: 200,
    body: {
      '@odata.context': contextOf(request, set, select),
      ...(request.query.get('$count') === 'true' && { '@odata.count': events.length }),
      value: shown.map((event) => selected(eventEntity(event, reading), select)),
      ...(skip + top < events.length && { '@odata.nextLink': nextLink(request, skip + top) }),
    },
  };
}

function nextLink(request: GraphRequest, skip: number): string {
  const options = [...request.query].filter(([name]) => name !== '$skip');
  const query = [...options, ['$skip', String(skip)]].map(
    ([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`,
  );
  return `${request.root}${request.path}?${query.join('&')}`;
}
