import { createOutbox } from '../../../src/records/outbox/outbox.js';
import { OUTBOX } from '../../../src/records/outbox/outbox-rows.js';
import { USERS } from '../../../src/records/types.js';
import { type MailServer, startMailServer } from './mail-server.js';
import { type NoticesScene, openNotices } from './notices-scene.js';

let scene: NoticesScene;
let server: MailServer;
beforeEach(async () => {
  scene = await openNotices();
  server = await startMailServer();
});
afterEach(async () => {
  await scene.drop();
  await server.close();
});

async function aPerson(id: string, change: object = {}) {
  const name = { firstName: 'Ana', lastName: 'Tane', email: `${id}@kiwi.example`, status: 'active' };
  const row = { _id: id, enterpriseId: scene.enterpriseId, ...name, ...change };
  await scene.store.collection(USERS).insertOne(row as never);
}

/** As the sync writes it with the change that causes it. */
async function aMessage(id: string, kind: string, { userId, to }: { userId: string; to: string }) {
  const row = { _id: id, enterpriseId: scene.enterpriseId, userId, kind, to, at: scene.clock.now(), state: 'waiting' };
  await scene.store.collection(OUTBOX).insertOne(row as never);
}

const send = () => scene.aProcess({ mail: { port: server.port } }).send();
const states = async () => {
  const rows = await scene.store.collection(OUTBOX).find().sort({ _id: 1 }).toArray();
  return rows.map(({ state }) => state);
};

test('an invitation that waited is sent once', async () => {
  await aPerson('ana');
  await aMessage('invitation:ana', 'invitation', { userId: 'ana', to: 'ana@kiwi.example' });
  await send();
  await send();
  expect(server.received.map(({ to }) => to)).toEqual(['ana@kiwi.example']);
  expect(server.received[0]?.raw).toContain('Subject: Kiwi Power invites you to GetHomeSafe');
  expect(await states()).toEqual(['sent']);
});

test('whoever is archived or erased before it was sent is not invited', async () => {
  await aPerson('ana', { status: 'archived' });
  await aMessage('invitation:ana', 'invitation', { userId: 'ana', to: 'ana@kiwi.example' });
  await aMessage('invitation:ben', 'invitation', { userId: 'ben', to: 'ben@kiwi.example' });
  await send();
  expect([server.received, await states()]).toEqual([[], ['dropped', 'dropped']]);
});

test('a changed sign-in address is told to the person without, and to an administrator with, their name', async () => {
  await aPerson('ana');
  await aPerson('boss', { firstName: 'Bo', email: 'boss@kiwi.example' });
  const about = { userId: 'ana' };
  await aMessage('address_changed:1:ana', 'address_changed', { ...about, to: 'ana@kiwi.example' });
  await aMessage('address_changed:1:boss', 'address_changed', { ...about, to: 'boss@kiwi.example' });
  await send();
  const textTo = (to: string) => server.received.find((mail) => mail.to === to)?.raw.replaceAll('=\r\n', '') ?? '';
  expect(textTo('ana@kiwi.example')).toContain('Your sign-in address for GetHomeSafe at Kiwi Power was changed');
  expect(textTo('boss@kiwi.example')).toContain('The sign-in address of Ana Tane for GetHomeSafe');
  expect(textTo('boss@kiwi.example')).toContain('/people/ana');
});

test('an invitation that was refused for good is sent again when somebody says so', async () => {
  await aPerson('ana');
  await aMessage('invitation:ana', 'invitation', { userId: 'ana', to: 'ana@kiwi.example' });
  server.answerWith(550);
  await send();
  expect(await states()).toEqual(['parked']);
  const outbox = createOutbox(scene);
  const other = outbox.retry(scene.enterpriseId, { id: 'invitation:ben' });
  await expect(other).rejects.toMatchObject({ code: 'message_not_found', status: 404 });
  expect(await outbox.retry(scene.enterpriseId)).toBe(1);
  server.answerWith(null);
  await send();
  expect(await states()).toEqual(['sent']);
});

test('without a mail server everything waits', async () => {
  await aPerson('ana');
  await aMessage('invitation:ana', 'invitation', { userId: 'ana', to: 'ana@kiwi.example' });
  await scene.aProcess().send();
  expect(await states()).toEqual(['waiting']);
});
