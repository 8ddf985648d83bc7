import { LEDGER, type LedgerRow } from '../../../src/records/types.js';
import { at, type CalendarScene, calendarOf, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
});
afterAll(() => scene?.stack.close());

const only = (status: string) => (rows: readonly { status: string }[]) =>
  rows.length === 1 && rows[0]?.status === status;

test('S5, E43: an eligible event becomes a scheduled activity of its person, and is not started', async () => {
  const mere = await scene.person('Mere');
  await scene.watched(mere);
  const [start, end] = [at(48), at(50)];
  scene.event(mere, { subject: 'Check the lines', start, end, location: { displayName: 'Pole 7' } });
  const [activity] = await scene.until(mere, only('scheduled'), 'no activity');
  expect(activity).toMatchObject({
    userId: (await scene.userOf(mere))?._id,
    name: 'Check the lines',
    destination: 'Pole 7',
    source: 'entra_calendar',
    scheduledStart: new Date(`${start.dateTime.slice(0, 19)}Z`),
    scheduledFinish: new Date(`${end.dateTime.slice(0, 19)}Z`),
    startedAt: null,
    alert: null,
  });
});

test('E47, E48: moved and renamed it follows; cancelled at the source it is cancelled with the reason; deleted as well', async () => {
  const hana = await scene.person('Hana');
  await scene.watched(hana);
  const id = scene.event(hana);
  await scene.until(hana, only('scheduled'), 'no activity');
  const { calendars } = scene.stack.tenant;
  const later = at(72);
  calendars.updateEvent(hana, id, { subject: 'Pole 8', start: later, end: at(73) });
  const [moved] = await scene.until(hana, ([first]) => first?.name === 'Pole 8', 'not renamed');
  expect(moved?.scheduledStart?.toISOString().slice(0, 19)).toBe(later.dateTime.slice(0, 19));
  calendars.updateEvent(hana, id, { isCancelled: true });
  const [gone] = await scene.until(hana, only('cancelled'), 'not cancelled');
  expect(gone).toMatchObject({ cancelledReason: 'event_cancelled' });
  calendars.updateEvent(hana, id, { isCancelled: false });
  const [back] = await scene.until(hana, only('scheduled'), 'not planned again');
  expect(back).toMatchObject({ _id: gone?._id, cancelledReason: null });
  calendars.deleteEvent(hana, id);
  const [deleted] = await scene.until(hana, only('cancelled'), 'not cancelled');
  expect(deleted).toMatchObject({ cancelledReason: 'event_deleted' });

  const rows = scene.stack.services.store.collection<LedgerRow>(LEDGER);
  const ledger = await rows
    .find({ activityId: gone?._id ?? '' })
    .sort({ at: 1 })
    .toArray();
  expect(ledger.map(({ kind }) => kind)).toEqual([
    'activity_create',
    'activity_update',
    'activity_cancel',
    'activity_create',
    'activity_cancel',
  ]);
});

test('E46: each occurrence is an activity of its own; a moved one follows, a deleted one goes alone', async () => {
  const wiki = await scene.person('Wiki');
  await scene.watched(wiki);
  const start = at(24);
  const startDate = start.dateTime.slice(0, 10);
  const recurrence = {
    pattern: { type: 'daily', interval: 1 },
    range: { type: 'numbered', startDate, numberOfOccurrences: 4 },
  } as const;
  scene.event(wiki, { subject: 'Round', recurrence });
  const four = await scene.until(wiki, (rows) => rows.length === 4, 'not four');
  const { calendars } = scene.stack.tenant;
  calendars.deleteEvent(wiki, four[1]?.calendar?.eventId ?? '');
  calendars.updateEvent(wiki, four[2]?.calendar?.eventId ?? '', { subject: 'Round, late' });
  const rows = await scene.until(wiki, (all) => all.some(({ name }) => name === 'Round, late'), 'not renamed');
  expect(rows.map(({ name, status }) => [name, status])).toEqual([
    ['Round', 'scheduled'],
    ['Round', 'cancelled'],
    ['Round, late', 'scheduled'],
    ['Round', 'scheduled'],
  ]);
});

test('E47, E50: what has started is never touched, and what somebody deleted is not made again', async () => {
  const { activities } = scene.stack.services;
  const { enterpriseId, tenant } = scene.stack;
  const pita = await scene.person('Pita');
  await scene.watched(pita);
  const [first, second] = [scene.event(pita), scene.event(pita, { start: at(30), end: at(31), subject: 'Pole 9' })];
  const [running, unwanted] = await scene.until(pita, (rows) => rows.length === 2, 'not two');
  await activities.start({ enterpriseId, activity: running?._id ?? '' }, { who: 'pita' });
  await activities.remove({ enterpriseId, activity: unwanted?._id ?? '' }, { who: 'pita' });
  tenant.calendars.deleteEvent(pita, first);
  tenant.calendars.updateEvent(pita, second, { subject: 'Pole 10' });
  scene.event(pita, { start: at(40), end: at(41), subject: 'Last' });
  const rows = await scene.until(pita, (all) => all.length === 3, 'not read again');
  expect(rows.map(({ name, status }) => [name, status])).toEqual([
    ['Pole 7', 'active'],
    ['Pole 9', 'cancelled'],
    ['Last', 'scheduled'],
  ]);
  expect(rows[1]).toMatchObject({ cancelledReason: 'removed', calendar: { detached: true } });
});

test('E51: a meeting of two is an activity of each, from each own calendar', async () => {
  const [ana, ben] = [await scene.person('Ana'), await scene.person('Ben')];
  await Promise.all([scene.watched(ana), scene.watched(ben)]);
  const meeting = { subject: 'Handover', iCalUId: 'shared-by-both' };
  scene.event(ana, meeting);
  scene.event(ben, meeting);
  const of = async (who: string) => (await scene.until(who, only('scheduled'), 'no activity'))[0];
  expect((await of(ana))?.calendar?.key).toBe((await of(ben))?.calendar?.key);
});

test('E18, E59: without a mailbox, blocked or of a room, a calendar is marked with the reason, and people stand', async () => {
  const { mirror } = scene.stack.services;
  const { id: tenantId } = scene.stack.tenant;
  const room = { timeZone: 'UTC', userPurpose: 'room' };
  for (const [name, mailbox, state] of [
    ['Nobox', 'none', 'no_mailbox'],
    ['Blocked', 'blocked', 'blocked'],
    ['Room', room, 'not_a_person'],
  ] as const) {
    const who = await scene.person(name, mailbox);
    const row = () => calendarOf(mirror.calendars, tenantId, who);
    const marked = async () => (await row())?.state === state;
    await waitFor(marked, { message: `${name} is not ${state}` });
    expect((await row())?.problem).toEqual(expect.any(String));
    expect((await row())?.dueAt.getTime()).toBeGreaterThan(Date.now() + 4 * 24 * 3_600_000);
    expect((await scene.userOf(who))?.status).toBe('invited');
  }
  const kinds = await scene.stack.services.store.collection('subscriptions').find({ kind: 'events' }).toArray();
  expect(kinds.every(({ state }) => state === 'active')).toBe(true);
});

test('E7, E60: the calendar of a last leader who may not leave yet goes on until they may', async () => {
  const { services, enterpriseId, teams, tenant } = scene.stack;
  const lead = (person: string) =>
    services.people.setLeader({ enterpriseId, person }, { teamId: teams['North'] ?? '', on: true }, { who: 'test' });
  const who = await scene.person('Whetu');
  await scene.watched(who);
  await lead(who);
  scene.event(who, { subject: 'Lines', start: at(30), end: at(31) });
  await scene.until(who, (rows) => rows.length === 1, 'no activity');
  tenant.directory.removeMember(scene.group, who);
  const isBlocked = async () =>
    (await services.problems.list(enterpriseId, { objectId: who })).some(
      ({ code }) => code === 'leader_removal_blocked',
    );
  await waitFor(isBlocked, { message: 'not blocked' });
  await scene.stack.sync();
  expect(await scene.activities(who)).toMatchObject([{ name: 'Lines', status: 'scheduled' }]);

  for (const name of ['Rangi', 'Hine']) await lead(await scene.person(name));
  await scene.until(who, ([only]) => only?.status === 'cancelled', 'not cancelled');
});

test('E60: a person who is archived loses what is planned; switched off, all that has not started goes', async () => {
  const { settings } = scene.stack.services;
  const { enterpriseId, tenant } = scene.stack;
  const [leaver, stayer] = [await scene.person('Leaver'), await scene.person('Stayer')];
  await Promise.all([scene.watched(leaver), scene.watched(stayer)]);
  scene.event(leaver);
  scene.event(stayer);
  await scene.until(leaver, only('scheduled'), 'no activity');
  await scene.until(stayer, only('scheduled'), 'no activity');
  tenant.directory.updateUser(leaver, { accountEnabled: false });
  const [lost] = await scene.until(leaver, only('cancelled'), 'not cancelled');
  expect(lost).toMatchObject({ cancelledReason: 'person_archived' });
  await settings.setSettings(enterpriseId, { calendarSync: false }, { by: 'test' });
  const run = await scene.stack.sync();
  expect(run).toMatchObject({ status: 'succeeded' });
  const [off] = await scene.until(stayer, only('cancelled'), 'not cancelled');
  expect(off).toMatchObject({ cancelledReason: 'calendar_off' });
  await settings.setSettings(enterpriseId, { calendarSync: true }, { by: 'test' });
  const again = await scene.stack.sync();
  expect(again.counts).toMatchObject({ calendars: expect.any(Number) });
  await scene.until(stayer, only('scheduled'), 'not planned again');
});
