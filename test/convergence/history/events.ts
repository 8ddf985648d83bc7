import { AppError } from '../../../src/kernel/app-error.js';
import type { EventEdit, EventInstance, NewEvent } from '../../../src/simulator/world/calendar/calendar-types.js';
import { ZONE, ZONES } from '../oracle/values.js';
import type { Scene } from './scene.js';
import type { Stage } from './stage.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BY = { who: 'history' };

/** Hours from now at which something is; a few meet, a few lie beyond the days that are read ahead. */
const HOURS = [3, 9, 9, 26, 33, 50, 80, 120, 200, 300, 420];
const MINUTES = [60, 60, 90, 3, 25 * 60];
const NAMES = ['Pole 7', 'Pole 8', 'Mill'];

const DETAILS: readonly EventEdit[] = [
  { subject: 'Pole 9' },
  { showAs: 'free' },
  { showAs: 'busy' },
  { sensitivity: 'private' },
  { sensitivity: 'normal' },
  { isCancelled: true },
  { isCancelled: false },
  { responseStatus: { response: 'declined' }, isOrganizer: false },
  { responseStatus: { response: 'accepted' }, isOrganizer: false },
  { location: { displayName: 'Depot' } },
];

/** Something happens in a calendar, or to an activity that came from one. */
export async function event(
  stage: Stage,
  scene: Scene,
  { what, picks }: { what: string; picks: readonly number[] },
): Promise<void> {
  const [first = 0, second = 0, third = 0] = picks;
  const view = stage.tenant.view();
  const owners = scene.mailboxes.filter((id) => view.user(id)?.deletedAtMs === null);
  const owner = owners[first % Math.max(1, owners.length)];
  if (what === 'start' || what === 'finish') return toActivity(stage, scene, { what, pick: second });
  if (owner === undefined) return;
  if (what === 'mailbox' || what === 'zone')
    return stage.graph.as(() => toMailbox(stage, owner, { what, pick: second }));
  if (view.user(owner)?.mailbox === 'none') return;
  stage.graph.as(() => toCalendar(stage, owner, { what, second, third }));
}

function toCalendar(
  { tenant: { calendars }, time }: Stage,
  owner: string,
  { what, second, third }: { what: string; second: number; third: number },
): void {
  const nowMs = time.nowMs();
  const listed = calendars.view(owner).between({ fromMs: nowMs, toMs: nowMs + 30 * DAY_MS, zone: 'UTC' });
  const target = listed[second % Math.max(1, listed.length)];
  const slot = slotOf(nowMs, second, third);
  switch (what) {
    case 'single':
    case 'series': {
      const subject = NAMES[third % NAMES.length] ?? '';
      const given: NewEvent = { ...slot, subject, showAs: 'busy' };
      calendars.createEvent(owner, what === 'single' ? given : { ...given, recurrence: daily(given, 1 + (third % 3)) });
      return;
    }
    case 'change':
      if (target) calendars.updateEvent(owner, target.id, DETAILS[third % DETAILS.length] ?? {});
      return;
    case 'shift':
      if (target) calendars.updateEvent(owner, target.id, slot);
      return;
    case 'wholeSeries':
      if (target?.seriesMasterId) calendars.updateEvent(owner, target.seriesMasterId, ofWhole(slot, third));
      return;
    case 'cancel':
      if (target) remove(calendars, owner, { target, third });
      return;
  }
}

function remove(
  calendars: Stage['tenant']['calendars'],
  owner: string,
  { target, third }: { target: EventInstance; third: number },
): void {
  const isWhole = third % 3 === 0;
  const id = isWhole ? (target.seriesMasterId ?? target.id) : target.id;
  const way = Math.floor(third / 3) % 3;
  if (way === 0) calendars.moveEvent(owner, id, 'other');
  else calendars.deleteEvent(owner, id, { purge: way === 1 });
}

/** All occurrences at another time, with another name, or one of them alone and no series any more. */
function ofWhole(slot: ReturnType<typeof slotOf>, pick: number): EventEdit {
  return [slot, { subject: 'Pole 9' }, { recurrence: null }][pick % 3] ?? {};
}

/** A mailbox goes, refuses, is back, or is moved to another zone. */
function toMailbox({ tenant }: Stage, owner: string, { what, pick }: { what: string; pick: number }): void {
  const zone = what === 'zone' ? ZONES[pick % ZONES.length] : ZONE;
  const open = { timeZone: zone?.raw ?? ZONE.raw, userPurpose: 'user' };
  const mailbox = what === 'zone' ? open : ([open, 'blocked', 'none'] as const)[pick % 3];
  tenant.directory.updateUser(owner, {}, mailbox);
}

function slotOf(nowMs: number, second: number, third: number): Pick<NewEvent, 'start' | 'end'> {
  const hours = HOURS[second % HOURS.length] ?? 9;
  const startMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS + hours * HOUR_MS;
  const endMs = startMs + (MINUTES[third % MINUTES.length] ?? 60) * 60_000;
  const wall = (ms: number) => ({ dateTime: `${new Date(ms).toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' });
  return { start: wall(startMs), end: wall(endMs) };
}

function daily({ start }: NewEvent, interval: number): NewEvent['recurrence'] {
  const range = { type: 'numbered', startDate: start.dateTime.slice(0, 10), numberOfOccurrences: 3 } as const;
  return { pattern: { type: 'daily', interval }, range };
}

async function toActivity(
  { desk }: Stage,
  { enterpriseId }: Scene,
  { what, pick }: { what: 'start' | 'finish'; pick: number },
): Promise<void> {
  const status = what === 'start' ? 'scheduled' : 'active';
  const all = await desk.activities.list(enterpriseId, { status });
  const one = all[pick % Math.max(1, all.length)];
  if (!one) return;
  try {
    await desk.activities[what]({ enterpriseId, activity: one.id }, BY);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
