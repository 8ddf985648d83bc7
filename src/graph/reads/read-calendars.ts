import type { CalendarAnswer, CalendarWindow, EventAnswer, ReadEvent } from '../calendar-types.js';
import { EVENT_ATTRIBUTES, graphEventOf } from '../graph-event.js';
import { GraphFailure } from '../graph-failure.js';
import type { MailboxGates } from '../mailbox-gates.js';
import type { CallOptions, GraphCalls } from '../types.js';
import { hasNoMailbox } from '../wire/no-mailbox.js';
import { directoryId } from './directory-id.js';

/** Most events in one page of a calendar view (Microsoft Graph documentation, "List calendarView"). */
const PAGE_SIZE = 1_000;
/** Far above any calendar of a person in 62 days; a list that goes on is a fault of the server. */
const MOST_PAGES = 20;
/** Every wall time comes in UTC, and ids survive a move between folders (Microsoft Graph, "Immutable IDs"). */
const HEADERS = { Prefer: 'outlook.timezone="UTC", IdType="ImmutableId"' };
/** What Exchange makes ids of; ours come from its own answers and are checked all the same before they go in a path. */
const EVENT_ID = /^[\w\-+/=]{1,1024}$/;

type Calls = Pick<GraphCalls, 'page' | 'request'>;
type Gated = { readonly calls: Calls; readonly gates: MailboxGates };

/**
 * Everything in a person's default calendar that overlaps the window, series taken apart. All pages or a failure: half a
 * calendar would look as if the other half were gone.
 */
export async function readCalendar(
  calls: Calls,
  { objectId, from, to }: CalendarWindow,
  options: CallOptions = {},
): Promise<CalendarAnswer> {
  try {
    const window = `startDateTime=${from.toISOString()}&endDateTime=${to.toISOString()}`;
    const select = `$select=${EVENT_ATTRIBUTES.join(',')}&$top=${PAGE_SIZE}`;
    const path = `/users/${directoryId(objectId)}/calendarView?${window}&${select}`;
    const events: ReadEvent[] = [];
    for await (const { value } of calls.page({ path, headers: HEADERS, ...options }, { mostPages: MOST_PAGES }))
      events.push(...value.map(graphEventOf));
    return { status: 'ok', events };
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    if (isNowhere(error)) return { status: 'no_mailbox' };
    if (error.kind === 'denied' && error.status === 403) return { status: 'blocked', failure: error };
    return { status: 'failed', failure: error };
  }
}

/** Events by their own ids, wherever in the mailbox they are: what to ask of those that the window did not list. */
export async function readEvents(
  { calls, gates }: Gated,
  { objectId, eventIds }: { objectId: string; eventIds: readonly string[] },
  options: CallOptions = {},
): Promise<Map<string, EventAnswer>> {
  const answers = await Promise.all(
    [...new Set(eventIds)].map((id) =>
      gates.within(objectId, async () => [id, await readEvent(calls, { objectId, id }, options)] as const),
    ),
  );
  return new Map(answers);
}

async function readEvent(
  calls: Calls,
  { objectId, id }: { objectId: string; id: string },
  options: CallOptions,
): Promise<EventAnswer> {
  try {
    if (!EVENT_ID.test(id)) throw new GraphFailure('An event id is of no known form.', { kind: 'rejected' });
    const path = `/users/${directoryId(objectId)}/events/${encodeURIComponent(id)}?$select=${EVENT_ATTRIBUTES.join(',')}`;
    const answer = await calls.request({ path, headers: HEADERS, ...options });
    return { status: 'present', event: graphEventOf(answer.body) };
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    return isGone(error) ? { status: 'gone' } : { status: 'failed', failure: error };
  }
}

/** Only Exchange's own words: without its mailbox, or from something in between, a 404 says nothing of the event. */
function isGone({ kind, code }: GraphFailure): boolean {
  // With which status Graph says this of a deleted occurrence is not known.
  if (code === 'ErrorCalendarOccurrenceIsDeletedFromRecurrence') return kind === 'not_found' || kind === 'rejected';
  return kind === 'not_found' && (code === 'ErrorItemNotFound' || code === 'ErrorInvalidMailboxItemId');
}

/** Without a mailbox, or without the person: the calendar is nowhere. */
function isNowhere(failure: GraphFailure): boolean {
  const { code } = failure;
  return hasNoMailbox(failure) || code === 'ResourceNotFound' || code === 'Request_ResourceNotFound';
}
