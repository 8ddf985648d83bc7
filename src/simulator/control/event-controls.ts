import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { DAY_MS } from '../../kernel/clock.js';
import type { CalendarChange, Calendars, EventInstance } from '../world/calendar/calendar-types.js';
import { spanOf } from '../world/calendar/wall-time.js';
import { UnknownObject } from '../world/unknown-object.js';
import { type ControlDeps, idParameter, readBody, readQuery, sendChange, tenantParameter } from './control-exchange.js';
import { eventEditSchema, newEventSchema } from './event-input.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const windowSchema = z.strictObject({ from: instant.optional(), to: instant.optional() });

const deletingSchema = z.strictObject({ purge: z.literal('true').optional() });
const movingSchema = z.strictObject({ to: z.enum(['default', 'other']) });

/** What is shown unless the question says otherwise: this many days before and after now. */
const USUAL_WINDOW = { before: 30, after: 90 };

/** Edits of a mailbox's calendar; every one is announced to subscribers. The id of an occurrence means that one alone. */
export function createEventControls(deps: ControlDeps): Router {
  const router = Router({ mergeParams: true });
  const run =
    (edit: (calendars: Calendars, request: Request) => CalendarChange, status: number) =>
    (request: Request, response: Response) => {
      const { atMs, eventId } = edit(tenantParameter(deps, request).calendars, request);
      sendChange(response, { atMs, id: eventId }, status);
    };
  const create = (calendars: Calendars, request: Request) =>
    calendars.createEvent(mailboxOf(request), readBody(request, newEventSchema));
  const update = (calendars: Calendars, request: Request) =>
    calendars.updateEvent(mailboxOf(request), eventOf(request), readBody(request, eventEditSchema));
  const remove = (calendars: Calendars, request: Request) =>
    calendars.deleteEvent(mailboxOf(request), eventOf(request), {
      purge: readQuery(request, deletingSchema).purge === 'true',
    });
  const move = (calendars: Calendars, request: Request) =>
    calendars.moveEvent(mailboxOf(request), eventOf(request), readBody(request, movingSchema).to);
  router.get('/mailboxes/:id/events', (request, response) => {
    response.json({ items: eventsIn(deps, request) });
  });
  router.post('/mailboxes/:id/events', run(create, 201));
  router.patch('/mailboxes/:id/events/:event', run(update, 200));
  router.delete('/mailboxes/:id/events/:event', run(remove, 200));
  router.post('/mailboxes/:id/events/:event/move', run(move, 200));
  return router;
}

const mailboxOf = (request: Request) => idParameter(request, 'id');
const eventOf = (request: Request) => String(request.params['event']);

/** Single events and occurrences as they are now, the earliest start first. */
function eventsIn(deps: ControlDeps, request: Request) {
  const tenant = tenantParameter(deps, request);
  const userId = mailboxOf(request);
  if (tenant.view().user(userId) === undefined) throw new UnknownObject(userId, 'user');
  const { from, to } = readQuery(request, windowSchema);
  const nowMs = deps.world.clock.nowMs();
  const fromMs = from ?? nowMs - USUAL_WINDOW.before * DAY_MS;
  const toMs = to ?? nowMs + USUAL_WINDOW.after * DAY_MS;
  return tenant.calendars.view(userId).between({ fromMs, toMs, zone: 'UTC' }).map(shown);
}

function shown({ id, type, seriesMasterId, iCalUId, content }: EventInstance) {
  const { startMs, endMs } = spanOf(content, 'UTC');
  const times = { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() };
  return { id, type, seriesMasterId, iCalUId, ...content, ...times };
}
