import { type ProblemRow, USERS, type UserRow } from '../../../src/records/types.js';
import { waitFor } from '../../support/wait-for.js';
import { type AddressesScene, startAddressesScene } from './addresses-scene.js';

const BY = { who: 'test' };
const mailOf = (name: string) => `${name.toLowerCase()}@kiwipower.test`;

let scene: AddressesScene;

beforeAll(async () => {
  scene = await startAddressesScene();
  for (const name of ['Aroha', 'Mere', 'Tama', 'Wiremu']) scene.person(name);
  expect(await scene.stack.sync()).toMatchObject({ status: 'succeeded', counts: { created: 4 } });
  await scene.settled();
});

afterAll(() => scene?.stack.close());

const users = () => scene.stack.services.store.collection<UserRow>(USERS);

async function byHand(email: string, more: { origin?: 'manual' | 'other_integration' } = {}): Promise<UserRow> {
  const { enterpriseId, organisationId, services } = scene.stack;
  return services.people.add({ enterpriseId, organisationId, fields: { email }, ...more }, BY);
}

async function onlyProblem(objectId: string): Promise<ProblemRow | undefined> {
  const problems = await scene.problemsOf(objectId);
  expect(problems).toHaveLength(1);
  return problems[0];
}

test.each([
  ['S36, E24', 'manual', 'added by hand'],
  ['E31', 'other_integration', 'another integration'],
] as const)(
  '%s: an account (%s) with the address fails that person alone, and stays as it is',
  async (_case, origin, words) => {
    const before = await byHand(mailOf(`Kiri-${origin}`), { origin });
    const kiri = scene.person(`Kiri-${origin}`, { mail: ` KIRI-${origin}@KIWIPOWER.test ` });
    const other = scene.person(`Beside-${origin}`);
    const run = await scene.stack.sync();

    expect(run).toMatchObject({ status: 'succeeded_with_errors', counts: { created: 1, failed: 1 } });
    expect(await scene.userOf(kiri)).toBeNull();
    expect(await scene.emailsOf(other)).toEqual([mailOf(`Beside-${origin}`)]);
    expect(await users().findOne({ _id: before._id })).toEqual(before);
    const problem = await onlyProblem(kiri);
    expect(problem).toMatchObject({ code: 'duplicate_email', subject: 'email' });
    expect(problem?.message).toContain(before._id);
    expect(problem?.message).toContain(words);
    await scene.stack.services.people.archive({ enterpriseId: before.enterpriseId, person: before._id }, BY);
    await scene.settled();
    expect((await scene.userOf(kiri))?.status).toBe('invited');
  },
);

test('E24: an account of another enterprise is not told of', async () => {
  const { structure, people } = scene.stack.services;
  const { _id: enterpriseId } = await structure.createEnterprise({ name: 'Elsewhere', by: 'test' });
  const place = { enterpriseId, name: 'Far', zone: 'UTC', country: 'NZ', by: 'test' };
  const { _id: organisationId } = await structure.createOrganisation(place);
  const far = await people.add(
    { enterpriseId, organisationId, fields: { email: mailOf('far'), lastName: 'Farr' } },
    BY,
  );
  const near = scene.person('Far');
  await scene.tell(near);
  const problem = await onlyProblem(near);
  expect(problem).toMatchObject({ code: 'duplicate_email', message: expect.stringContaining('in use elsewhere') });
  expect(problem?.remedy).toContain('contact support');
  for (const secret of [far._id, enterpriseId, organisationId, 'Farr'])
    expect(JSON.stringify(problem)).not.toContain(secret);
});

test('E23: where the new address is taken the old one stays, and the other fields are updated', async () => {
  const holder = await byHand(mailOf('taken'));
  const id = scene.person('Hemi');
  await scene.tell(id);
  scene.stack.tenant.directory.updateUser(id, { mail: mailOf('taken'), surname: 'Hohepa' });
  await scene.tell(id);
  expect(await scene.userOf(id)).toMatchObject({ email: mailOf('hemi'), lastName: 'Hohepa' });
  expect(await onlyProblem(id)).toMatchObject({ code: 'duplicate_email', message: expect.stringContaining('kept') });

  const profile = await scene.userOf(id);
  await scene.stack.services.people.archive({ enterpriseId: holder.enterpriseId, person: holder._id }, BY);
  await scene.settled();
  expect(await scene.userOf(id)).toMatchObject({ _id: profile?._id, email: mailOf('taken') });
});

test('L8: a read of the mailbox, which may not take the old address, leaves the problem as it is', async () => {
  await byHand(mailOf('occupied'));
  const id = scene.person('Tui');
  await scene.tell(id);
  scene.setMail(id, mailOf('occupied'));
  await scene.tell(id);
  const before = await onlyProblem(id);
  const rows = scene.stack.services.store.collection('people');
  const waits = async () => (await rows.findOne({ objectId: id }))?.['waitsFor'];
  const waited = await waits();
  await rows.updateOne({ objectId: id }, { $set: { mailboxDueAt: new Date() } });
  const isRead = async () => (await rows.countDocuments({ objectId: id, mailboxDueAt: { $gt: new Date() } })) === 1;
  await waitFor(isRead, { message: 'the mailbox is not read' });
  await scene.settled();
  expect(await onlyProblem(id)).toEqual(before);
  expect([waited, await waits()]).toEqual([[`email:${mailOf('occupied')}`], waited]);
});

test('E22: another spelling at the source changes nothing and leaves no entry', async () => {
  const id = scene.person('Ngaio');
  await scene.tell(id);
  scene.setMail(id, 'NGAIO@Kiwipower.TEST');
  await scene.tell(id);
  expect(await scene.emailsOf(id)).toEqual([mailOf('ngaio')]);
  expect(await scene.moves(id)).toHaveLength(1);
});

test('E25, S37: an archived profile does not block, and keeps its history', async () => {
  const old = await byHand(mailOf('pania'));
  const ref = { enterpriseId: old.enterpriseId, person: old._id };
  const archived = await scene.stack.services.people.archive(ref, BY);
  const id = scene.person('Pania');
  await scene.tell(id);
  expect(await scene.userOf(id)).toMatchObject({ email: mailOf('pania'), status: 'invited' });
  expect(await users().findOne({ _id: old._id })).toEqual(archived);
  // E26: by then the address is in use.
  await expect(scene.stack.services.people.restore(ref, BY)).rejects.toMatchObject({ code: 'duplicate_email' });
});

test('E25: whom an administrator archived is neither restored nor made anew', async () => {
  const id = scene.person('Rua');
  await scene.tell(id);
  const profile = await scene.userOf(id);
  await scene.stack.services.people.archive({ enterpriseId: scene.stack.enterpriseId, person: profile?._id ?? '' }, BY);
  await scene.tell(id);
  expect(await users().find({ 'entra.objectId': id }).toArray()).toMatchObject([{ status: 'archived' }]);
  expect(await onlyProblem(id)).toMatchObject({ code: 'archived_by_admin' });
});

test('S37: the address corrected in the directory brings the person in', async () => {
  await byHand(mailOf('moana'));
  const id = scene.person('Moana');
  await scene.tell(id);
  expect(await scene.userOf(id)).toBeNull();
  scene.setMail(id, mailOf('moana-new'));
  await scene.tell(id);
  expect(await scene.emailsOf(id)).toEqual([mailOf('moana-new')]);
  expect(await scene.problemsOf(id)).toEqual([]);
});

describe('S37: merged by support', () => {
  test('the old profile is linked and updated, and there is no second one', async () => {
    const old = await byHand(mailOf('ani'));
    const id = scene.person('Ani');
    await scene.tell(id);
    const { services, enterpriseId } = scene.stack;
    await services.mergePeople.merge(
      { enterpriseId, person: old._id, objectId: id },
      { who: 'support', reason: 'one' },
    );
    await scene.settled();
    expect(
      await users()
        .find({ $or: [{ email: mailOf('ani') }, { 'entra.objectId': id }] })
        .toArray(),
    ).toMatchObject([{ _id: old._id, firstName: 'Ani', lastName: 'Tester', entra: { linkedBy: 'support_merge' } }]);
    expect((await scene.userOf(id))?.memberships).toMatchObject([{ manual: false, mappingIds: [expect.any(String)] }]);
    expect(await scene.problemsOf(id)).toEqual([]);
  });

  test('a profile that the sync had made under another address goes, and the old one gets that address', async () => {
    const old = await byHand('old-name@kiwipower.test');
    const id = scene.person('Hine');
    await scene.tell(id);
    const second = await scene.userOf(id);
    const { services, enterpriseId } = scene.stack;
    await services.mergePeople.merge({ enterpriseId, objectId: id, person: old._id }, { who: 'support' });
    await scene.settled();
    expect(await scene.userOf(id)).toMatchObject({ _id: old._id, email: mailOf('hine'), lastName: 'Tester' });
    expect(await users().findOne({ _id: second?._id ?? '' })).toMatchObject({
      status: 'archived',
      archivedReason: 'support_merge',
    });
    expect(await scene.stack.sync()).toMatchObject({ counts: { created: 0, archived: 0, restored: 0 } });
  });
});

/** What was written so far lies before the guard's window, so that everybody linked by now counts (law L12). */
async function aDayLater(): Promise<void> {
  const { store } = scene.stack.services;
  const before = new Date(Date.now() - 2 * 24 * 3_600_000);
  await store.collection('ledger').updateMany({}, { $set: { at: before } });
  await store.collection('integrations').updateMany({}, { $set: { firstSyncAt: before } });
}

test('a change of address that the guard holds frees nothing: who waits for it is refused and comes in later', async () => {
  const { services, enterpriseId, tenant, teams } = scene.stack;
  const small = tenant.directory.createGroup({ displayName: 'Night crew' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId: small, teamId: teams['South'] ?? '' }, 'test');
  const names = ['Night1', 'Night2', 'Night3', 'Night4', 'Night5'];
  const crew = names.map((name) => scene.person(name));
  for (const id of crew) tenant.directory.addMember(small, id);
  await scene.stack.sync();
  await scene.settled();

  // Four go through; the fifth within a day crosses the line of the small team.
  await aDayLater();
  const [last = ''] = crew.slice(-1);
  for (const [index, id] of crew.slice(0, -1).entries()) scene.setMail(id, mailOf(`moved${index}`));
  expect(await scene.stack.sync()).toMatchObject({ held: 0 });
  await scene.settled();
  scene.setMail(last, mailOf('moved-last'));
  const newcomer = scene.person('Behind', { mail: mailOf('night5') });
  const run = await scene.stack.sync();
  expect(run).toMatchObject({ status: 'succeeded_with_errors', code: 'removal_brake', held: 1 });
  expect(await scene.emailsOf(last, newcomer)).toEqual([mailOf('night5'), undefined]);
  expect(await onlyProblem(newcomer)).toMatchObject({ code: 'duplicate_email' });

  await services.settings.setSettings(enterpriseId, { removalBrakePercent: 100 }, { by: 'test' });
  await scene.stack.sync();
  expect(await scene.emailsOf(last, newcomer)).toEqual([mailOf('moved-last'), mailOf('night5')]);
});

test('S35: no two profiles in use have one address, and the database refuses a second', async () => {
  const live = await users()
    .find({ status: { $ne: 'archived' } })
    .toArray();
  const keys = live.map(({ emailKey }) => emailKey);
  expect(new Set(keys).size).toBe(live.length);
  const [first] = live;
  if (!first) throw new Error('nobody is there');
  await expect(users().insertOne({ ...first, _id: 'second' })).rejects.toMatchObject({ code: 11_000 });
});
