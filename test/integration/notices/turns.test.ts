import { systemChance } from '../../../src/kernel/chance.js';
import { MINUTE_MS } from '../../../src/kernel/clock.js';
import { NOTICE_SETTINGS, NOTICE_STATES, type NoticeStateRow, unset } from '../../../src/notices/types.js';
import { ENTERPRISES, type EnterpriseRow, INTEGRATIONS, type IntegrationRow } from '../../../src/tenancy/types.js';
import { type NoticesScene, openNotices } from './notices-scene.js';

let scene: NoticesScene;
let here: ReturnType<NoticesScene['aProcess']>;
let more: string[];
beforeEach(async () => {
  scene = await openNotices();
  here = scene.aProcess({ mail: {} });
  more = await threeMore();
});
afterEach(() => scene.drop());

const states = () => scene.store.collection<NoticeStateRow>(NOTICE_STATES);
/** How often each was looked at: the enterprises, the installation last. */
async function looks() {
  const rows = await states().find().toArray();
  return [scene.enterpriseId, ...more, '-'].map((id) => rows.find(({ _id }) => _id === id)?.looks);
}

/** Enterprises like that of the scene. */
async function threeMore(): Promise<string[]> {
  const { store, enterpriseId: _id } = scene;
  const enterprises = store.collection<EnterpriseRow>(ENTERPRISES);
  const integrations = store.collection<IntegrationRow>(INTEGRATIONS);
  const enterprise = await enterprises.findOne({ _id });
  const integration = await integrations.findOne({ _id });
  if (enterprise === null || integration === null) throw new Error('The scene has no enterprise.');
  const ids = ['e1', 'e2', 'e3'];
  await enterprises.insertMany(ids.map((id) => ({ ...enterprise, _id: id, name: id, nameKey: id })));
  await integrations.insertMany(ids.map((id) => ({ ...integration, _id: id, tenantId: systemChance.guid() })));
  return ids;
}

test('every enterprise gets its look, also where a minute is not enough for all of them', async () => {
  for (let minute = 0; minute < 10; minute += 1) {
    await here.ask();
    for (let n = 0; n < 3; n += 1) await here.nextLook();
    await scene.clock.advance(MINUTE_MS);
  }
  expect((await looks()).filter((count = 0) => count < 5)).toEqual([]);
});

test('a look that throws keeps no other waiting, and is tried again after its lease', async () => {
  // No address, as nobody can set one: whoever reads it throws.
  const webhook = { url: 'no address', keyId: 'k', salt: 's', since: scene.clock.now() };
  const rows = [scene.enterpriseId, 'e1', 'e2'].map((id) => ({ ...unset(id), webhook }));
  await scene.store.collection<ReturnType<typeof unset>>(NOTICE_SETTINGS).insertMany(rows);
  await here.look();
  expect(await looks()).toEqual([0, 0, 0, 1, 1]);
  await scene.store.collection(NOTICE_SETTINGS).deleteMany({});
  await scene.clock.advance(MINUTE_MS);
  while (await here.nextLook());
  expect(await looks()).toEqual([1, 1, 1, 1, 1]);
});

test('a look that is under way is not begun by another process, however often looks are asked for', async () => {
  await here.look();
  const until = new Date(scene.clock.nowMs() + MINUTE_MS);
  await states().updateOne({ _id: 'e1' }, { $set: { lookAt: until } });
  await scene.aProcess({ mail: {} }).look();
  expect(await looks()).toEqual([2, 2, 2, 2, 2].with(1, 1));
  await scene.clock.advance(MINUTE_MS);
  await here.look();
  expect(await looks()).toEqual([3, 3, 3, 3, 3].with(1, 2));
});
