import fc from 'fast-check';
import { decideEvent } from '../../../src/projection/calendar/decide-event.js';
import type { CalendarEvent, CalendarRule } from '../../../src/projection/calendar/types.js';
import type { ActivityRow } from '../../../src/records/activities/types.js';
import type { UserRow } from '../../../src/records/types.js';
import { type CalendarHarness, objectIdOf, openCalendarHarness } from '../../support/calendar-harness.js';
import { createRunningClock } from '../../support/running-clock.js';
import { seededChance } from '../../support/seeded-chance.js';
import { edit, history, RULES, type Step } from './calendar-history.js';

const HISTORIES = 150;
const BY = { who: 'test' };
/** When the first history begins: far enough from midnight, here and in UTC, that all are on one day. */
const FIRST_INSTANT = new Date('2026-01-05T02:00:00.000Z');

let harness: CalendarHarness;
let people = 0;

beforeAll(async () => {
  harness = await openCalendarHarness({ clock: createRunningClock(FIRST_INSTANT), chance: seededChance('histories') });
});
afterAll(() => harness?.close());

/** How much of a history really happened: a test of nothing is no test. */
const happened = { started: 0, removed: 0, compared: 0, cancelled: 0, exceptions: 0 };

test('E46, E47, E50: any history of edits ends in what one reading gives; what began or was removed stays', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const user = await harness.person(`person${people++}`);
      const life = await live(user, steps);
      const { tenant } = harness;
      happened.exceptions += [...tenant.calendars.view(objectIdOf(user)).events.values()].filter(
        ({ exceptions }) => exceptions.size > 0,
      ).length;
      const lived = await harness.activities(user);
      const events = (await harness.row(user))?.events ?? [];
      await harness.forget(user);
      await harness.readAndApply(user);
      const fresh = await harness.activities(user);
      const shown = shower({ events, lived, rule: life.rule });
      expect(shown(lived)).toEqual(shown(fresh));
      happened.compared += shown(fresh).length;
      happened.cancelled += lived.filter(({ status }) => status === 'cancelled').length;
    }),
    { numRuns: HISTORIES },
  );
  expect(Object.entries(happened).filter(([, times]) => times === 0)).toEqual([]);
}, 300_000);

/** Goes through a history, and sees after each reading that nothing of what must not is changed or twice. */
async function live(user: UserRow, steps: readonly Step[]): Promise<{ rule: CalendarRule }> {
  const { tenant } = harness;
  const where = () => ({ calendars: tenant.calendars, objectId: objectIdOf(user), now: harness.services.clock.now() });
  let rule = RULES[0] as CalendarRule;
  await harness.setRule(rule);
  let firm = new Map<string, ActivityRow>();
  for (const step of [...steps, { do: 'read' as const }]) {
    if (step.do === 'rule') {
      rule = RULES[step.pick % RULES.length] as CalendarRule;
      await harness.setRule(rule);
    } else if (step.do === 'start') await start(user, step.pick);
    else if (step.do === 'remove') await remove(user, step.pick);
    else if (step.do === 'read') {
      await harness.readAndApply(user);
      const after = await harness.activities(user);
      for (const [id, before] of firm) expect(after.find(({ _id }) => _id === id)).toEqual(before);
      expectOnceEach(after);
    } else edit(where(), step);
    firm = new Map((await harness.activities(user)).filter(isFirm).map((row) => [row._id, row]));
  }
  return { rule };
}

const isFirm = ({ startedAt, calendar }: ActivityRow) => startedAt !== null || calendar?.detached === true;

function expectOnceEach(rows: readonly ActivityRow[]): void {
  const living = rows.filter(({ status }) => status !== 'cancelled');
  for (const named of ['eventId', 'key'] as const) {
    const names = living.map(({ calendar }) => calendar?.[named]);
    expect(new Set(names).size).toBe(names.length);
  }
  expect(new Set(rows.map(({ calendar }) => calendar?.key)).size).toBe(rows.length);
}

async function start(user: UserRow, pick: number): Promise<void> {
  const { services, enterpriseId } = harness;
  const rows = await harness.activities(user);
  const active = rows.find(({ status }) => status === 'active');
  if (active) await services.activities.finish({ enterpriseId, activity: active._id }, BY);
  const planned = rows.filter(({ status }) => status === 'scheduled');
  const chosen = planned[pick % Math.max(1, planned.length)];
  if (!chosen) return;
  await services.activities.start({ enterpriseId, activity: chosen._id }, BY);
  happened.started += 1;
}

async function remove(user: UserRow, pick: number): Promise<void> {
  const { services, enterpriseId } = harness;
  const planned = (await harness.activities(user)).filter(({ status }) => status === 'scheduled');
  const chosen = planned[pick % Math.max(1, planned.length)];
  if (!chosen) return;
  await services.activities.remove({ enterpriseId, activity: chosen._id }, BY);
  happened.removed += 1;
}

/**
 * Shows what is planned, without that of events whose activity began or was removed, and of their twins (E52). Which of
 * several twins has the activity depends on the history: then only that one has it is shown.
 */
function shower({
  events,
  lived,
  rule,
}: {
  events: readonly CalendarEvent[];
  lived: readonly ActivityRow[];
  rule: CalendarRule;
}): (rows: readonly ActivityRow[]) => string[] {
  const context = { rule, zone: harness.zone, now: harness.services.clock.now(), hasActivityType: true };
  const shape = (name: string, start: Date | null, finish: Date | null) => JSON.stringify([name, start, finish]);
  const shapeOf = (event: CalendarEvent) => {
    const { name, start, finish } = decideEvent(event, context);
    return shape(name, start, finish);
  };
  const firm = lived.filter(isFirm);
  const names = new Set(firm.flatMap(({ calendar }) => [calendar?.eventId, calendar?.key]));
  const isOfFirm = (event: CalendarEvent) => names.has(event.id) || names.has(event.key);
  const leftOut = new Set(events.filter(isOfFirm).map(shapeOf));
  const counts = new Map<string, number>();
  for (const event of events) counts.set(shapeOf(event), (counts.get(shapeOf(event)) ?? 0) + 1);
  return (rows) =>
    rows
      .filter((row) => row.status !== 'cancelled' && !isFirm(row))
      .map((row) => ({ ...row, shape: shape(row.name, row.scheduledStart, row.scheduledFinish) }))
      .filter((row) => !leftOut.has(row.shape))
      .map(({ shape: seen, destination, status, calendar }) =>
        JSON.stringify([seen, destination, status, counts.get(seen) === 1 ? calendar : 'one of twins']),
      )
      .sort();
}
