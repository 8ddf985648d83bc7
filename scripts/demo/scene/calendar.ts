import { z } from 'zod';
import { DAY_MS, HOUR_MS, SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { sameValue } from '../../../src/kernel/same-value.js';
import { waitUntil } from '../../stage/wait-until.js';
import { insist, type Scene } from './scene.js';

const eventSchema = z.object({ id: z.string(), subject: z.string().nullable(), start: z.string() });
const activitySchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  start: z.string().nullable(),
  finish: z.string().nullable(),
  cancelledReason: z.string().nullable(),
});

/** A mailbox that goes on being notified is read every 5 s; the rest is for a busy machine. */
const SEEN_WITHIN_MS = 12 * SECOND_MS;

export type Event = z.output<typeof eventSchema>;
export type Activity = z.output<typeof activitySchema>;

/** Somebody's Office 365 calendar, and the activities that GetHomeSafe has of that person. */
export interface PersonCalendar {
  add(event: object): Promise<string>;
  edit(eventId: string, change: object): Promise<unknown>;
  remove(eventId: string): Promise<unknown>;
  /** Single events and occurrences of that name, the earliest first. */
  named(subject: string): Promise<readonly Event[]>;
  /** Waits until one of the activities is as wanted; answers it and the ms since `sinceMs`. */
  seen(
    wanted: (activity: Activity) => boolean,
    about: { for: string; sinceMs: number },
  ): Promise<{ activity: Activity; tookMs: number }>;
  /** Insists that ghs lists exactly these activities, by start; only the named facts are compared. */
  shows(wanted: readonly Partial<Activity>[]): Promise<void>;
}

/** The calendar of somebody with a mailbox in a mapped group, once Graph tells of it. */
export async function watchedCalendarOf(scene: Scene, objectId: string): Promise<PersonCalendar> {
  const { stage, tenantId } = scene;
  const { services, signal } = stage;
  const isWatched = async () =>
    (await services.subscriptions.ofTenant(tenantId)).some(
      ({ resource, state }) => resource === `users/${objectId}/events` && state === 'active',
    );
  await waitUntil(isWatched, { for: 'the subscription of the calendar', limitMs: SEEN_WITHIN_MS, signal });
  return calendarOf(scene, objectId);
}

export function calendarOf({ control, stage, at, enterpriseId }: Scene, objectId: string): PersonCalendar {
  const { services, signal, ghs } = stage;
  const path = `${at}/mailboxes/${objectId}/events`;
  return {
    add: async (event) => (await control.change('POST', path, event)).id,
    edit: (eventId, change) => control.change('PATCH', `${path}/${eventId}`, change),
    remove: (eventId) => control.change('DELETE', `${path}/${eventId}`),
    named: async (name) => (await control.items(eventSchema, path)).filter(({ subject }) => subject === name),
    seen: async (wanted, { for: what, sinceMs }) => {
      const look = async () => {
        const rows = await services.activities.list(enterpriseId, { person: objectId });
        return rows.map((row) => activitySchema.parse(JSON.parse(JSON.stringify(row)))).find(wanted);
      };
      const activity = await waitUntil(look, { for: what, limitMs: SEEN_WITHIN_MS, signal });
      return { activity, tookMs: systemClock.nowMs() - sinceMs };
    },
    shows: async (wanted) => {
      const listed = z.object({ items: z.array(activitySchema) });
      const { items } = await ghs(listed, 'activity', 'list', '--person', objectId);
      const inOrder = items.toSorted((a, b) => (a.start ?? '').localeCompare(b.start ?? ''));
      const isSo = inOrder.every((item, index) => sameValue({ ...item, ...wanted[index] }, item));
      insist(isSo && items.length === wanted.length, `ghs lists ${JSON.stringify(inOrder)}.`);
    },
  };
}

/** Two hours on a day ahead, on a whole hour as ghs shows it. */
export function hoursIn(days: number, laterHours = 0): { start: string; end: string } {
  const startMs = Math.floor(systemClock.nowMs() / HOUR_MS) * HOUR_MS + days * DAY_MS + laterHours * HOUR_MS;
  return { start: new Date(startMs).toISOString(), end: new Date(startMs + 2 * HOUR_MS).toISOString() };
}
