import type { CalendarRow, Calendars } from '../../src/mirror/calendars-store.js';
import { ACTIVITIES, type ActivityRow } from '../../src/records/activities/types.js';
import { USERS, type UserRow } from '../../src/records/types.js';
import type { NewEvent } from '../../src/simulator/world/calendar/calendar-types.js';
import { SUBSCRIPTIONS, type SubscriptionRow } from '../../src/subscriptions/types.js';
import { fieldCrew } from './scene.js';
import { type Stack, type StackOptions, startStack } from './stack.js';
import { waitFor } from './wait-for.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A stack whose calendars are followed, with one mapped group. */
export interface CalendarScene {
  readonly stack: Stack;
  readonly group: string;
  /** A member of the mapped group with a mailbox; answers the object id once the record is there. */
  person(name: string, mailbox?: 'none' | 'blocked' | { timeZone: string; userPurpose: string }): Promise<string>;
  userOf(objectId: string): Promise<UserRow | null>;
  /** Activities that came from the calendar, by start. */
  activities(objectId: string): Promise<ActivityRow[]>;
  /** Waits until the activities of a person are such. */
  until(objectId: string, are: (activities: readonly ActivityRow[]) => boolean, what: string): Promise<ActivityRow[]>;
  event(objectId: string, given?: Partial<NewEvent>): string;
  /** Graph tells of the person's calendar from now on. */
  watched(objectId: string): Promise<void>;
  /** Nothing is noted or under way, and the calendar is not looked at by itself for a while. */
  settled(objectId?: string): Promise<void>;
}

/** One for a whole file: what is asked for twice is the same. */
const BASE_MS = Math.floor(Date.now() / 60_000) * 60_000;

/** In so many hours, on a whole minute, as Graph writes it. */
export function at(hours: number): { dateTime: string; timeZone: string } {
  const whole = BASE_MS + hours * HOUR_MS;
  return { dateTime: `${new Date(whole).toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' };
}

/** What the mirror has of somebody's calendar. */
export async function calendarOf(
  calendars: Pick<Calendars, 'load'>,
  tenantId: string,
  objectId: string,
): Promise<CalendarRow | null> {
  return (await calendars.load(tenantId, [objectId])).get(objectId) ?? null;
}

export interface CalendarSceneOptions extends StackOptions {
  readonly removalBrakePercent?: number;
  /** Where the stack itself works no tenant: starts who does. */
  begin?(stack: Stack): Promise<void>;
}

export async function startCalendarScene(options: CalendarSceneOptions = {}): Promise<CalendarScene> {
  const stack = await startStack({ ...options, calendarSync: true });
  await options.begin?.(stack);
  const group = await fieldCrew(stack);
  // Every test cancels something: together they would look like a calendar system gone wrong (law L12).
  const brake = { removalBrakePercent: options.removalBrakePercent ?? 100 };
  await stack.services.settings.setSettings(stack.enterpriseId, brake, { by: 'test' });
  await stack.sync();
  const { store, changes, mirror } = stack.services;
  const { calendars } = mirror;
  const { tenant } = stack;
  const userOf = (objectId: string) => store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
  const activities = async (objectId: string) => {
    const user = await userOf(objectId);
    const wanted = { userId: user?._id ?? '', source: 'entra_calendar' as const };
    return store.collection<ActivityRow>(ACTIVITIES).find(wanted).sort({ scheduledStart: 1 }).toArray();
  };
  return {
    stack,
    group,
    userOf,
    activities,
    person: async (name, mailbox = { timeZone: 'New Zealand Standard Time', userPurpose: 'user' }) => {
      const mail = `${name.toLowerCase()}@kiwipower.test`;
      const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
      const id = tenant.directory.createUser(properties, mailbox).objectId;
      tenant.directory.addMember(group, id);
      await waitFor(async () => (await userOf(id)) !== null, { message: `${name} does not come` });
      return id;
    },
    until: async (objectId, are, what) => {
      await waitFor(async () => are(await activities(objectId)), { message: what });
      return activities(objectId);
    },
    event: (objectId, given = {}) => {
      const [start, end] = [at(DAY_MS / HOUR_MS), at(DAY_MS / HOUR_MS + 1)];
      return tenant.calendars.createEvent(objectId, {
        subject: 'Pole 7',
        start,
        end,
        showAs: 'busy',
        ...given,
      } as NewEvent).eventId;
    },
    watched: async (objectId) => {
      // Once it is made the mailbox is looked at: what is read before that says nothing of the look still to come.
      const isLookedAt = async () => {
        const wanted = { resource: `users/${objectId}/events`, state: 'active' as const };
        const made = await store.collection<SubscriptionRow>(SUBSCRIPTIONS).findOne(wanted);
        const verifiedAt = (await calendarOf(calendars, tenant.id, objectId))?.verifiedAt;
        return made !== null && verifiedAt != null && verifiedAt >= made.updatedAt;
      };
      await waitFor(isLookedAt, { message: 'the calendar is not watched' });
    },
    settled: async (objectId) => {
      const isQuiet = async () => {
        const row = objectId === undefined ? null : await calendarOf(calendars, tenant.id, objectId);
        const isLooking = objectId !== undefined && !(row && row.dueAt.getTime() > Date.now() + HOUR_MS);
        return !isLooking && (await changes.list({ tenantId: tenant.id, limit: 1 })).rows.length === 0;
      };
      await waitFor(isQuiet, { message: 'changes stay open' });
    },
  };
}
