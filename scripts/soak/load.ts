import { DAY_MS, HOUR_MS, SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { ACTIVITIES, type ActivityRow } from '../../src/records/activities/types.js';
import { USERS, type UserRow } from '../../src/records/types.js';
import type { RunningService } from '../bench/children/running-service.js';
import type { SimulatedTenant } from '../bench/children/simulated-tenant.js';

/** Edits at an even rate, and what they must have come to at the end. */
export interface Load {
  /** Edits until the time is over; rejects when one is refused. */
  run(seconds: number): Promise<void>;
  /** How many edits were made. */
  edits(): number;
  /** Values that the last edits of somebody or something set and that are not in GetHomeSafe. */
  lost(): Promise<number>;
}

export interface LoadOptions {
  readonly tenant: SimulatedTenant;
  readonly service: RunningService;
  /** Members of the mapped group, all with calendars. */
  readonly personIds: readonly string[];
  readonly groupId: string;
  /** Edits a second. */
  readonly rate: number;
  readonly signal: AbortSignal;
}

/** Mailboxes with an event each that is renamed; more would only be read more seldom (law L16). */
const CALENDARS = 10;
/** Of every twenty edits so many are of calendars and of groups; the others are of people. */
const SHARES = { all: 20, calendars: 3, groups: 2 };

export async function prepareLoad(options: LoadOptions): Promise<Load> {
  const { tenant, personIds, groupId, rate, signal } = options;
  const surnames = new Map<string, string>();
  const subjects = new Map<string, string>();
  const events: { path: string; personId: string }[] = [];
  for (const personId of personIds.slice(0, CALENDARS)) events.push(await createEvent(tenant, personId));
  let count = 0;
  return { run, edits: () => count, lost: () => lostOf(options, { surnames, subjects }) };

  async function run(seconds: number): Promise<void> {
    const startMs = systemClock.nowMs();
    const underWay = new Set<Promise<void>>();
    const refused: unknown[] = [];
    for (let index = 0; index < seconds * rate && refused.length === 0; index += 1) {
      const waitMs = startMs + (index * SECOND_MS) / rate - systemClock.nowMs();
      signal.throwIfAborted();
      if (waitMs > 0) await systemClock.sleep(waitMs, signal);
      const editing = edit().catch((error: unknown) => void refused.push(error));
      underWay.add(editing);
      void editing.finally(() => underWay.delete(editing));
    }
    await Promise.all(underWay);
    if (refused.length > 0) throw refused[0];
  }

  async function edit(): Promise<void> {
    count += 1;
    const turn = count % SHARES.all;
    const value = `Soak ${count}`;
    const event = events[count % events.length];
    const personId = personIds[count % personIds.length] ?? '';
    if (turn < SHARES.calendars && event) {
      subjects.set(event.personId, value);
      await tenant.change({ method: 'PATCH', path: event.path, body: { subject: value } });
    } else if (turn < SHARES.calendars + SHARES.groups) {
      await tenant.change({ method: 'PATCH', path: `~/groups/${groupId}`, body: { displayName: value } });
    } else {
      surnames.set(personId, value);
      await tenant.change({ method: 'PATCH', path: `~/users/${personId}`, body: { surname: value } });
    }
  }
}

async function createEvent(tenant: SimulatedTenant, personId: string) {
  const startMs = systemClock.nowMs() + 2 * DAY_MS;
  const [start, end] = [startMs, startMs + HOUR_MS].map((ms) => new Date(ms).toISOString());
  const body = { subject: 'Soak', start, end, showAs: 'busy' };
  const { id } = await tenant.change({ method: 'POST', path: `~/mailboxes/${personId}/events`, body });
  return { path: `~/mailboxes/${personId}/events/${id}`, personId };
}

interface LastValues {
  readonly surnames: ReadonlyMap<string, string>;
  readonly subjects: ReadonlyMap<string, string>;
}

async function lostOf({ service, personIds }: LoadOptions, { surnames, subjects }: LastValues): Promise<number> {
  const { services, enterpriseId } = service;
  const of = { enterpriseId, 'entra.objectId': { $in: [...personIds] } };
  const users = await services.store.collection<UserRow>(USERS).find(of).toArray();
  const lastNames = new Map(users.map(({ entra, lastName }) => [entra?.objectId, lastName]));
  const lostNames = [...surnames].filter(([id, surname]) => lastNames.get(id) !== surname);
  const named = { enterpriseId, name: { $in: [...subjects.values()] } };
  const activities = await services.store.collection<ActivityRow>(ACTIVITIES).find(named).toArray();
  const names = new Set(activities.map(({ name }) => name));
  return lostNames.length + [...subjects.values()].filter((subject) => !names.has(subject)).length;
}
