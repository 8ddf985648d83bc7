import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock.js';
import { PEOPLE, type PersonRow } from '../../../src/mirror/types.js';
import { type CalendarScene, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;
const BY = { who: 'maia' };

beforeAll(async () => {
  scene = await startCalendarScene();
});
afterAll(() => scene?.stack.close());

const shown = (rows: readonly { status: string }[]) => rows.map(({ status }) => status).join();

/** Somebody whose calendar is followed, with an activity that came from it. */
async function followed(name: string): Promise<{ enterpriseId: string; person: string }> {
  const person = await scene.person(name);
  await scene.watched(person);
  scene.event(person);
  await scene.until(person, (rows) => rows.length === 1, 'no activity');
  await scene.settled(person);
  return { enterpriseId: scene.stack.enterpriseId, person };
}

test('E60: who is archived by hand and comes back has what their calendar plans again, at once', async () => {
  const { people } = scene.stack.services;
  const ref = await followed('Aroha');
  await people.archive(ref, BY);
  await scene.until(ref.person, (rows) => shown(rows) === 'cancelled', 'not cancelled');
  await scene.settled();
  await people.restore(ref, BY);
  await scene.until(ref.person, (rows) => shown(rows) === 'scheduled', 'not planned again');
});

test('E45: another time zone and another organisation are followed by what the calendar plans, at once', async () => {
  const { services, enterpriseId, tenant } = scene.stack;
  const { people, structure, settings } = services;
  const by = 'test';
  const given = { enterpriseId, name: 'Plants', zone: 'Pacific/Auckland', country: 'NZ', by };
  const { _id: plants } = await structure.createOrganisation(given);
  const rules = { calendarRule: { allDay: true }, calendarRules: { [plants]: { allDay: false } } };
  await settings.setSettings(enterpriseId, { ...rules, fields: { timeZone: null } }, { by });
  await scene.stack.sync();
  const person = await scene.person('Bex');
  await scene.watched(person);
  const [start, end] = [midnight(2), midnight(3)];
  tenant.calendars.createEvent(person, { subject: 'Camp', start, end, isAllDay: true, showAs: 'busy' });
  await people.edit({ enterpriseId, person }, { fields: { timeZone: 'UTC' } }, BY);
  await scene.until(person, startsAt(start, 0), 'not at midnight in UTC');
  await scene.settled(person);
  await people.edit({ enterpriseId, person }, { fields: { timeZone: 'Asia/Tokyo' } }, BY);
  await scene.until(person, startsAt(start, 9), 'not at midnight in Tokyo');
  await scene.settled(person);
  await people.move({ enterpriseId, person }, plants, BY);
  await scene.until(person, (rows) => shown(rows) === 'cancelled', 'planned by the rule of the former organisation');
});

test('a profile that was typed by hand and is merged with that of Entra follows its own rules, at once', async () => {
  const { services, enterpriseId, tenant } = scene.stack;
  const { people, mergePeople, structure, settings } = services;
  const by = 'test';
  const given = { enterpriseId, name: 'Forests', zone: 'Pacific/Auckland', country: 'NZ', by };
  const { _id: forests } = await structure.createOrganisation(given);
  const rules = { calendarRule: { allDay: true }, calendarRules: { [forests]: { allDay: false } } };
  await settings.setSettings(enterpriseId, rules, { by });
  await scene.stack.sync();
  const objectId = await scene.person('Dana');
  await scene.watched(objectId);
  const [start, end] = [midnight(2), midnight(3)];
  tenant.calendars.createEvent(objectId, { subject: 'Camp', start, end, isAllDay: true, showAs: 'busy' });
  await scene.until(objectId, (rows) => shown(rows) === 'scheduled', 'not planned');
  await scene.settled(objectId);
  const fields = { email: 'dana@forests.test' };
  const typed = await people.add({ enterpriseId, organisationId: forests, fields }, BY);
  await mergePeople.merge({ enterpriseId, person: typed._id, objectId }, BY);
  await scene.until(objectId, (rows) => shown(rows) === 'cancelled', 'planned by the rule of the other organisation');
});

test('E45: so is another time zone of the mailbox, as soon as the sync knows of it', async () => {
  const { services, enterpriseId, tenant } = scene.stack;
  const fields = { timeZone: 'mailboxSettings.timeZone' };
  await services.settings.setSettings(enterpriseId, { calendarRule: { allDay: true }, fields }, { by: 'test' });
  await scene.stack.sync();
  const person = await scene.person('Cleo', { timeZone: 'UTC', userPurpose: 'user' });
  await scene.watched(person);
  const [start, end] = [midnight(4), midnight(5)];
  tenant.calendars.createEvent(person, { subject: 'Camp', start, end, isAllDay: true, showAs: 'busy' });
  await scene.until(person, startsAt(start, 0), 'not at midnight in UTC');
  await scene.settled(person);
  tenant.directory.updateUser(person, {}, { timeZone: 'Tokyo Standard Time', userPurpose: 'user' });
  const due = { $set: { mailboxDueAt: new Date() } };
  await services.store.collection<PersonRow>(PEOPLE).updateOne({ objectId: person }, due);
  await scene.until(person, startsAt(start, 9), 'not at midnight in Tokyo');
});

test('E41: a newcomer whose mailbox is made after the account has their time zone as soon as the calendar answers', async () => {
  const { services, tenant } = scene.stack;
  const person = await scene.person('Dion', 'none');
  const row = () => services.store.collection<PersonRow>(PEOPLE).findOne({ objectId: person });
  await waitFor(async () => (await row())?.attributes?.hasNoMailbox === true, { message: 'the mailbox is not missed' });
  tenant.directory.updateUser(person, {}, { timeZone: 'Tokyo Standard Time', userPurpose: 'user' });
  await scene.stack.sync();
  await waitFor(async () => (await scene.userOf(person))?.timeZone === 'Asia/Tokyo', { message: 'no time zone' });
  expect((await row())?.attributes).not.toHaveProperty('hasNoMailbox');
});

/** Whether a whole day begins so many hours before its midnight in UTC. */
function startsAt({ dateTime }: { dateTime: string }, hours: number) {
  const startMs = Date.parse(`${dateTime.slice(0, 10)}T00:00:00Z`) - hours * HOUR_MS;
  return ([row]: readonly { scheduledStart: Date | null }[]) => row?.scheduledStart?.getTime() === startMs;
}

function midnight(days: number): { dateTime: string; timeZone: string } {
  const date = new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  return { dateTime: `${date}T00:00:00.0000000`, timeZone: 'UTC' };
}
