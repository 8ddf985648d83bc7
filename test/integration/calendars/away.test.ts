import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock.js';
import { CALENDARS, type CalendarRow } from '../../../src/mirror/calendars-store.js';
import { PEOPLE, type PersonRow } from '../../../src/mirror/types.js';
import { type CalendarScene, calendarOf, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
  const { services, enterpriseId } = scene.stack;
  await services.settings.setSettings(enterpriseId, { onDisabledOrDeleted: 'keep' }, { by: 'test' });
  await scene.stack.sync();
});
afterAll(() => scene?.stack.close());

const rowOf = (who: string) => calendarOf(scene.stack.services.mirror.calendars, scene.stack.tenant.id, who);

/** Somebody whose calendar is followed, with an activity that came from it. */
async function followed(name: string): Promise<string> {
  const who = await scene.person(name);
  await scene.watched(who);
  scene.event(who);
  await scene.until(who, (rows) => rows.length === 1, 'no activity');
  await scene.settled(who);
  return who;
}

/** What is known of the person stays so: nobody reads them meanwhile. */
async function setPerson(objectId: string, facts: Partial<PersonRow>): Promise<void> {
  await scene.stack.services.store.collection<PersonRow>(PEOPLE).updateOne({ objectId }, { $set: facts });
}

async function becomeDue(objectId: string): Promise<void> {
  const due = { $set: { dueAt: new Date() } };
  await scene.stack.services.store.collection<CalendarRow>(CALENDARS).updateOne({ objectId }, due);
}

async function isPutOff(who: string, byMs: number): Promise<boolean> {
  return ((await rowOf(who))?.dueAt.getTime() ?? 0) > Date.now() + byMs;
}

test('E9, E41: whose account is deleted and who is kept has no mailbox until they are back, and is read then', async () => {
  const { tenant, simulator } = scene.stack;
  const who = await followed('Aroha');
  const { settings } = simulator.delivery;
  settings.loss = 1;
  scene.event(who, { subject: 'Untold' });
  settings.loss = 0;
  tenant.directory.deleteUser(who, false);
  const isGone = async () => (await rowOf(who))?.state === 'no_mailbox';
  await waitFor(isGone, { message: 'the calendar is taken for one that can be read' });
  expect(await rowOf(who)).toMatchObject({ problem: 'The account is deleted in Entra.', verifiedAt: null });
  expect(await isPutOff(who, DAY_MS)).toBe(true);
  expect((await scene.activities(who)).map(({ status }) => status)).toEqual(['scheduled']);
  tenant.directory.restoreUser(who);
  const [, untold] = await scene.until(who, (rows) => rows.length === 2, 'not read when they were back');
  expect(untold).toMatchObject({ name: 'Untold', status: 'scheduled' });
});

test('L8: a calendar that is due while nobody knows whether the person is there is put off, and others get their turn', async () => {
  const who = await followed('Bex');
  const before = await rowOf(who);
  await setPerson(who, { state: 'absent', absentSince: new Date() });
  await becomeDue(who);
  await waitFor(() => isPutOff(who, HOUR_MS / 2), { message: 'due again and again' });
  const { dueAt, ...rest } = (await rowOf(who)) as CalendarRow;
  expect(before).toMatchObject(rest);
  expect((await scene.activities(who)).map(({ status }) => status)).toEqual(['scheduled']);
  expect(dueAt.getTime()).toBeLessThan(Date.now() + 2 * HOUR_MS);
});

test('whoever is found nowhere for more than a day is no calendar that could not be verified', async () => {
  const { services, tenant } = scene.stack;
  const who = await followed('Cleo');
  await setPerson(who, { state: 'absent', absentSince: new Date(Date.now() - 2 * DAY_MS) });
  await becomeDue(who);
  await waitFor(() => isPutOff(who, DAY_MS), { message: 'due again and again' });
  expect(await rowOf(who)).toMatchObject({ state: 'no_mailbox' });
  const stale = await services.mirror.calendars.list(tenant.id, { verifiedBefore: new Date(Date.now() + DAY_MS) });
  expect(stale.map(({ objectId }) => objectId)).not.toContain(who);
});

test('E18, E60: what is planned from a mailbox that becomes a shared one goes, and is planned again if that was a mistake', async () => {
  const { tenant } = scene.stack;
  const who = await followed('Dora');
  const becomes = async (userPurpose: string) => {
    tenant.directory.updateUser(who, {}, { timeZone: 'UTC', userPurpose });
    await setPerson(who, { mailboxDueAt: new Date(0) });
  };
  await becomes('Shared');
  const [gone] = await scene.until(who, ([only]) => only?.status === 'cancelled', 'it stays planned');
  expect(gone).toMatchObject({ cancelledReason: 'out_of_scope' });
  expect(await rowOf(who)).toMatchObject({ state: 'not_a_person', problem: expect.stringMatching(/shared/) });
  await becomes('user');
  await scene.until(who, ([only]) => only?.status === 'scheduled', 'not planned again');
  expect(await scene.activities(who)).toHaveLength(1);
});
