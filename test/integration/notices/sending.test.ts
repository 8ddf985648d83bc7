import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import { LEASE_MS } from '../../../src/notices/send/queue.js';
import { NOTICE_MESSAGES } from '../../../src/notices/types.js';
import { type MailServer, startMailServer } from './mail-server.js';
import { BY, type NoticesScene, openNotices, SECRET } from './notices-scene.js';
import { isSigned, type Receiver, startReceiver } from './webhook-receiver.js';

const DESK = 'desk@kiwi.example';

let scene: NoticesScene;
let server: MailServer;
let receiver: Receiver;
beforeEach(async () => {
  scene = await openNotices();
  server = await startMailServer();
  receiver = await startReceiver();
});
afterEach(async () => {
  await scene.drop();
  await server.close();
  await receiver.close();
});

const mailing = () => scene.aProcess({ mail: { port: server.port } });
const states = async () => (await scene.messages()).map(({ channel, state }) => `${channel} ${state}`);
const failures = async () => (await scene.messages()).map(({ failure }) => failure);

/** A trouble that is to be told to the desk, and to the webhook where it is set. */
async function aTrouble(here: ReturnType<NoticesScene['aProcess']>) {
  await here.settings.set(scene.enterpriseId, { emails: [DESK] }, { by: BY });
  await scene.aRun({ status: 'failed', code: 'network', message: 'Graph could not be reached.' });
  await here.look();
}

test('a notice arrives by e-mail as plain text, from whom the configuration says', async () => {
  const here = mailing();
  await aTrouble(here);
  await here.send();
  expect(server.received).toMatchObject([{ from: 'notices@ghs.example', to: DESK }]);
  const raw = server.received[0]?.raw ?? '';
  expect(raw).toContain('Subject: Kiwi Power: The sync failed\r\n');
  expect(raw).toContain('From: GetHomeSafe <notices@ghs.example>\r\n');
  expect(raw).toContain('Content-Type: text/plain; charset=utf-8\r\n');
  expect(raw).toContain('Auto-Submitted: auto-generated\r\n');
  expect(raw).toContain('Graph could not be reached.');
  expect(await states()).toEqual(['email sent']);
});

test('names with line breaks and markup add neither a header nor a recipient', async () => {
  const here = mailing();
  const name = 'Kiwi\r\nBcc: evil@bad.example\r\n\r\n<b>Power</b>';
  await scene.store.collection('enterprises').updateMany({}, { $set: { name } });
  await aTrouble(here);
  const [message] = await scene.messages();
  expect(message?.words.subject).toBe('Kiwi Bcc: evil@bad.example <b>Power</b>: The sync failed');
  await here.send();
  expect(server.received.map(({ to }) => to)).toEqual([DESK]);
  const raw = server.received[0]?.raw ?? '';
  expect(raw).not.toMatch(/^Bcc:/m);
  expect(raw).not.toContain('text/html');
});

test('a mail server that is down is given a rest, and what waited arrives once when it is back', async () => {
  const { port } = server;
  await server.close();
  const here = mailing();
  await aTrouble(here);
  await scene.hold(3);
  await here.look();
  await here.send();
  await here.send();
  expect(here.outcomes).toEqual(['email down']);
  expect((await failures()).join()).toContain(`The mail server 127.0.0.1:${port} cannot be used`);
  server = await startMailServer({ port });
  await scene.clock.advance(5 * MINUTE_MS);
  await here.send();
  await here.send();
  expect(server.received).toHaveLength(2);
  expect(await states()).toEqual(['email sent', 'email sent']);
});

test('a refusal for now is tried again later, and one for good is parked with what the server said', async () => {
  const here = mailing();
  await aTrouble(here);
  server.answerWith(451);
  await here.send();
  expect(await states()).toEqual(['email waiting']);
  server.answerWith(550);
  await here.send();
  expect(server.offered()).toBe(1);
  await scene.clock.advance(2 * MINUTE_MS);
  await here.send();
  expect(await states()).toEqual(['email parked']);
  expect((await failures())[0]).toContain('550');
  await scene.clock.advance(DAY_MS);
  await here.send();
  expect(server.offered()).toBe(2);
});

test('a message that is refused for now for a whole day is parked', async () => {
  const here = mailing();
  await aTrouble(here);
  server.answerWith(451);
  for (let hour = 0; hour < 30; hour += 1) {
    await here.send();
    await scene.clock.advance(2 * HOUR_MS);
  }
  expect(await states()).toEqual(['email parked']);
  expect(server.offered()).toBeLessThan(20);
});

test('processes that send at once send each message once', async () => {
  const processes = Array.from({ length: 4 }, mailing);
  const [first] = processes;
  if (!first) throw new Error('there is none');
  const emails = Array.from({ length: 10 }, (_, n) => `desk${n}@kiwi.example`);
  await first.settings.set(scene.enterpriseId, { emails }, { by: BY });
  await scene.aRun({ status: 'failed', code: 'network' });
  await first.look();
  await Promise.all(processes.map((each) => each.send()));
  expect(server.received.map(({ to }) => to).toSorted()).toEqual(emails.toSorted());
});

test('what a process that died had claimed is sent by another when its lease is over, with the same Message-ID', async () => {
  const here = mailing();
  await aTrouble(here);
  await here.send();
  // It died between the sending and the writing of that.
  const nextTryAt = new Date(scene.clock.nowMs() + LEASE_MS);
  const claimed = { $set: { state: 'waiting', claim: 'of the dead', nextTryAt } };
  await scene.store.collection(NOTICE_MESSAGES).updateMany({}, claimed);
  const other = mailing();
  await other.send();
  expect(server.received).toHaveLength(1);
  await scene.clock.advance(LEASE_MS);
  await other.send();
  const ids = server.received.map(({ raw }) => /^Message-ID: (\S+)/m.exec(raw)?.[1]);
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
  expect(await states()).toEqual(['email sent']);
});

test('a webhook gets the notice as JSON, signed as Standard Webhooks says, by a secret that is not in the database', async () => {
  const here = scene.aProcess();
  const { secret } = await here.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  await aTrouble(here);
  await here.send();
  const [post] = receiver.received;
  if (!post) throw new Error('nothing arrived');
  expect(isSigned(secret, post)).toBe(true);
  expect(isSigned(secret, { ...post, body: `${post.body} ` })).toBe(false);
  expect(Number(post.headers['webhook-timestamp'])).toBe(Math.floor(scene.clock.nowMs() / 1_000));
  expect(post).toMatchObject({ path: '/hook', headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(post.body)).toMatchObject({
    type: 'notice.sync_failing.began',
    data: { enterpriseId: scene.enterpriseId, subject: 'Kiwi Power: The sync failed' },
  });
  const stored = await Promise.all(
    (await scene.store.db.collections()).map((collection) => collection.find().toArray()),
  );
  expect(JSON.stringify(stored)).not.toContain(secret.slice('whsec_'.length));
});

test('another secret is made with each address, and one whose application secret is gone signs nothing', async () => {
  const here = scene.aProcess({ appSecrets: [SECRET] });
  const first = await here.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  const second = await here.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  expect(first.secret).not.toBe(second.secret);
  await aTrouble(here);
  const rotated = scene.aProcess({ appSecrets: ['another application secret, long enough', SECRET] });
  const without = scene.aProcess({ appSecrets: ['another application secret, long enough'] });
  await without.send();
  expect(receiver.received).toEqual([]);
  expect((await failures()).at(-1)).toContain('set the webhook again');
  await scene.clock.advance(5 * MINUTE_MS);
  await rotated.send();
  expect(receiver.received.map((post) => isSigned(second.secret, post))).toEqual([true]);
});

test.each([
  ['an answer of 500', () => receiver.answerWith(500), 'answered 500'],
  ['an answer of 404', () => receiver.answerWith(404), 'answered 404'],
  ['no answer', () => receiver.neverAnswer(), 'did not answer'],
  ['a redirect', () => receiver.answerWith(302, { location: receiver.url }), 'redirects are not followed'],
])('%s is tried again for a day, then parked and shown', async (_what, answer, why) => {
  const here = scene.aProcess(why === 'did not answer' ? { webhookAnswerMs: 300 } : {});
  await here.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  await aTrouble(here);
  answer();
  await here.send();
  await here.send();
  expect(receiver.received).toHaveLength(1);
  await scene.clock.advance(2 * MINUTE_MS);
  await here.send();
  expect(receiver.received).toHaveLength(2);
  await scene.clock.advance(DAY_MS);
  await here.send();
  const [shown] = (await here.notices.list(scene.enterpriseId, { limit: 10 })).items;
  expect(shown).toMatchObject({ channel: 'webhook', state: 'parked', attempts: 3 });
  expect(shown?.failure).toContain(why);
});

test('a receiver that is back gets what waited; one that answers 410 is asked no more', async () => {
  const here = scene.aProcess();
  await here.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  await aTrouble(here);
  receiver.answerWith(503);
  await here.send();
  receiver.answerWith(200);
  await scene.clock.advance(2 * MINUTE_MS);
  await here.send();
  expect(await states()).toEqual(['webhook sent']);
  receiver.answerWith(410);
  await scene.hold(1);
  await here.look();
  await here.send();
  expect((await states()).toSorted()).toEqual(['webhook parked', 'webhook sent']);
});

test('what was for a webhook that is not set any more goes nowhere', async () => {
  const here = scene.aProcess();
  await here.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  await aTrouble(here);
  await here.settings.set(scene.enterpriseId, { webhook: null }, { by: BY });
  await here.send();
  expect([receiver.received, await states()]).toEqual([[], ['webhook dropped']]);
});

/** Two that a receiver said are gone for good. */
async function parkedOnes() {
  const here = scene.aProcess();
  await here.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  receiver.answerWith(410);
  await aTrouble(here);
  await scene.hold(1);
  await here.look();
  await here.send();
  expect(await states()).toEqual(['webhook parked', 'webhook parked']);
  return here;
}

test('parked ones are sent again when somebody says so: one, or all of an enterprise', async () => {
  const here = await parkedOnes();
  const [first] = (await here.notices.list(scene.enterpriseId, { limit: 1, parked: true })).items;
  receiver.answerWith(200);
  await here.send();
  expect(receiver.received).toHaveLength(2);
  expect(await here.notices.retry(scene.enterpriseId, { id: first?.id ?? '' })).toBe(1);
  await here.send();
  expect((await states()).toSorted()).toEqual(['webhook parked', 'webhook sent']);
  expect(await here.notices.retry('another enterprise')).toBe(0);
  expect(await here.notices.retry(scene.enterpriseId)).toBe(1);
  await here.send();
  expect(await states()).toEqual(['webhook sent', 'webhook sent']);
  expect(await here.notices.retry(scene.enterpriseId)).toBe(0);
});

test('one that is sent again has another day before it is parked', async () => {
  const here = await parkedOnes();
  receiver.answerWith(500);
  await scene.clock.advance(2 * DAY_MS);
  await here.notices.retry(scene.enterpriseId);
  await here.send();
  expect(await states()).toEqual(['webhook waiting', 'webhook waiting']);
});

test('the list comes in pages, each message once, and shows parked ones alone', async () => {
  const here = await parkedOnes();
  await here.notices.retry(scene.enterpriseId, { id: (await scene.messages())[0]?._id ?? '' });
  const read = async (after?: string): Promise<string[]> => {
    const wanted = { limit: 1, ...(after === undefined ? {} : { after }) };
    const { items, next } = await here.notices.list(scene.enterpriseId, wanted);
    return [...items.map(({ id }) => id), ...(next === null ? [] : await read(next))];
  };
  const pages = await read();
  expect(pages.toSorted()).toEqual((await scene.messages()).map(({ _id }) => _id).toSorted());
  expect(pages).toHaveLength(2);
  const parked = await here.notices.list(scene.enterpriseId, { limit: 10, parked: true });
  expect(parked.items.map(({ state }) => state)).toEqual(['parked']);
});

test('addresses of this machine and its neighbours are refused where the service is not on loopback', async () => {
  const dev = scene.aProcess();
  await dev.settings.setWebhook(scene.enterpriseId, receiver.url, { by: BY });
  const here = scene.aProcess({ allowsLoopback: false });
  await aTrouble(here);
  await here.send();
  expect(receiver.received).toEqual([]);
  expect(await states()).toEqual(['webhook parked']);
  expect((await failures())[0]).toContain('private or not public');
});
