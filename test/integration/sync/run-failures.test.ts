import { REQUESTED_ROLES } from '../../../src/simulator/world/create-world.js';
import { openSchedule, type ScheduleScene } from './schedule-scene.js';

let scene: ScheduleScene;
beforeAll(async () => {
  scene = await openSchedule();
  await scene.map();
  for (const name of ['Aroha', 'Hemi', 'Mere']) scene.join(name);
  await scene.ended((await scene.now()).run._id);
  await scene.peopleRest();
});
afterAll(() => scene?.close());

type Fault = Parameters<ScheduleScene['stack']['simulator']['faults']['add']>[0];

function fault(path: string, action: Fault['action']): void {
  scene.stack.simulator.faults.add({ match: { path }, after: 0, times: 1_000, action });
}

/** What the token endpoint answers, as Entra writes it. */
function noToken(status: number, number: number, headers: Record<string, string> = {}): void {
  const description = `AADSTS${number}: Words of Microsoft. Trace ID: 0 Correlation ID: 0`;
  const body = { error: 'invalid_client', error_description: description, error_codes: [number] };
  fault('/oauth2/v2.0/token', { status, body, headers });
}

function graph(status: number, code: string, headers: Record<string, string> = {}): void {
  fault('/transitiveMembers/microsoft.graph.user', { status, headers, body: { error: { code, message: 'detail' } } });
}

/** The same few tries without the pauses between them. */
const AT_ONCE = { 'Retry-After': '0' };

function revoke(...roles: string[]): void {
  for (const role of roles) scene.stack.tenant.consentedRoles.delete(role);
}

function mend(): void {
  scene.stack.simulator.faults.clear();
  for (const role of REQUESTED_ROLES) scene.stack.tenant.consentedRoles.add(role);
}

/** Everything that GetHomeSafe has of its own. */
async function everything() {
  const { store } = scene.stack.services;
  return {
    users: await store.collection('users').find({}).sort({ _id: 1 }).toArray(),
    ledger: await store.collection('ledger').countDocuments({}),
  };
}

interface Case {
  readonly name: string;
  readonly broken: () => void;
  readonly code: string;
  /** What to do. */
  readonly says: RegExp;
  /** How often the thing is asked for within the run. */
  readonly asked?: number;
}

const CASES: readonly Case[] = [
  {
    ...{ name: 'S32, E74: Entra knows no such tenant', broken: () => noToken(400, 90002), asked: 1 },
    ...{ code: 'tenant_not_found', says: /Compare the Tenant GUID.*match exactly/ },
  },
  {
    ...{ name: 'S34, E75: the application was removed', broken: () => noToken(400, 700016), asked: 1 },
    ...{
      code: 'app_not_consented',
      says: /administrators connect again and consent.*Consent is given at: http.*adminconsent/,
    },
  },
  {
    ...{ name: 'S34: nothing is consented any more', broken: () => revoke(...REQUESTED_ROLES) },
    ...{
      code: 'app_not_consented',
      says: /administrators connect again and consent.*Consent is given at: http.*adminconsent/,
    },
  },
  {
    name: 'S34: the permission to read groups was revoked',
    broken: () => revoke('GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'),
    ...{ code: 'permission_denied', says: /Grant GroupMember\.Read\.All.*consent again/ },
  },
  {
    name: 'S34: the permission to read people was revoked',
    broken: () => revoke('User.Read.All', 'Directory.Read.All'),
    ...{ code: 'permission_denied', says: /Grant User\.Read\.All.*consent again/ },
  },
  {
    ...{ name: 'S34: a call is refused', broken: () => graph(403, 'Authorization_RequestDenied'), asked: 1 },
    ...{ code: 'permission_denied', says: /Grant GroupMember\.Read\.All/ },
  },
  {
    ...{ name: 'S34: Conditional Access blocks', broken: () => noToken(400, 53003), asked: 1 },
    ...{ code: 'permission_denied', says: /Conditional Access.*Exclude the application/ },
  },
  {
    ...{ name: 'S34: the application is switched off', broken: () => noToken(400, 7000112), asked: 1 },
    ...{ code: 'subscription_inactive', says: /subscription is active/ },
  },
  {
    ...{ name: 'S34: a fresh token is refused too', broken: () => graph(401, 'InvalidAuthenticationToken'), asked: 2 },
    ...{
      code: 'app_not_consented',
      says: /administrator of the tenant connect again.*Consent is given at: http.*adminconsent/,
    },
  },
  {
    ...{ name: 'E70: Graph asks to wait', broken: () => graph(429, 'TooManyRequests', { 'Retry-After': '1' }) },
    ...{ asked: 4, code: 'throttled', says: /Sync Now tries again/ },
  },
  {
    ...{ name: 'E70: Entra asks to wait', broken: () => noToken(429, 50196, { 'Retry-After': '1' }) },
    ...{ code: 'throttled', says: /Sync Now tries again/ },
  },
  {
    ...{ name: 'E70: Graph is out of order', broken: () => graph(503, 'ServiceUnavailable', AT_ONCE) },
    ...{ asked: 4, code: 'network', says: /Sync Now tries again/ },
  },
  {
    name: 'E70: connections are cut',
    broken: () => fault('/transitiveMembers/microsoft.graph.user', { reset: true }),
    ...{ asked: 4, code: 'network', says: /check the network.*Sync Now tries again/ },
  },
  {
    ...{ name: 'E70: a gateway waits in vain', broken: () => graph(504, 'UnknownError', AT_ONCE) },
    ...{ asked: 4, code: 'timeout', says: /Sync Now tries again/ },
  },
  {
    name: 'E70: something on the way wants a sign-in of its own',
    broken: () =>
      fault('/transitiveMembers/microsoft.graph.user', { status: 302, body: '<html>Sign in</html>', headers: AT_ONCE }),
    ...{ asked: 4, code: 'network', says: /proxies and firewalls.*Sync Now tries again/ },
  },
  {
    ...{ name: 'our secret is wrong', broken: () => noToken(401, 7000215), asked: 1 },
    ...{ code: 'internal', says: /AZURE_CLIENT_SECRET/ },
  },
  {
    ...{ name: 'our secret has expired', broken: () => noToken(401, 7000222), asked: 1 },
    ...{ code: 'internal', says: /expired.*AZURE_CLIENT_SECRET/ },
  },
  {
    ...{ name: 'Graph does not take the request', broken: () => graph(400, 'Request_BadRequest'), asked: 1 },
    ...{ code: 'internal', says: /report the code/ },
  },
];

test.each(CASES)(
  'S31: $name: the run fails as $code, says what to do and changes nothing',
  async ({ broken, code, says, asked }) => {
    const [before, records] = [await scene.integration(), await everything()];
    await scene.quiet();
    broken();
    const failed = await scene.ended((await scene.now()).run._id);
    const caught = scene.stack.simulator.faults.list().map((each) => each.caught);
    mend();

    expect(failed).toMatchObject({ status: 'failed', code, message: expect.stringMatching(says) });
    expect(failed.message).not.toMatch(/detail|Words of/);
    if (asked !== undefined) expect(caught).toEqual([asked]);
    const { lastSyncAt, nextSyncAt } = before;
    const { message } = failed;
    expect(await scene.integration()).toMatchObject({ lastSyncAt, nextSyncAt, lastError: { code, message } });
    expect(await everything()).toEqual(records);

    // S33: the manual sync is the retry; it clears the banner, and the history shows both.
    const mended = await scene.ended((await scene.now()).run._id);
    const after = await scene.integration();
    expect(after).toMatchObject({ lastError: null, connection: 'connected', nextSyncAt });
    expect(after.lastSyncAt?.getTime()).toBeGreaterThan(lastSyncAt?.getTime() ?? 0);
    const { rows: history } = await scene.runs.list(scene.stack.enterpriseId, { limit: 2 });
    expect(history.map(({ _id, status }) => ({ _id, status }))).toEqual([
      { _id: mended._id, status: 'succeeded' },
      { _id: failed._id, status: 'failed' },
    ]);
  },
);

test('E75: a permission that only a part needs fails that part: without mailbox settings everything else goes on', async () => {
  const before = await everything();
  revoke('MailboxSettings.Read', 'Calendars.Read');
  scene.join('Anahera');
  expect(await scene.ended((await scene.now()).run._id)).toMatchObject({ status: 'succeeded', code: null });
  mend();
  await scene.peopleRest();
  expect((await everything()).users).toHaveLength(before.users.length + 1);
});

test('S33, E70: a scheduled run that failed leaves the next one where it was, and Sync Now is the retry', async () => {
  await scene.set({ frequency: 'daily', time: '04:00', zone: 'UTC' });
  await scene.dueAt('2030-05-01T04:00:00.000Z');
  scene.clock.set('2030-05-01T04:00:05.000Z');
  await scene.quiet();
  graph(503, 'ServiceUnavailable', AT_ONCE);
  await scene.look();
  const [run] = (await scene.scheduled()).slice(-1);
  expect(await scene.ended(run?._id ?? '')).toMatchObject({ status: 'failed', code: 'network' });
  mend();
  expect(await scene.integration()).toMatchObject({
    nextSyncAt: new Date('2030-05-02T04:00:00.000Z'),
    lastError: { code: 'network' },
  });
  expect(await scene.ended((await scene.now()).run._id)).toMatchObject({ status: 'succeeded' });
  expect(await scene.integration()).toMatchObject({
    nextSyncAt: new Date('2030-05-02T04:00:00.000Z'),
    lastError: null,
  });
  const { rows: history } = await scene.runs.list(scene.stack.enterpriseId, { limit: 2 });
  expect(history.map(({ trigger, status }) => `${trigger} ${status}`)).toEqual([
    'manual succeeded',
    'scheduled failed',
  ]);
});

test('a fault of our own that comes back ends the run as internal, and the next one can start', async () => {
  const { store } = scene.stack.services;
  const people = store.collection<{ _id: string }>('people');
  const row = await people.findOne({});
  if (!row) throw new Error('there is somebody in the mirror');
  // A row as no version of ours writes it.
  await people.updateOne({ _id: row._id }, { $set: { past: 7 } });
  scene.join('Kiri');
  const [person] = scene.stack.tenant.view().users();
  scene.directory.updateUser(person?.id ?? '', { surname: 'Changed' });
  const run = await scene.ended((await scene.now()).run._id);
  expect(run).toMatchObject({ status: 'failed', code: 'internal', message: expect.stringContaining(run._id) });
  await people.replaceOne({ _id: row._id }, row);
  expect(await scene.ended((await scene.now()).run._id)).toMatchObject({ status: expect.stringMatching(/^succeeded/) });
});
