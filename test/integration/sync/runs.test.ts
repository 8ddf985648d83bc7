import { USERS, type UserRow } from '../../../src/records/types.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;

beforeAll(async () => {
  stack = await startStack();
  group = stack.tenant.directory.createGroup({ displayName: 'Field crew' }).objectId;
});

afterEach(() => stack.simulator.faults.clear());
afterAll(() => stack?.close());

function member(name: string, extra: Record<string, unknown> = {}): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = {
    displayName: name,
    givenName: name,
    mail,
    userPrincipalName: mail,
    accountEnabled: true,
    ...extra,
  };
  const id = stack.tenant.directory.createUser(properties).objectId;
  stack.tenant.directory.addMember(group, id);
  return id;
}

const users = () => stack.services.store.collection<UserRow>(USERS);
const integration = () => stack.services.integrations.getIntegration(stack.enterpriseId);

test('no run starts before a group is mapped', async () => {
  await expect(stack.sync()).rejects.toMatchObject({ code: 'no_group_mapping' });
});

test('a dry run says what would happen and why, and changes nothing', async () => {
  await stack.services.teamMappings.mapTeam(
    stack.enterpriseId,
    { groupId: group, teamId: stack.teams['North'] ?? '' },
    'test',
  );
  const aroha = member('Aroha');
  member('Twin', { mail: 'twins@kiwipower.test' });
  member('Other', { mail: 'twins@kiwipower.test' });
  const run = await stack.sync({ dry: true });

  expect(run).toMatchObject({ status: 'succeeded', dry: true, writes: 0, counts: { seen: 3, created: 1 } });
  const items = await stack.services.runs.items(run._id);
  expect(items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ person: aroha, kind: 'create', why: expect.stringContaining(group) }),
      expect.objectContaining({ person: aroha, kind: 'join', team: stack.teams['North'] }),
      expect.objectContaining({ kind: 'problem', after: 'duplicate_email_in_source' }),
    ]),
  );
  expect(await users().countDocuments({})).toBe(0);
  expect((await integration()).lastSyncAt).toBeNull();
});

test('a run completes with errors of single people, and Last Sync moves', async () => {
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded_with_errors', counts: { seen: 3, created: 1, failed: 2 } });
  expect((await integration()).lastSyncAt).not.toBeNull();
});

/** Time zones come by a work of their own, shortly after a newcomer. */
async function mailboxesRead(): Promise<void> {
  const due = { mailboxDueAt: { $lte: new Date() } };
  const none = async () => (await stack.services.store.collection('people').countDocuments(due)) === 0;
  await waitFor(none, { message: 'mailbox settings stay due' });
}

test('a run that cannot read fails, says why, and neither Last Sync nor any record moves', async () => {
  await mailboxesRead();
  const before = await integration();
  const records = await users().find({}).toArray();
  stack.simulator.faults.add({
    match: { path: 'transitiveMembers' },
    after: 0,
    times: 1_000,
    action: { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } },
  });
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'failed', code: 'permission_denied' });
  const after = await integration();
  expect(after.lastSyncAt).toEqual(before.lastSyncAt);
  expect(after.lastError).toMatchObject({ code: 'permission_denied' });
  expect(await users().find({}).toArray()).toEqual(records);
  stack.simulator.faults.clear();
  expect((await stack.sync()).status).toBe('succeeded_with_errors');
  expect((await integration()).lastError).toBeNull();
});

test('consent that was taken away is told apart from a wrong permission', async () => {
  const roles = [...stack.tenant.consentedRoles];
  stack.tenant.consentedRoles.clear();
  expect(await stack.sync()).toMatchObject({ status: 'failed', code: 'app_not_consented' });
  for (const role of roles) stack.tenant.consentedRoles.add(role);
  expect((await stack.sync()).status).toBe('succeeded_with_errors');
});

test('a page that is not JSON and a link to a foreign host end the run without taking anything', async () => {
  await mailboxesRead();
  const before = await users().find({}).toArray();
  for (const body of ['<html>busy</html>', { value: [], '@odata.nextLink': 'http://192.0.2.1/v1.0/users' }]) {
    stack.simulator.faults.add({
      match: { path: 'transitiveMembers/microsoft.graph.user' },
      after: 0,
      times: 8,
      action: { status: 200, body },
    });
    const run = await stack.sync();
    expect(run.status).toBe('failed');
    stack.simulator.faults.clear();
  }
  expect(await users().find({}).toArray()).toEqual(before);
});

test('a user without an id is left out and the others go on', async () => {
  const zoe = member('Zoe');
  stack.simulator.faults.add({
    match: { path: 'transitiveMembers/microsoft.graph.user' },
    after: 0,
    times: 1,
    action: {
      status: 200,
      body: {
        value: [
          { displayName: 'No id' },
          { id: zoe, displayName: 'Zoe', mail: 'zoe@kiwipower.test', accountEnabled: true },
        ],
      },
    },
  });
  expect((await stack.sync()).status).toMatch(/^succeeded/);
  expect(await users().findOne({ 'entra.objectId': zoe })).not.toBeNull();
});

test('an address of 300 characters fails its person only', async () => {
  const long = member('Long', { mail: `${'x'.repeat(290)}@kiwi.test` });
  const run = await stack.sync();
  expect(run.status).toBe('succeeded_with_errors');
  expect(await users().findOne({ 'entra.objectId': long })).toBeNull();
  const problems = await stack.services.problems.list(stack.enterpriseId);
  expect(problems).toEqual(expect.arrayContaining([expect.objectContaining({ person: long, code: 'email_invalid' })]));
});

test('a run that was being applied when its owner died is ended by the next owner, without doubles', async () => {
  const ids = Array.from({ length: 5 }, (_, index) => member(`Crew${index}`));
  const { store, runs } = stack.services;
  const { run } = await runs.request({
    enterpriseId: stack.enterpriseId,
    trigger: 'manual',
    requestedBy: 'test',
    dry: false,
  });
  await waitFor(async () => (await runs.get(run._id))?.status !== 'queued', { message: 'not started' });
  // What a crash leaves: the run under way, the fence taken over by the next owner.
  await store
    .collection<{ _id: string }>('fences')
    .updateOne({ _id: stack.enterpriseId }, { $inc: { epoch: 1 }, $set: { heldUntil: null } });
  const ended = await runs.wait(run._id, { timeoutMs: 60_000 });
  expect(ended.status).toMatch(/^succeeded/);
  expect(await users().countDocuments({ 'entra.objectId': { $in: ids } })).toBe(5);
  const creates = await store.collection('ledger').countDocuments({ objectId: { $in: ids }, kind: 'create' });
  expect(creates).toBe(5);
});

test('E69: a run ends as cancelled when Users Sync is switched off, and Last Sync stays', async () => {
  const before = (await integration()).lastSyncAt;
  stack.simulator.faults.add({ match: { path: 'transitiveMembers' }, after: 0, times: 3, action: { delayMs: 1_500 } });
  const { runs, settings } = stack.services;
  const { run } = await runs.request({
    enterpriseId: stack.enterpriseId,
    trigger: 'manual',
    requestedBy: 'test',
    dry: false,
  });
  await waitFor(async () => (await runs.get(run._id))?.status === 'running', { message: 'not running' });
  await settings.setSettings(stack.enterpriseId, { usersSync: false }, { by: 'test' });
  expect(await runs.wait(run._id, { timeoutMs: 60_000 })).toMatchObject({ status: 'cancelled' });
  expect((await integration()).lastSyncAt).toEqual(before);
});
