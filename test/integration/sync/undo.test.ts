import { DECISIONS, LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew, ownersLooked } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
const by = { who: 'maia', reason: 'a mistake in the directory' };

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
});

afterAll(() => stack?.close());

function person(name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, surname: 'Aroha', mail, userPrincipalName: mail };
  const id = stack.tenant.directory.createUser({ ...properties, accountEnabled: true }).objectId;
  stack.tenant.directory.addMember(group, id);
  return id;
}

const users = () => stack.services.store.collection<UserRow>(USERS);
const userOf = (objectId: string) => users().findOne({ 'entra.objectId': objectId });
const problemsOf = async (objectId: string) =>
  (await stack.services.problems.list(stack.enterpriseId, { objectId })).map(({ code }) => code);

async function until(objectId: string, holds: (user: UserRow | null) => boolean): Promise<UserRow | null> {
  let user: UserRow | null = null;
  const condition = async () => {
    user = await userOf(objectId);
    return holds(user);
  };
  await waitFor(condition, { message: `${objectId} does not change` });
  return user;
}

/** Nothing is open and nothing is due at the mailboxes, whose time zones come a moment after a newcomer. */
async function settled(): Promise<void> {
  const due = { mailboxDueAt: { $lte: new Date() } };
  const none = async () => (await stack.services.store.collection('people').countDocuments(due)) === 0;
  await waitFor(none, { message: 'mailbox settings stay due' });
  const open = async () => (await stack.services.changes.stats(stack.tenant.id)).open === 0;
  await waitFor(open, { message: 'changes stay open' });
}

/** Everything of the records but their times. */
async function records() {
  const rows = await users().find({}).sort({ _id: 1 }).toArray();
  return rows.map(({ updatedAt: _at, ...rest }) => rest);
}

test('undoing a person puts the former value back, and the next reads leave it there until the source changes', async () => {
  const id = person('Moana');
  await stack.sync();
  await settled();
  stack.tenant.directory.updateUser(id, { givenName: 'Moanna' });
  await until(id, (user) => user?.firstName === 'Moanna');
  const result = await stack.services.undo.person({ enterpriseId: stack.enterpriseId, person: id }, {}, by);
  expect(result).toEqual({ undone: 1, people: 1, skipped: [] });
  await settled();
  await stack.sync();
  expect((await userOf(id))?.firstName).toBe('Moana');
  expect(await problemsOf(id)).toContain('drift');
  stack.tenant.directory.updateUser(id, { givenName: 'Moana-Rose' });
  await until(id, (user) => user?.firstName === 'Moana-Rose');
  await settled();
  expect(await problemsOf(id)).not.toContain('drift');
  expect(await stack.services.store.collection(DECISIONS).countDocuments({ objectId: id })).toBe(0);
});

test('an undo is not undone, and a released decision lets the sync follow again', async () => {
  const id = person('Tui');
  await stack.sync();
  await settled();
  stack.tenant.directory.updateUser(id, { givenName: 'Tuihana' });
  await until(id, (user) => user?.firstName === 'Tuihana');
  const ref = { enterpriseId: stack.enterpriseId, person: id };
  const { undo, decisionActs, decisions } = stack.services;
  await undo.person(ref, {}, by);
  // What the sync had written before, the creation, can be undone too; then nothing is left.
  await expect(undo.person({ ...ref, person: 'nobody@kiwipower.test' }, {}, by)).rejects.toMatchObject({
    code: 'person_not_found',
    field: 'person',
  });
  const [decision] = await decisions.list(stack.enterpriseId, { objectId: id });
  expect(decision).toMatchObject({ subject: 'field:firstName', verdict: 'declined', by: 'maia' });
  await decisionActs.release(stack.enterpriseId, { ids: [decision?.id ?? ''] }, by);
  await until(id, (user) => user?.firstName === 'Tuihana');
});

/** Team Sync off, and every owner has seen it. */
async function onlyByRuns(): Promise<void> {
  await stack.services.settings.setSettings(stack.enterpriseId, { teamSync: false }, { by: 'test' });
  await ownersLooked();
}

test('undoing a run brings every record back: values, swapped addresses, teams and newcomers', async () => {
  const [ana, ben, cal, dee] = ['Ana', 'Ben', 'Cal', 'Dee'].map(person) as [string, string, string, string];
  const disabled = person('Eru');
  await stack.sync();
  await settled();
  const before = await records();
  await onlyByRuns();
  const { directory } = stack.tenant;
  directory.updateUser(ana, { mail: 'ben@kiwipower.test' });
  directory.updateUser(ben, { mail: 'ana@kiwipower.test' });
  directory.updateUser(cal, { surname: null, mobilePhone: '+64 22 518 9900' });
  directory.removeMember(group, dee);
  directory.updateUser(disabled, { accountEnabled: false });
  const newcomer = person('Fay');
  const run = await stack.sync();
  // No owner goes on for a run that has ended: what it read would be noted anew after the undo.
  await ownersLooked();
  expect((await userOf(ana))?.emailKey).toBe('ben@kiwipower.test');
  expect(await userOf(newcomer)).not.toBeNull();
  expect(await userOf(dee)).toMatchObject({ memberships: [] });
  expect(await userOf(disabled)).toMatchObject({ status: 'archived' });

  const result = await stack.services.undo.run(stack.enterpriseId, run._id, by);
  expect(result.skipped).toEqual([]);
  expect(result.people).toBe(6);
  expect(await records()).toEqual(before);
  await stack.sync();
  expect((await records()).map(withoutGiven)).toEqual(before.map(withoutGiven));
  expect(await problemsOf(newcomer)).toContain('drift');
  expect(await problemsOf(disabled)).toContain('drift');
  await expect(stack.services.undo.run(stack.enterpriseId, run._id, by)).rejects.toMatchObject({
    code: 'already_undone',
    field: 'run',
  });
  await stack.services.settings.setSettings(stack.enterpriseId, { teamSync: true }, { by: 'test' });
});

/** What Entra gave last may be noted anew by a later read; it changes nothing that anybody sees. */
function withoutGiven({ entra, ...rest }: Awaited<ReturnType<typeof records>>[number]) {
  return { ...rest, objectId: entra?.objectId };
}

test('whose import was undone and who is deleted is nobody, until restored in the directory: then they are back', async () => {
  const id = person('Whina');
  await stack.sync();
  await settled();
  const { undo, mirror } = stack.services;
  await undo.person({ enterpriseId: stack.enterpriseId, person: id }, { since: new Date(0) }, by);
  expect(await userOf(id)).toBeNull();
  const state = async () => (await mirror.people.load({ tenantId: stack.tenant.id, objectIds: [id] })).get(id)?.state;
  stack.tenant.directory.deleteUser(id, false);
  await waitFor(async () => (await state()) === 'soft_deleted', { message: 'not known as deleted' });
  await settled();
  expect(await userOf(id)).toBeNull();
  stack.tenant.directory.restoreUser(id);
  await until(id, (user) => user !== null);

  await undo.person({ enterpriseId: stack.enterpriseId, person: id }, { since: new Date(0) }, by);
  stack.tenant.directory.deleteUser(id, false);
  await waitFor(async () => (await state()) === 'soft_deleted', { message: 'not known as deleted again' });
  stack.tenant.directory.deleteUser(id, true);
  await waitFor(async () => (await state()) === undefined, { message: 'kept for ever' });
});

test('whose import was undone and who is found nowhere once, as while being restored, is looked for once more', async () => {
  const id = person('Wikitoria');
  await stack.sync();
  await settled();
  const { undo, mirror } = stack.services;
  await undo.person({ enterpriseId: stack.enterpriseId, person: id }, { since: new Date(0) }, by);
  const state = async () => (await mirror.people.load({ tenantId: stack.tenant.id, objectIds: [id] })).get(id)?.state;
  const action = { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'gone for a moment' } } };
  stack.simulator.faults.add({ match: { path: `/users/${id}\\?` }, after: 0, times: 1, action });
  stack.tenant.directory.updateUser(id, { city: 'Taupo' });
  await waitFor(async () => (await state()) === 'absent', { message: 'was found' });
  await waitFor(async () => (await state()) === 'present', { message: 'nobody looked again' });
  expect(await userOf(id)).toBeNull();
});

test('what somebody changed since the run is listed and left alone', async () => {
  await onlyByRuns();
  const [gil, hoa, iri] = ['Gil', 'Hoa', 'Iri'].map(person) as [string, string, string];
  const run = await stack.sync();
  await ownersLooked();
  const { enterpriseId } = stack;
  const { people, structure } = stack.services;
  await people.edit({ enterpriseId, person: gil }, { addTeams: [stack.teams['South'] ?? ''] }, { who: 'admin' });
  const other = await structure.createOrganisation({ enterpriseId, name: 'Other', zone: 'UTC', by: 'admin' });
  await people.move({ enterpriseId, person: iri }, other._id, { who: 'admin' });
  const result = await stack.services.undo.run(stack.enterpriseId, run._id, by);
  expect(await userOf(hoa)).toBeNull();
  const left = result.skipped.map(({ person: who, kind, why }) => `${who} ${kind} ${why}`);
  const both = [gil, iri].flatMap((id) => ['create', 'join'].map((kind) => `${id} ${kind} It has changed since.`));
  expect(left.sort()).toEqual(both.sort());
  expect(await userOf(iri)).toMatchObject({ organisationId: other._id, memberships: [] });
  expect((await userOf(gil))?.memberships).toHaveLength(2);
  expect(await userOf(gil)).not.toBeNull();
  const undone = stack.services.store.collection<LedgerRow>(LEDGER).find({ 'cause.by': 'undo', objectId: hoa });
  expect((await undone.toArray()).map(({ kind }) => kind).sort()).toEqual(['leave', 'remove']);
  await stack.services.settings.setSettings(stack.enterpriseId, { teamSync: true }, { by: 'test' });
});

test.each([
  ['an unknown run', async () => 'no-such-run', 'run_not_found'],
  ['a dry run', async () => (await stack.sync({ dry: true }))._id, 'run_is_dry'],
  ['a run that wrote nothing', async () => (await stack.sync().then(() => stack.sync()))._id, 'nothing_to_undo'],
])('%s cannot be undone, and says why', async (_name, runId, code) => {
  await settled();
  const before = await records();
  await expect(stack.services.undo.run(stack.enterpriseId, await runId(), by)).rejects.toMatchObject({
    code,
    field: 'run',
  });
  expect(await records()).toEqual(before);
});
