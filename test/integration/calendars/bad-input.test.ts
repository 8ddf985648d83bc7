import { at, type CalendarScene, calendarOf, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
});
afterEach(() => scene.stack.simulator.faults.clear());
afterAll(() => scene?.stack.close());

type Action = Parameters<CalendarScene['stack']['simulator']['faults']['add']>[0]['action'];

/** The same few tries without the pauses between them. */
const AT_ONCE = { 'Retry-After': '0' };

/** From now on Graph answers so whoever asks for a path of this mailbox. */
function answers(objectId: string, path: string, action: Action): () => number {
  const { faults } = scene.stack.simulator;
  const id = faults.add({ match: { path: `users/${objectId}/${path}` }, after: 0, times: 10_000, action });
  return () => faults.list().find((fault) => fault.id === id)?.caught ?? 0;
}

const names = (rows: readonly { name: string; status: string }[]) => rows.map(({ name, status }) => [name, status]);

/** Somebody whose calendar is followed, with one activity. */
async function somebody(name: string): Promise<{ who: string; event: string }> {
  const who = await scene.person(name);
  await scene.watched(who);
  const event = scene.event(who);
  await scene.until(who, (rows) => rows.length === 1, 'no activity');
  return { who, event };
}

/** The note of the calendar that is open, as far as there is one. */
async function openNote(objectId: string) {
  const { rows: open } = await scene.stack.services.changes.list({ tenantId: scene.stack.tenant.id, limit: 1_000 });
  return open.find((change) => change.kind === 'events' && change.objectId === objectId);
}

/** An event as Graph writes it. */
function raw(id: string, given: object = {}): object {
  const usual = { id, iCalUId: `uid-${id}`, type: 'singleInstance', subject: id, showAs: 'busy', isAllDay: false };
  return { ...usual, start: at(30), end: at(31), responseStatus: { response: 'accepted' }, ...given };
}

test('E53, E55: one event that nobody can understand is said on the calendar; the others become activities', async () => {
  const { who, event } = await somebody('Aroha');
  const [kept] = await scene.activities(who);
  const zone = (hours: number) => ({ dateTime: at(hours).dateTime, timeZone: 'Middle-earth Standard Time' });
  const page = [
    // The event of the activity that is there: what it means cannot be told any more.
    raw(event, { iCalUId: kept?.calendar?.key, start: zone(40), end: zone(41) }),
    raw('backwards', { start: at(33), end: at(32) }),
    raw('long', { subject: `Pole\u0000 9\u0007\u202e ${'ā'.repeat(10_000)}`, start: at(50), end: at(51) }),
    raw('orphan', { type: 'occurrence', seriesMasterId: 'of-nobody', start: at(60), end: at(61) }),
    raw('shapeless', { start: 'tomorrow' }),
    raw('timeless', { start: null }),
    raw('kind', { type: 'somethingNew' }),
    null,
    raw('good', { start: at(70), end: at(71) }),
  ];
  answers(who, 'calendarView', { body: { value: page } });
  scene.stack.tenant.calendars.updateEvent(who, event, { subject: 'Told' });
  const rows = await scene.until(who, (all) => all.some(({ name }) => name === 'good'), 'the good event did not come');
  expect(names(rows)).toEqual([
    ['Pole 7', 'scheduled'],
    [`Pole 9 ${'ā'.repeat(248)}`, 'scheduled'],
    ['orphan', 'scheduled'],
    ['good', 'scheduled'],
  ]);
  const row = await calendarOf(scene.stack.services.mirror.calendars, scene.stack.tenant.id, who);
  expect(row?.state).toBe('ok');
  const unreadable = row?.problems.filter(({ code }) => code === 'event_unreadable') ?? [];
  expect(unreadable.map(({ subject }) => subject).sort()).toEqual(
    [event, 'kind', 'shapeless', 'timeless', null].sort(),
  );
  expect(unreadable.find(({ subject }) => subject === event)?.message).toContain('"Middle-earth Standard Time"');
});

test('E59: a list without end, half a page and words that are no page leave the calendar as it is, and its note open', async () => {
  const { who, event } = await somebody('Bex');
  const link = `${scene.stack.simulator.url}/v1.0/users/${who}/calendarView?startDateTime=a&endDateTime=b&$skip=1`;
  for (const [index, action] of (
    [
      { headers: AT_ONCE, body: { value: [], '@odata.nextLink': link } },
      { headers: AT_ONCE, body: '{"value":[{"id":"half a p' },
      { headers: AT_ONCE, body: { value: 'no list' } },
    ] satisfies Action[]
  ).entries()) {
    const before = await scene.activities(who);
    const caught = answers(who, 'calendarView', action);
    scene.stack.tenant.calendars.updateEvent(who, event, { subject: `Renamed ${index}` });
    const failed = async () => caught() > 0 && ((await openNote(who))?.attempts ?? 0) > 0;
    await waitFor(failed, { message: `${JSON.stringify(action)} did not fail` });
    expect(await scene.activities(who)).toEqual(before);
    scene.stack.simulator.faults.clear();
    await scene.until(who, ([only]) => only?.name === `Renamed ${index}`, 'not read again by itself');
  }
});

test.each([
  ['throttled', { status: 429, headers: { 'Retry-After': '300' } }],
  ['failing', { status: 500, headers: AT_ONCE }],
])(
  'E59, S11: a run asks a mailbox that is %s too, which keeps its activities; other calendars and the people stand',
  async (word, action) => {
    const [{ who, event }, other] = [await somebody(`${word}one`), await somebody(`${word}two`)];
    const caught = answers(who, 'calendarView', action);
    const { tenant } = scene.stack;
    tenant.calendars.deleteEvent(who, event);
    tenant.calendars.updateEvent(other.who, other.event, { subject: 'Goes on' });
    tenant.directory.updateUser(who, { surname: 'Hohepa' });
    const run = await scene.stack.sync();
    expect(run.status).toBe('succeeded_with_errors');
    expect(caught()).toBeGreaterThan(0);
    await scene.until(other.who, ([only]) => only?.name === 'Goes on', 'the other calendar waits');
    await waitFor(async () => (await scene.userOf(who))?.lastName === 'Hohepa', { message: 'the person waits' });
    expect(names(await scene.activities(who))).toEqual([['Pole 7', 'scheduled']]);
    expect(await openNote(who)).toMatchObject({ parked: null });
  },
);

test('E47, E59: an event that cannot be read by its id cancels nothing, and is asked for again until Graph says', async () => {
  const { who, event } = await somebody('Cleo');
  const caught = answers(who, 'events/', { status: 503, headers: AT_ONCE });
  scene.stack.tenant.calendars.deleteEvent(who, event);
  const later = scene.event(who, { subject: 'Later', start: at(80), end: at(81) });
  expect(later).not.toBe(event);
  await scene.until(who, (rows) => rows.length === 2, 'what was listed did not come');
  await waitFor(async () => ((await openNote(who))?.attempts ?? 0) > 0, { message: 'not open' });
  expect(caught()).toBeGreaterThan(0);
  expect(names(await scene.activities(who))).toEqual([
    ['Pole 7', 'scheduled'],
    ['Later', 'scheduled'],
  ]);
  scene.stack.simulator.faults.clear();
  const rows = await scene.until(who, (all) => all[0]?.status === 'cancelled', 'never cancelled');
  expect(rows[0]).toMatchObject({ cancelledReason: 'event_deleted' });
});
