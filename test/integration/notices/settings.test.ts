import { AUDIT_LOG } from '../../../src/store/audit-log.js';
import { type MailServer, startMailServer } from './mail-server.js';
import { BY, type NoticesScene, openNotices } from './notices-scene.js';
import { startReceiver } from './webhook-receiver.js';

let scene: NoticesScene;
let server: MailServer | null = null;
beforeEach(async () => {
  scene = await openNotices();
});
afterEach(async () => {
  await scene.drop();
  await server?.close();
  server = null;
});

test.each([
  ['plain http to the internet', 'http://hooks.example/x', 'https://'],
  ['no address', 'hooks.example', 'is no address'],
  ['a user and a password', 'https://me:secret@hooks.example/x', 'leave them out'],
  ['a private address', 'https://10.0.0.1/x', 'private address'],
  ['another scheme', 'file:///etc/passwd', 'https://'],
])('a webhook of %s is refused', async (_what, url, why) => {
  const { settings } = scene.aProcess();
  const setting = settings.setWebhook(scene.enterpriseId, url, { by: BY });
  await expect(setting).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'webhook',
    message: expect.stringContaining(why),
  });
});

test('a webhook on this machine is taken in a development set-up only', async () => {
  const url = 'http://localhost:9/x';
  const at = (allowsLoopback: boolean) => scene.aProcess({ allowsLoopback }).settings;
  const refused = at(false).setWebhook(scene.enterpriseId, url, { by: BY });
  await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('this machine') });
  const { row } = await at(true).setWebhook(scene.enterpriseId, url, { by: BY });
  expect(row.webhook?.url).toBe(url);
});

test('addresses are checked, and what others changed meanwhile is not overwritten', async () => {
  const { settings } = scene.aProcess();
  const set = (patch: object, revision?: number) =>
    settings.set(scene.enterpriseId, patch, { by: BY, ...(revision === undefined ? {} : { revision }) });
  await expect(set({ emails: ['a@b.example\r\nBcc: c@d.example'] })).rejects.toMatchObject({ field: 'emails.0' });
  await expect(set({ off: ['nonsense'] })).rejects.toMatchObject({ code: 'invalid_input' });
  expect(await set({ emails: ['A@Kiwi.example'] }, 0)).toMatchObject({ emails: ['A@Kiwi.example'], revision: 1 });
  await expect(set({ emails: [] }, 0)).rejects.toMatchObject({ code: 'changed_meanwhile' });
});

test('each change is in the audit log, without the path or the secret of a webhook', async () => {
  const { settings } = scene.aProcess();
  const url = 'https://hooks.example/services/T0/very-secret-path';
  const { secret, row } = await settings.setWebhook(scene.enterpriseId, url, { by: BY });
  await settings.set(scene.enterpriseId, { off: ['calendars_stale'] }, { by: BY });
  const lines = await scene.store.collection(AUDIT_LOG).find({ what: 'notices.changed' }).toArray();
  expect(lines.map(({ who }) => who)).toEqual([BY, BY]);
  const text = JSON.stringify(lines);
  expect(text).toContain('https://hooks.example');
  for (const hidden of ['very-secret-path', secret, row.webhook?.salt ?? '?']) expect(text).not.toContain(hidden);
  expect(JSON.stringify(await scene.aProcess().notices.standing(scene.enterpriseId))).not.toContain('very-secret');
});

const DESK = ['desk@kiwi.example', 'second@kiwi.example'];
async function triedWith(mail: object | null) {
  const { settings, notices } = scene.aProcess({ mail });
  await settings.set(scene.enterpriseId, { emails: DESK }, { by: BY });
  return notices.tryOut(scene.enterpriseId);
}

test('a trial reaches everybody who would be told', async () => {
  server = await startMailServer();
  const receiver = await startReceiver();
  await scene.aProcess().settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  const tried = await triedWith({ port: server.port });
  expect(tried.map(({ channel, ok, detail }) => [channel, ok, detail])).toEqual([
    ['email', true, 'sent'],
    ['email', true, 'sent'],
    ['webhook', true, 'sent'],
  ]);
  expect([server.received.map(({ to }) => to), receiver.received.length]).toEqual([DESK, 1]);
  await receiver.close();
});

test('a trial says in words that there is no mail server, that it is down, or that a recipient is refused', async () => {
  expect(await triedWith(null)).toMatchObject([{ ok: false, detail: expect.stringContaining('set SMTP_URL') }]);
  server = await startMailServer();
  const { port } = server;
  server.answerWith(550);
  const refused = { ok: false, detail: expect.stringContaining('refused the message: 550') };
  expect(await triedWith({ port })).toMatchObject([refused, refused]);
  await server.close();
  server = null;
  expect(await triedWith({ port })).toMatchObject([{ ok: false, detail: expect.stringContaining('ECONNREFUSED') }]);
});

test('a trial says that the password is wrong, and a password is not sent to another machine without TLS', async () => {
  server = await startMailServer({ signIn: { user: 'me', password: 'right' } });
  const { port } = server;
  expect(await triedWith({ port, signIn: { user: 'me', password: 'right' } })).toMatchObject([{ ok: true }, {}]);
  const wrong = await triedWith({ port, signIn: { user: 'me', password: 'wrong' } });
  expect(wrong).toMatchObject([{ ok: false, detail: expect.stringContaining('user or password of SMTP_URL') }]);
  expect(JSON.stringify(wrong)).not.toContain('wrong');
  const elsewhere = await triedWith({ port, isLoopback: false, signIn: { user: 'me', password: 'right' } });
  expect(elsewhere).toMatchObject([{ ok: false, detail: expect.stringContaining('no TLS that can be trusted') }]);
});

test('ten trials within an hour are enough', async () => {
  for (let n = 0; n < 10; n += 1) await triedWith(null);
  await expect(triedWith(null)).rejects.toMatchObject({ code: 'tried_too_often', status: 429 });
  await scene.clock.advance(3_600_000);
  expect(await triedWith(null)).toHaveLength(1);
});
