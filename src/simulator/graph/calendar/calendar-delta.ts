import { z } from 'zod';
import type {
  CalendarEvent,
  CalendarView,
  CalendarWindow,
  EventInstance,
} from '../../world/calendar/calendar-types.js';
import { instancesOf, wholeEvent } from '../../world/calendar/event-instances.js';
import type { GraphRequest, GraphResponse, World } from '../../world/types.js';
import { graphError } from '../graph-error.js';
import { refuseOptions } from '../odata/list-options.js';
import { openToken, sealToken, tokenSecret } from '../odata/opaque-token.js';
import { readWindow } from './calendar-options.js';
import type { CalendarReading } from './calendar-reading.js';
import { eventEntity, timesOf } from './event-entity.js';

const SUPPORTED = new Set(['$deltatoken', '$skiptoken']);
/** Items a page unless `odata.maxpagesize` says otherwise (unconfirmed). */
const USUAL_PAGE = 10;

const roundSchema = z.object({
  tenant: z.string(),
  user: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  /** What changed after the first sequence up to the second is told; null: everything. */
  after: z.number().nullable(),
  upTo: z.number(),
  skip: z.number(),
});
type Round = z.infer<typeof roundSchema>;

/** Change tracking of a calendar view; the window of the first call is frozen into the links. */
export function answerDelta(world: World, request: GraphRequest, reading: CalendarReading): GraphResponse {
  const refused = refuseOptions(request, SUPPORTED);
  if (refused !== null) return refused;
  const [page, since] = [request.query.get('$skiptoken'), request.query.get('$deltatoken')];
  const round = page || since ? openRound(world, request, page || since || '') : begin(request, reading);
  if ('status' in round) return round;
  const upTo = page ? round.upTo : Math.max(round.upTo, reading.view.sequence);
  return answerRound(world, request, { reading, round: { ...round, upTo } });
}

function begin(request: GraphRequest, { owner, view }: CalendarReading): Round | GraphResponse {
  const window = readWindow(request, 'UTC');
  if ('status' in window) return window;
  const { fromMs, toMs } = window;
  const tenant = request.caller.tenant.id;
  return { tenant, user: owner.id, fromMs, toMs, after: null, upTo: view.sequence, skip: 0 };
}

function openRound(world: World, request: GraphRequest, token: string): Round | GraphResponse {
  const round = openToken(tokenSecret(world.seed), token, roundSchema);
  if (round?.tenant === request.caller.tenant.id) return round;
  return graphError({ status: 400, code: 'ErrorInvalidUrlQuery' }, 'Badly formed token.', request);
}

function answerRound(
  world: World,
  request: GraphRequest,
  { reading, round }: { reading: CalendarReading; round: Round },
): GraphResponse {
  const { calendars } = request.caller.tenant;
  const before = round.after === null ? null : calendars.viewAt(reading.owner.id, round.after);
  const after = calendars.viewAt(reading.owner.id, round.upTo);
  if (before === undefined || after === undefined || round.user !== reading.owner.id) return expired(request);
  const window = { fromMs: round.fromMs, toMs: round.toMs, zone: reading.preferences.zone };
  const items = changedItems({ before, after }, window, reading);
  const end = round.skip + (reading.preferences.pageSize ?? USUAL_PAGE);
  const isLast = end >= items.length;
  const next: Round = isLast ? { ...round, after: round.upTo, skip: 0 } : { ...round, skip: end };
  const name = isLast ? '$deltatoken' : '$skiptoken';
  const link = `${request.root}${request.path}?${name}=${sealToken(tokenSecret(world.seed), next)}`;
  return {
    status: 200,
    body: {
      '@odata.context': `${request.root}/$metadata#Collection(event)`,
      [isLast ? '@odata.deltaLink' : '@odata.nextLink']: link,
      value: items.slice(round.skip, end),
    },
  };
}

/** Outlook keeps what a token stands for in a cache; once evicted, the round has to begin anew. */
function expired(request: GraphRequest): GraphResponse {
  const message = 'The sync state generation is not found; continuing is not possible.';
  return graphError({ status: 410, code: 'syncStateNotFound' }, message, request);
}

function changedItems(
  views: { before: CalendarView | null; after: CalendarView },
  window: CalendarWindow,
  reading: CalendarReading,
): Record<string, unknown>[] {
  const { before, after } = views;
  const items: Record<string, unknown>[] = [];
  for (const event of after.events.values()) {
    const earlier = before?.events.get(event.id);
    if (earlier?.version === event.version) continue;
    const shown = shownOf(event, window, reading);
    // Also for events that were never in the window.
    if (shown.length === 0 && before !== null) items.push(removed(event.id));
    items.push(...shown);
  }
  for (const event of before?.events.values() ?? []) {
    if (after.events.has(event.id)) continue;
    const ids = event.recurrence === null ? [] : instancesOf(event, window).map(({ id }) => id);
    items.push(...[event.id, ...ids].map(removed));
  }
  return items;
}

/** A changed series is sent with all that is left of it in the window; that an occurrence is gone is not said. */
function shownOf(event: CalendarEvent, window: CalendarWindow, reading: CalendarReading): Record<string, unknown>[] {
  const instances = instancesOf(event, window);
  if (instances.length === 0) return [];
  const master = event.recurrence === null ? [] : [wholeEvent(event)];
  return [...master, ...instances].map((instance) =>
    instance.type === 'occurrence' ? stripped(instance, reading) : typed(eventEntity(instance, reading)),
  );
}

/** Occurrences come without subject and all else that their series says. Source: public issues since 2017. */
function stripped(instance: EventInstance, reading: CalendarReading): Record<string, unknown> {
  const { id, type, seriesMasterId, changeKey } = instance;
  return typed({ '@odata.etag': `W/"${changeKey}"`, id, type, seriesMasterId, ...timesOf(instance, reading) });
}

function typed(entity: Record<string, unknown>): Record<string, unknown> {
  return { '@odata.type': '#microsoft.graph.event', ...entity };
}

function removed(id: string): Record<string, unknown> {
  return typed({ id, '@removed': { reason: 'deleted' } });
}
