import { LEDGER, type LedgerRow } from '../../../src/records/types.js';
import { at, type CalendarScene, calendarOf, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

/** Meetings that are moved to another day once their activity is over: nobody is to be unwatched there (E48). */

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
});
afterAll(() => scene?.stack.close());

const shown = ({ status, scheduledStart }: { status: string; scheduledStart: Date | null }) => [
  status,
  scheduledStart?.toISOString().slice(0, 19),
];
const wall = ({ dateTime }: { dateTime: string }) => dateTime.slice(0, 19);

/** Somebody whose one meeting has been done. */
async function afterwards(name: string): Promise<{ who: string; event: string; done: string }> {
  const { activities } = scene.stack.services;
  const { enterpriseId } = scene.stack;
  const who = await scene.person(name);
  await scene.watched(who);
  const event = scene.event(who, { start: at(2), end: at(3) });
  const [planned] = await scene.until(who, (rows) => rows.length === 1, 'no activity');
  const activity = planned?._id ?? '';
  await activities.start({ enterpriseId, activity }, { who: name });
  await activities.finish({ enterpriseId, activity }, { who: name });
  return { who, event, done: activity };
}

test('E48: a meeting that is moved to another day after its activity is over is planned there, and what is over stays', async () => {
  const { who, event, done } = await afterwards('Aroha');
  const { calendars } = scene.stack.tenant;
  calendars.updateEvent(who, event, { start: at(50), end: at(51) });
  const two = await scene.until(who, (rows) => rows.length === 2, 'not planned again');
  expect(two.map(shown)).toEqual([
    ['finished', wall(at(2))],
    ['scheduled', wall(at(50))],
  ]);
  calendars.updateEvent(who, event, { start: at(60), end: at(61) });
  await scene.until(who, ([, later]) => shown(later as never)[1] === wall(at(60)), 'does not follow');
  calendars.deleteEvent(who, event);
  const rows = await scene.until(who, ([, later]) => later?.status === 'cancelled', 'not cancelled');
  expect(rows.map(shown)).toEqual([
    ['finished', wall(at(2))],
    ['cancelled', wall(at(60))],
  ]);
  const ledger = scene.stack.services.store.collection<LedgerRow>(LEDGER);
  const ofDone = await ledger.find({ activityId: done }).sort({ at: 1 }).toArray();
  expect(ofDone.map(({ why }) => why)).toEqual([
    'the event counts as an activity',
    'started by the person',
    'finished',
  ]);
});

test('E48: while its activity is under way somebody is told, and it is planned as soon as that is over', async () => {
  const { services, enterpriseId, tenant } = scene.stack;
  const who = await scene.person('Tane');
  await scene.watched(who);
  const event = scene.event(who, { start: at(2), end: at(3) });
  const [planned] = await scene.until(who, (rows) => rows.length === 1, 'no activity');
  const activity = planned?._id ?? '';
  await services.activities.start({ enterpriseId, activity }, { who: 'tane' });
  tenant.calendars.updateEvent(who, event, { start: at(50), end: at(51) });
  const warned = async () =>
    (await calendarOf(services.mirror.calendars, tenant.id, who))?.problems.some(
      ({ code }) => code === 'activity_started',
    );
  await waitFor(warned, { message: 'nobody is told' });
  expect((await scene.until(who, () => true, '')).map(shown)).toEqual([['active', wall(at(2))]]);
  await services.activities.finish({ enterpriseId, activity }, { who: 'tane' });
  const two = await scene.until(who, (rows) => rows.length === 2, 'not planned again');
  expect(two.map(shown)).toEqual([
    ['finished', wall(at(2))],
    ['scheduled', wall(at(50))],
  ]);
  await waitFor(async () => !(await warned()), { message: 'the warning stays' });
});
