import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { LEDGER, type LedgerRow, PROBLEMS, USERS, type UserRow } from '../../../src/records/types.js';
import { ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

const BY = { who: 'test' };
const HOUR_MS = 3_600_000;

let stack: Stack;
let group: string;
let north: string;

beforeAll(async () => {
  // No looks: whoever waits is looked at again because of what ended, and for no other reason.
  stack = await startStack({ env: { LOOKS_MS: '600000' } });
  group = stack.tenant.directory.createGroup({ displayName: 'Field crew' }).objectId;
  north = stack.teams['North'] ?? '';
  await stack.services.teamMappings.mapTeam(stack.enterpriseId, { groupId: group, teamId: north }, 'test');
  // Enough people that the few who leave here are no storm.
  for (let index = 0; index < 30; index += 1) person(`Crew${index}`);
  await stack.sync();
  await subscribed(stack);
});

afterAll(() => stack?.close());

function person(name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  const id = stack.tenant.directory.createUser(properties).objectId;
  stack.tenant.directory.addMember(group, id);
  return id;
}

function userOf(objectId: string): Promise<UserRow | null> {
  return stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
}

async function becomes(objectId: string, status: UserRow['status']): Promise<UserRow> {
  const found = await waitFor(
    async () => {
      const user = await userOf(objectId);
      return user?.status === status ? user : null;
    },
    { message: `${objectId} does not become ${status}` },
  );
  if (!found) throw new Error('not found');
  return found;
}

async function waitsFor(objectId: string): Promise<readonly string[]> {
  const { id: tenantId } = stack.tenant;
  const rows = await stack.services.mirror.people.load({ tenantId, objectIds: [objectId] });
  return rows.get(objectId)?.waitsFor ?? [];
}

async function lookAt(objectId: string): Promise<Date | null> {
  const { id: tenantId } = stack.tenant;
  return (await stack.services.mirror.people.load({ tenantId, objectIds: [objectId] })).get(objectId)?.look?.at ?? null;
}

async function problemsOf(objectId: string): Promise<string[]> {
  const rows = await stack.services.store.collection(PROBLEMS).find({ objectId }).toArray();
  return rows.map(({ code }) => code).filter((code) => code !== 'field_blank');
}

const ref = (user: UserRow) => ({ enterpriseId: stack.enterpriseId, person: user._id });
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

function plan(user: UserRow, hours: number) {
  const planned = { name: 'Check the lines', start: inHours(hours), finish: inHours(hours + 2) };
  return stack.services.activities.schedule(ref(user), planned, BY);
}

async function statusOf(id: string): Promise<ActivityRow['status'] | undefined> {
  return (await stack.services.store.collection<ActivityRow>(ACTIVITIES).findOne({ _id: id }))?.status;
}

async function waits(objectId: string, state: string): Promise<void> {
  await waitFor(async () => (await waitsFor(objectId)).includes(state), {
    message: `${objectId} does not wait for ${state}`,
  });
}

async function planOf(objectId: string) {
  const run = await stack.sync({ dry: true });
  const items = await stack.services.runs.items(run._id);
  return { run, kinds: items.filter((item) => item.person === objectId && item.after !== 'field_blank') };
}

test('E10, E60: nobody in the field or missing is archived; finished, they are, and what they had planned is cancelled', async () => {
  const { activities, store } = stack.services;
  const mere = person('Mere');
  const user = await becomes(mere, 'invited');
  const { enterpriseId } = stack;
  const running = await activities.startNow(ref(user), { name: 'Pole 7' }, BY);
  const later = await plan(user, 24);
  const missed = await plan(user, -1);
  stack.tenant.directory.updateUser(mere, { accountEnabled: false });
  await waits(mere, `activity:${user._id}`);
  expect(await userOf(mere)).toMatchObject({ status: 'invited' });
  expect(await problemsOf(mere)).toEqual(['active_activity_deferred']);
  expect((await planOf(mere)).kinds.map(({ kind, after }) => [kind, after])).toEqual([
    ['problem', 'active_activity_deferred'],
  ]);

  await activities.finish({ enterpriseId, activity: running.id }, BY);
  const day = 24 * HOUR_MS;
  await waitFor(async () => (await lookAt(mere))?.getTime() === (missed.finish?.getTime() ?? 0) + day, {
    message: 'the missed start is not waited for',
  });
  expect(await userOf(mere)).toMatchObject({ status: 'invited' });
  expect(await waitsFor(mere)).toEqual([`activity:${user._id}`]);

  await activities.finish({ enterpriseId, activity: missed.id }, BY);
  const gone = await becomes(mere, 'archived');
  expect(gone).toMatchObject({ archivedReason: 'sync_disabled', statusBeforeArchive: 'invited' });
  expect(await statusOf(later.id)).toBe('cancelled');
  expect(await statusOf(missed.id)).toBe('finished');
  expect(await waitsFor(mere)).toEqual([]);
  expect(await problemsOf(mere)).toEqual([]);

  const ledger = await store.collection<LedgerRow>(LEDGER).find({ userId: user._id }).toArray();
  const archive = ledger.find(({ kind }) => kind === 'archive');
  const cancels = ledger.filter(({ kind }) => kind === 'activity_cancel');
  expect(cancels).toMatchObject([
    { activityId: later.id, at: archive?.at, cause: archive?.cause, after: { cancelledReason: 'person_archived' } },
  ]);

  stack.tenant.directory.updateUser(mere, { accountEnabled: true });
  expect(await becomes(mere, 'invited')).not.toHaveProperty('statusBeforeArchive');
  expect(await statusOf(later.id)).toBe('cancelled');
});

test('E8: who is kept without any mapped group and was disabled meanwhile is kept as before once enabled again', async () => {
  const moana = person('Moana');
  await becomes(moana, 'invited');
  stack.tenant.directory.removeMember(group, moana);
  await waitFor(async () => (await problemsOf(moana)).includes('no_mapped_group'), { message: 'still in the group' });
  stack.tenant.directory.updateUser(moana, { accountEnabled: false });
  expect(await becomes(moana, 'archived')).toMatchObject({ archivedReason: 'sync_disabled' });
  stack.tenant.directory.updateUser(moana, { accountEnabled: true });
  await becomes(moana, 'invited');
  expect(await problemsOf(moana)).toEqual(['no_mapped_group']);
});

test('E10: an alert keeps a person from being archived as an active activity does', async () => {
  const { activities } = stack.services;
  const tama = person('Tama');
  const user = await becomes(tama, 'invited');
  const { enterpriseId } = stack;
  const missed = await plan(user, -1);
  await activities.alert({ enterpriseId, activity: missed.id }, 'missed_start', BY);
  stack.tenant.directory.deleteUser(tama, false);
  await waits(tama, `activity:${user._id}`);
  expect(await userOf(tama)).toMatchObject({ status: 'invited' });
  await activities.finish({ enterpriseId, person: user._id }, BY);
  expect(await becomes(tama, 'archived')).toMatchObject({ archivedReason: 'sync_deleted' });
});

test('E10: a dry run shows which planned activities an archive would cancel, and the run then counts the same', async () => {
  const { settings, changes } = stack.services;
  const rua = person('Rua');
  const user = await becomes(rua, 'invited');
  const later = await plan(user, 48);
  await settings.setSettings(stack.enterpriseId, { teamSync: false }, { by: 'test' });
  await ownersLooked();
  stack.tenant.directory.updateUser(rua, { accountEnabled: false });
  await waitFor(async () => (await changes.stats(stack.tenant.id)).open > 0, { message: 'not told of' });
  const { run, kinds } = await planOf(rua);
  expect(kinds.map(({ kind, activity, before, after }) => ({ kind, activity, before, after }))).toEqual([
    { kind: 'archive', activity: undefined, before: 'invited', after: 'archived' },
    { kind: 'activity_cancel', activity: later.id, before: 'scheduled', after: 'cancelled' },
  ]);
  expect(run.counts).toMatchObject({ archived: 1, activitiesCancelled: 1 });
  expect(await statusOf(later.id)).toBe('scheduled');

  expect((await stack.sync()).counts).toMatchObject({ archived: 1, activitiesCancelled: 1 });
  expect(await statusOf(later.id)).toBe('cancelled');
  await settings.setSettings(stack.enterpriseId, { teamSync: true }, { by: 'test' });
  await becomes(rua, 'archived');
});

test('E7: one of the last two leaders waits for another one, and goes when there is one', async () => {
  const { people } = stack.services;
  const [ana, ben, kiri] = ['Ana', 'Ben', 'Kiri'].map(person);
  const users = [await becomes(ana ?? '', 'invited'), await becomes(ben ?? '', 'invited')];
  const third = await becomes(kiri ?? '', 'invited');
  for (const user of users) await people.setLeader(ref(user), { teamId: north, on: true }, BY);
  stack.tenant.directory.updateUser(ana ?? '', { accountEnabled: false });
  await waits(ana ?? '', `leader:${north}`);
  expect(await problemsOf(ana ?? '')).toEqual(['leader_removal_blocked']);
  await people.setLeader(ref(third), { teamId: north, on: true }, BY);
  expect(await becomes(ana ?? '', 'archived')).toMatchObject({ archivedReason: 'sync_disabled' });

  stack.tenant.directory.updateUser(ben ?? '', { accountEnabled: false });
  await waits(ben ?? '', `leader:${north}`);
  // The leader who comes back is told of in the same way as one who is made by hand.
  stack.tenant.directory.updateUser(ana ?? '', { accountEnabled: true });
  await becomes(ben ?? '', 'archived');
  expect((await userOf(ana ?? ''))?.status).toBe('invited');
});

test('E20: nobody is invited unless asked for; afterwards each newcomer once, and nobody who was there', async () => {
  const { settings, outbox, people } = stack.services;
  const { enterpriseId } = stack;
  const early = await becomes(person('Early'), 'invited');
  await settings.setSettings(enterpriseId, { sendInvitations: true }, { by: 'test' });
  await stack.sync();
  expect(await outbox.list(enterpriseId)).toEqual([]);

  const late = await becomes(person('Late'), 'invited');
  const waiting = [{ id: `invitation:${late._id}`, person: late._id, kind: 'invitation', to: 'late@kiwipower.test' }];
  expect(await outbox.list(enterpriseId)).toMatchObject(waiting);
  await people.archive(ref(late), BY);
  await people.restore(ref(late), BY);
  await stack.sync();
  await stack.sync();
  expect(await outbox.list(enterpriseId)).toMatchObject(waiting);
  expect(await outbox.list(enterpriseId, { person: early._id })).toEqual([]);
});

test('E23: a changed sign-in address is told to the person and the administrators where the settings say so', async () => {
  const { settings, outbox, people } = stack.services;
  const { enterpriseId, organisationId } = stack;
  const fields = { email: 'boss@kiwipower.test' };
  await people.add({ enterpriseId, organisationId, fields, isAccountAdmin: true }, BY);
  const hana = person('Hana');
  const user = await becomes(hana, 'invited');
  const notices = async () =>
    (await outbox.list(enterpriseId, { kind: 'address_changed' })).map(({ person: about, to }) => [about, to]);
  const changeTo = async (mail: string) => {
    stack.tenant.directory.updateUser(hana, { mail });
    await waitFor(async () => (await userOf(hana))?.email === mail, { message: `not ${mail}` });
  };
  await changeTo('hana.one@kiwipower.test');
  expect(await notices()).toEqual([]);

  await settings.setSettings(enterpriseId, { sendAddressNotices: true }, { by: 'test' });
  await stack.sync();
  await changeTo('hana.two@kiwipower.test');
  await stack.sync();
  const told = await notices();
  expect(told.sort()).toEqual([
    [user._id, 'boss@kiwipower.test'],
    [user._id, 'hana.two@kiwipower.test'],
  ]);
});
