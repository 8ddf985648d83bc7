import { X509Certificate } from 'node:crypto';
import { createAccounts } from '../../../src/access/accounts.js';
import { createPasswords } from '../../../src/access/passwords.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { CALENDARS } from '../../../src/mirror/calendars-store.js';
import { RUNS } from '../../../src/reconciliation/types.js';
import { RSA_CERTIFICATE } from '../../unit/config/certificate-fixture.js';
import { BY, type NoticesScene, openNotices } from './notices-scene.js';

const ADMIN = 'admin@kiwi.example';

let scene: NoticesScene;
let here: ReturnType<NoticesScene['aProcess']>;
beforeEach(async () => {
  scene = await openNotices();
  here = scene.aProcess({ mail: {} });
  await anAccount(ADMIN, 'admin', scene.enterpriseId);
});
afterEach(() => scene.drop());

async function anAccount(userName: string, role: 'admin' | 'reader' | 'operator', enterpriseId: string | null) {
  const base = { store: scene.store, clock: scene.clock, chance: systemChance, log: createLog('silent') };
  const accounts = createAccounts({ ...base, passwords: createPasswords(base) });
  await accounts.create({ userName, role, enterpriseId, password: 'correct horse battery', microsoft: null, by: BY });
}

/** What was told, in its order. */
const told = async () => (await scene.messages()).map(({ phase, words, to }) => `${phase} ${to} ${words.subject}`);
/** Looks, lets as much time pass, and looks again. */
async function lookAfter(ms: number) {
  await scene.clock.advance(ms);
  await here.look();
}
/** A trouble is over when nothing of it was seen for a while. */
async function settle() {
  await here.look();
  await lookAfter(10 * MINUTE_MS);
}

test('a failed sync is told once, however often it is looked at, and once more when a sync succeeds again', async () => {
  const runId = await scene.aRun({ status: 'failed', code: 'network', message: 'Graph could not be reached.' });
  for (let n = 0; n < 5; n += 1) await lookAfter(MINUTE_MS);
  expect(await told()).toEqual([`began ${ADMIN} Kiwi Power: The sync failed`]);
  const [message] = await scene.messages();
  expect(message?.words.link).toBe(
    `http://localhost:8080/enterprises/${scene.enterpriseId}/integrations/entra/history/${runId}`,
  );
  expect(message?.words.lines).toContain('Graph could not be reached.');
  await scene.clock.advance(MINUTE_MS);
  await scene.aRun({ status: 'succeeded' });
  await settle();
  await lookAfter(MINUTE_MS);
  expect((await told()).slice(1)).toEqual([`resolved ${ADMIN} Kiwi Power: The sync succeeds again`]);
});

test('another failure after a success is told anew', async () => {
  for (const status of ['failed', 'succeeded', 'failed'] as const) {
    await scene.clock.advance(MINUTE_MS);
    await scene.aRun({ status, code: 'timeout' });
    await settle();
  }
  expect((await told()).map((line) => line.split(' ')[0])).toEqual(['began', 'resolved', 'began']);
});

test('one sync with errors is told by the digest; three in a row are a failing sync', async () => {
  for (let n = 1; n <= 3; n += 1) {
    await scene.clock.advance(MINUTE_MS);
    await scene.aRun({ status: 'succeeded_with_errors' });
    await here.look();
    expect(await told()).toHaveLength(n < 3 ? 0 : 1);
  }
});

test('a tenant that does not let us in is told as that alone, and the sync that failed of it is not', async () => {
  await scene.aRun({ status: 'failed', code: 'app_not_consented' });
  const lastError = { code: 'app_not_consented', message: 'Approve GetHomeSafe again.', at: scene.clock.now() };
  await scene.change({ connection: 'error', lastError });
  await settle();
  await scene.change({ connection: 'connected', lastError: null });
  await settle();
  expect(await told()).toEqual([
    `began ${ADMIN} Kiwi Power: Microsoft Entra ID does not let GetHomeSafe in any more`,
    `resolved ${ADMIN} Kiwi Power: Microsoft Entra ID lets GetHomeSafe in again`,
  ]);
});

test('a sync that failed for a reason of its own succeeds again only when one has, whatever the connection did meanwhile', async () => {
  await scene.aRun({ status: 'failed', code: 'delta_unreadable' });
  await settle();
  await scene.clock.advance(MINUTE_MS);
  await scene.aRun({ status: 'failed', code: 'app_not_consented' });
  const lastError = { code: 'app_not_consented', message: 'Approve GetHomeSafe again.', at: scene.clock.now() };
  await scene.change({ connection: 'error', lastError });
  await settle();
  await scene.change({ connection: 'connected', lastError: null });
  await settle();
  const phases = async () => (await scene.messages()).map(({ phase, kind }) => `${phase} ${kind}`);
  const before = ['began sync_failing', 'began consent_lost', 'resolved consent_lost'];
  expect(await phases()).toEqual(before);
  await scene.aRun({ status: 'succeeded' });
  await settle();
  expect(await phases()).toEqual([...before, 'resolved sync_failing']);
});

test('a failing sync of which no run is known any more is not said to succeed', async () => {
  await scene.aRun({ status: 'failed', code: 'network' });
  await settle();
  await scene.store.collection(RUNS).deleteMany({});
  await settle();
  expect(await told()).toHaveLength(1);
});

test('calendars are not said to be verified because nobody syncs them any more', async () => {
  await scene.change({ 'settings.calendarSync': true });
  await scene.aStaleCalendar();
  await settle();
  await scene.change({ 'settings.calendarSync': false });
  await settle();
  await settle();
  expect(await told()).toEqual([`began ${ADMIN} Kiwi Power: 1 calendar could not be verified`]);
  await scene.change({ 'settings.calendarSync': true });
  await settle();
  expect(await told()).toHaveLength(2);
  await scene.store.collection(CALENDARS).deleteMany({});
  await settle();
  expect((await told())[2]).toBe(`resolved ${ADMIN} Kiwi Power: All calendars are verified again`);
});

test('a connection that comes and goes within minutes is told once', async () => {
  for (let n = 0; n < 6; n += 1) {
    const lastError = { code: 'permission_denied', message: 'Grant it.', at: scene.clock.now() };
    await scene.change(n % 2 === 0 ? { connection: 'error', lastError } : { connection: 'connected', lastError: null });
    await lookAfter(2 * MINUTE_MS);
  }
  expect(await told()).toHaveLength(1);
});

test('what is paused is not said to be mended', async () => {
  await scene.aRun({ status: 'failed', code: 'network' });
  await here.look();
  await scene.change({ pausedAt: scene.clock.now() });
  await settle();
  await settle();
  expect(await told()).toHaveLength(1);
});

test('held changes are told with their number; others that are held after those were decided are told anew', async () => {
  await scene.hold(7);
  await here.look();
  await scene.hold(3);
  await here.look();
  await scene.release();
  await lookAfter(MINUTE_MS);
  await scene.hold(5);
  await lookAfter(MINUTE_MS);
  expect(await told()).toEqual([
    `began ${ADMIN} Kiwi Power: 7 changes wait for your approval`,
    `began ${ADMIN} Kiwi Power: 5 changes wait for your approval`,
  ]);
});

test('the end of a secret is told to operators 30, 14, 7 and 1 days before and when it has come, and once when another is in use', async () => {
  await anAccount('op@ghs.example', 'operator', null);
  scene.credentialIs({ secretExpiresAt: new Date(scene.clock.nowMs() + 40 * DAY_MS) });
  for (let day = 0; day <= 41; day += 1) await lookAfter(DAY_MS);
  scene.credentialIs({ secretExpiresAt: new Date(scene.clock.nowMs() + 700 * DAY_MS) });
  await settle();
  expect(await told()).toEqual([
    'began op@ghs.example GetHomeSafe: The client secret ends in 30 days',
    'again op@ghs.example GetHomeSafe: The client secret ends in 14 days',
    'again op@ghs.example GetHomeSafe: The client secret ends in 7 days',
    'again op@ghs.example GetHomeSafe: The client secret ends in 1 day',
    'again op@ghs.example GetHomeSafe: The client secret ends today or has ended',
    'resolved op@ghs.example GetHomeSafe: The new secret or certificate is in use',
  ]);
});

test('a secret that was replaced and told as that is not told again by a process that still has it', async () => {
  await anAccount('op@ghs.example', 'operator', null);
  const secretExpiresAt = new Date(scene.clock.nowMs() + 20 * DAY_MS);
  scene.credentialIs({ secretExpiresAt });
  await here.look();
  scene.credentialIs({ secretExpiresAt: new Date(scene.clock.nowMs() + 700 * DAY_MS) });
  await settle();
  scene.credentialIs({ secretExpiresAt });
  await settle();
  expect((await told()).map((line) => line.split(' ')[0])).toEqual(['began', 'resolved']);
});

test('a certificate is not said to be replaced because rich notifications are off', async () => {
  await anAccount('op@ghs.example', 'operator', null);
  scene.clock.set(Date.parse(new X509Certificate(RSA_CERTIFICATE).validTo) - 5 * DAY_MS);
  const secretExpiresAt = new Date(scene.clock.nowMs() + 700 * DAY_MS);
  scene.credentialIs({ secretExpiresAt, notificationCertificates: [RSA_CERTIFICATE] });
  await settle();
  scene.credentialIs({ notificationCertificates: [] });
  await settle();
  await settle();
  expect(await told()).toHaveLength(1);
});

test('certificates that end on the same day are told as one', async () => {
  await anAccount('op@ghs.example', 'operator', null);
  const endsMs = Date.parse(new X509Certificate(RSA_CERTIFICATE).validTo);
  scene.clock.set(endsMs - 5 * DAY_MS);
  scene.credentialIs({ notificationCertificates: [RSA_CERTIFICATE, RSA_CERTIFICATE] });
  await here.look();
  expect(await told()).toEqual(['began op@ghs.example GetHomeSafe: The notification certificate ends in 5 days']);
});

test('a storm of 500 problems is one digest, in the morning where the enterprise is, with counts and nobody by name', async () => {
  await scene.problems(499);
  await scene.problems(1, 'phone_unparseable');
  await here.look();
  expect(await told()).toEqual([]);
  // From three in the morning to a quarter past eight.
  for (let n = 0; n < 21; n += 1) await lookAfter(15 * MINUTE_MS);
  const [digest, ...others] = await scene.messages();
  expect(others).toEqual([]);
  expect(digest).toMatchObject({ kind: 'problems_digest', phase: 'digest', to: ADMIN });
  expect(digest?.words).toMatchObject({
    subject: 'Kiwi Power: 500 new problems',
    lines: ['500 new, 500 open in all.', 'duplicate_email: 499 new, 499 open', 'phone_unparseable: 1 new, 1 open'],
  });
  expect(JSON.stringify(digest)).not.toContain('anna@');
  await scene.problems(1, 'missing_name');
  await lookAfter(30 * MINUTE_MS);
  expect(await told()).toHaveLength(1);
  await lookAfter(DAY_MS);
  expect((await told())[1]).toBe(`digest ${ADMIN} Kiwi Power: 1 new problem`);
  await lookAfter(DAY_MS);
  expect(await told()).toHaveLength(2);
  await scene.problems(2);
  await lookAfter(DAY_MS);
  expect((await told())[2]).toBe(`digest ${ADMIN} Kiwi Power: 2 new problems`);
});

test('more than six notices an hour and twenty a day are not sent each: the next digest has them', async () => {
  for (let n = 0; n < 9; n += 1) {
    await scene.hold(1);
    await here.look();
    await scene.release();
    await lookAfter(MINUTE_MS);
  }
  expect(await told()).toHaveLength(6);
  await scene.clock.advance(5 * HOUR_MS);
  await here.look();
  const digest = (await scene.messages()).at(-1);
  expect(digest?.words.subject).toBe('Kiwi Power: notices of the day');
  expect(digest?.words.lines[1]).toBe('3 more notices since the last digest, too many to send each:');
  expect(digest?.words.lines.filter((line) => line.includes('waits for your approval'))).toHaveLength(3);
});

test('what is switched off is not told, and addresses that are set are told instead of the administrators', async () => {
  await here.settings.set(scene.enterpriseId, { emails: ['desk@kiwi.example'], off: ['changes_held'] }, { by: BY });
  await scene.hold(7);
  await scene.aRun({ status: 'failed', code: 'network' });
  await here.look();
  expect(await told()).toEqual(['began desk@kiwi.example Kiwi Power: The sync failed']);
});

test('readers, disabled accounts and other enterprises are not told', async () => {
  await anAccount('reader@kiwi.example', 'reader', scene.enterpriseId);
  await anAccount('admin@other.example', 'admin', 'another');
  await anAccount('op@ghs.example', 'operator', null);
  await scene.aRun({ status: 'failed', code: 'network' });
  await here.look();
  expect((await scene.messages()).map(({ to }) => to)).toEqual([ADMIN]);
});

test('several processes that look at once tell each thing once', async () => {
  const processes = Array.from({ length: 4 }, () => scene.aProcess({ mail: {} }));
  for (let n = 0; n < 4; n += 1) {
    await scene.hold(1);
    await scene.aRun({ status: 'failed', code: 'network' });
    await Promise.all(processes.map((each) => each.look()));
    await scene.release();
    await scene.clock.advance(MINUTE_MS);
  }
  const subjects = (await told()).toSorted();
  expect(subjects.filter((line) => line.includes('The sync failed'))).toHaveLength(1);
  expect(subjects.filter((line) => line.includes('approval'))).toHaveLength(1);
});
