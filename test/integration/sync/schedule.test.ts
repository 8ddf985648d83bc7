import { TEAMS, type TeamRow } from '../../../src/tenancy/types.js';
import { openSchedule, type ScheduleScene } from './schedule-scene.js';

let scene: ScheduleScene;
beforeAll(async () => {
  scene = await openSchedule();
  await scene.set({ frequency: 'daily', time: '04:00', zone: 'UTC' });
});
afterAll(() => scene?.close());

/** The run of an instant of the schedule. */
async function runOf(instant: string) {
  const runs = await scene.scheduled();
  return runs.filter(({ scheduledFor }) => scheduledFor?.getTime() === Date.parse(instant));
}

async function nextSync(): Promise<string | undefined> {
  return (await scene.integration()).nextSyncAt?.toISOString();
}

test('S21: without a mapping the due run is recorded as skipped, Sync Now is refused, and both name Team Mappings', async () => {
  await scene.dueAt('2030-03-01T04:00:00.000Z');
  scene.clock.set('2030-03-01T04:00:05.000Z');
  await scene.look();
  expect(await runOf('2030-03-01T04:00:00.000Z')).toEqual([
    expect.objectContaining({
      status: 'skipped',
      code: 'no_group_mapping',
      message: expect.stringContaining('Team Mappings'),
    }),
  ]);
  expect(await nextSync()).toBe('2030-03-02T04:00:00.000Z');
  const refused = scene.now();
  await expect(refused).rejects.toMatchObject({ code: 'no_group_mapping', status: 409 });
  await expect(refused).rejects.toThrow('Team Mappings');
});

test('S21: a mapped group with no members counts, and the due run takes place', async () => {
  await scene.map();
  scene.clock.set('2030-03-02T04:00:05.000Z');
  await scene.look();
  const [run] = await runOf('2030-03-02T04:00:00.000Z');
  expect(await scene.ended(run?._id ?? '')).toMatchObject({ trigger: 'scheduled', status: 'succeeded' });
});

test('E67: of several instants missed while the server was down one run is made, and Next Sync moves ahead', async () => {
  const before = (await scene.scheduled()).length;
  scene.clock.set('2030-03-07T11:00:00.000Z');
  await scene.look();
  await scene.look();
  const runs = await scene.scheduled();
  expect(runs).toHaveLength(before + 1);
  expect(runs.at(-1)?.scheduledFor).toEqual(new Date('2030-03-03T04:00:00.000Z'));
  expect(await nextSync()).toBe('2030-03-08T04:00:00.000Z');
  expect(await scene.ended(runs.at(-1)?._id ?? '')).toMatchObject({ status: 'succeeded' });
});

test('L13: of many workers at the due time one starts the run', async () => {
  scene.clock.set('2030-03-08T04:00:00.000Z');
  await Promise.all(Array.from({ length: 8 }, () => scene.look()));
  const runs = await runOf('2030-03-08T04:00:00.000Z');
  expect(runs).toHaveLength(1);
  expect(await nextSync()).toBe('2030-03-09T04:00:00.000Z');
  expect(await scene.ended(runs[0]?._id ?? '')).toMatchObject({ status: 'succeeded' });
});

test('L13: a process that dies while it starts the due run leaves it to the next one', async () => {
  scene.clock.set('2030-03-09T04:00:10.000Z');
  const killed = new Error('killed');
  const recordScheduled = async () => {
    throw killed;
  };
  await expect(scene.lookWith({ runs: { ...scene.runs, recordScheduled } })).rejects.toBe(killed);
  expect(await nextSync()).toBe('2030-03-09T04:00:00.000Z');
  await scene.look();
  const [run] = await runOf('2030-03-09T04:00:00.000Z');
  expect(await scene.ended(run?._id ?? '')).toMatchObject({ status: 'succeeded' });
});

test('L13: looking for due and abandoned runs costs what is due, not what there is', async () => {
  const { db } = scene.stack.services.store;
  await db.command({ profile: 2 });
  await scene.dueAt('2030-03-09T04:00:00.000Z');
  await scene.look();
  await db.command({ profile: 0 });
  const finds = { op: 'query', 'command.find': { $in: ['runs', 'integrations'] } };
  const profiled = await db.collection('system.profile').find(finds).toArray();
  const plans = profiled.map(({ planSummary, command }) => `${planSummary} ${Object.keys(command.filter).join()}`);
  for (const index of [
    'IXSCAN { nextSyncAt: 1 }',
    'IXSCAN { status: 1 }',
    'IXSCAN { enterpriseId: 1, scheduledFor: 1 }',
  ])
    expect(plans).toContainEqual(expect.stringContaining(index));
  expect(plans.filter((plan) => plan.startsWith('COLLSCAN'))).toEqual([]);
});

test('E66: an instant that is chosen once more does not run twice', async () => {
  await scene.dueAt('2030-03-09T04:00:00.000Z');
  await scene.look();
  expect(await runOf('2030-03-09T04:00:00.000Z')).toHaveLength(1);
  expect(await nextSync()).toBe('2030-03-10T04:00:00.000Z');
});

test('S19, S20: Sync Now moves Last Sync and leaves Next Sync where it is', async () => {
  for (const name of ['Aroha', 'Hemi']) scene.join(name);
  const before = await scene.integration();
  const { run } = await scene.now();
  expect(await scene.ended(run._id)).toMatchObject({ trigger: 'manual', status: 'succeeded' });
  const after = await scene.integration();
  expect(after.nextSyncAt).toEqual(before.nextSyncAt);
  expect(after.lastSyncAt?.getTime()).toBeGreaterThan(before.lastSyncAt?.getTime() ?? 0);
});

test('E72: a run over unchanged data changes nothing and writes nothing', async () => {
  await scene.peopleRest();
  const { run } = await scene.now();
  const counts = { seen: 2, created: 0, updated: 0, archived: 0, teamAdded: 0, teamRemoved: 0, failed: 0 };
  expect(await scene.ended(run._id)).toMatchObject({ status: 'succeeded', writes: 0, counts });
});

test('E68: Sync Now while a run is under way answers that run; a run due meanwhile is recorded as skipped', async () => {
  scene.slowReads(1_500);
  const { run } = await scene.now();
  await scene.begun(run._id);
  expect(await scene.now()).toMatchObject({ alreadyRunning: true, run: { _id: run._id } });
  scene.clock.set('2030-03-10T04:00:01.000Z');
  await scene.look();
  expect(await runOf('2030-03-10T04:00:00.000Z')).toEqual([
    expect.objectContaining({ status: 'skipped', code: 'already_running', finishedAt: expect.any(Date) }),
  ]);
  expect(await nextSync()).toBe('2030-03-11T04:00:00.000Z');
  expect(await scene.ended(run._id)).toMatchObject({ status: 'succeeded' });
});

test('E68: a due run follows an open one that works with older settings, with the settings as they are now', async () => {
  scene.slowReads(1_500);
  const { run } = await scene.now();
  await scene.begun(run._id);
  const { revision } = await scene.set({ includeGuests: true });
  await scene.dueAt('2030-03-11T04:00:00.000Z');
  scene.clock.set('2030-03-11T04:00:01.000Z');
  await scene.look();
  expect(await runOf('2030-03-11T04:00:00.000Z')).toEqual([]);
  expect(await nextSync()).toBe('2030-03-11T04:00:00.000Z');

  expect((await scene.ended(run._id)).revision).toBe(revision - 1);
  await scene.look();
  const [following] = await runOf('2030-03-11T04:00:00.000Z');
  expect(await scene.ended(following?._id ?? '')).toMatchObject({ status: 'succeeded', revision });
  expect(await nextSync()).toBe('2030-03-12T04:00:00.000Z');
});

test('L14: a run that waits works with the settings as they are when it begins', async () => {
  scene.slowReads(1_500);
  const { run: before } = await scene.dryRun();
  await scene.begun(before._id);
  const { run } = await scene.now();
  const { revision } = await scene.set({ includeGuests: false });
  expect(await scene.ended(run._id)).toMatchObject({ status: 'succeeded', revision });
});

test('S14: with Team Sync off the due time passes without a run, and Sync Now still works', async () => {
  await scene.set({ teamSync: false });
  expect(await nextSync()).toBeUndefined();
  const before = await scene.scheduled();
  scene.clock.set('2030-03-20T04:00:00.000Z');
  await scene.look();
  expect(await scene.scheduled()).toEqual(before);
  const { run } = await scene.now();
  expect(await scene.ended(run._id)).toMatchObject({ status: 'succeeded' });
});

test('E69: a run that waits ends as cancelled when Users Sync is switched off; Last Sync stays, nobody is alarmed', async () => {
  const before = await scene.integration();
  scene.slowReads(1_500);
  const { run: first } = await scene.dryRun();
  await scene.begun(first._id);
  const { run } = await scene.now();
  await scene.set({ usersSync: false });
  expect(await scene.ended(run._id)).toMatchObject({ status: 'cancelled', startedAt: null });
  expect(await scene.integration()).toMatchObject({ lastSyncAt: before.lastSyncAt, lastError: null });
  await expect(scene.now()).rejects.toMatchObject({ code: 'users_sync_off' });
  await scene.set({ usersSync: true, teamSync: true });
});

test('S21: a mapping whose team is gone does not count, neither for Sync Now nor for the due run', async () => {
  const teams = scene.stack.services.store.collection<TeamRow>(TEAMS);
  const team = await teams.findOneAndDelete({ _id: scene.stack.teams['North'] ?? '' });
  await expect(scene.now()).rejects.toMatchObject({
    code: 'no_group_mapping',
    message: expect.stringMatching(/team that is not there any more.*Team Mappings/),
  });
  await scene.dueAt('2030-04-01T04:00:00.000Z');
  scene.clock.set('2030-04-01T04:00:05.000Z');
  await scene.look();
  expect(await runOf('2030-04-01T04:00:00.000Z')).toEqual([
    expect.objectContaining({ status: 'skipped', code: 'no_group_mapping' }),
  ]);
  if (team) await teams.insertOne(team);
  const { run } = await scene.now();
  expect(await scene.ended(run._id)).toMatchObject({ status: 'succeeded' });
});

test('S21: a mapping whose group is gone does not count, and counts again once it was restored', async () => {
  // With Team Sync off nothing but a run or the owner's own look would see the group.
  await scene.set({ teamSync: false });
  const before = await scene.integration();
  scene.directory.deleteGroup(scene.group);
  const { run } = await scene.now();
  expect(await scene.ended(run._id)).toMatchObject({ status: 'skipped', code: 'no_group_mapping' });
  await expect(scene.now()).rejects.toMatchObject({
    code: 'no_group_mapping',
    message: expect.stringMatching(new RegExp(`${scene.group}.*Team Mappings`)),
  });
  expect((await scene.integration()).lastSyncAt).toEqual(before.lastSyncAt);

  scene.directory.restoreGroup(scene.group);
  const { run: again } = await scene.nowOnceAllowed();
  expect(await scene.ended(again._id)).toMatchObject({ status: 'succeeded' });
});

test('S21: of two mappings one that can be used is enough', async () => {
  const other = scene.directory.createGroup({ displayName: 'Night crew' }).objectId;
  await scene.map(other, 'South');
  scene.directory.deleteGroup(scene.group);
  const { run } = await scene.now();
  expect(await scene.ended(run._id)).toMatchObject({ status: expect.stringMatching(/^succeeded/) });
});
