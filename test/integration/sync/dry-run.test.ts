import type { RunItemRow, RunRow } from '../../../src/reconciliation/types.js';
import { type AddressesScene, startAddressesScene } from './addresses-scene.js';

/** More people than a dry run reads at once. */
const CROWD = 240;

let scene: AddressesScene;
let crowd: string[];
let items: RunItemRow[];
let atRest: RunRow;

beforeAll(async () => {
  scene = await startAddressesScene();
  crowd = Array.from({ length: CROWD }, (_, index) => scene.person(`Crowd${index}`));
  expect(await scene.stack.sync()).toMatchObject({ status: 'succeeded', counts: { created: CROWD } });
  await scene.settled();
  const { services, enterpriseId, teams, tenant } = scene.stack;
  const teamId = teams['South'] ?? '';
  for (const person of leaders()) {
    await services.people.edit({ enterpriseId, person }, { addTeams: [teamId] }, { who: 'test' });
    await services.people.setLeader({ enterpriseId, person }, { teamId, on: true }, { who: 'test' });
  }
  await scene.settled();
  atRest = await scene.stack.sync({ dry: true });
  // Something to take from everybody, so that each is read by themselves, in more than one batch.
  for (const id of crowd) tenant.directory.updateUser(id, { mobilePhone: null });
  // More than a quarter is to be archived, but of neither batch alone.
  for (const id of [...crowd.slice(0, 49), ...crowd.slice(-13)])
    tenant.directory.updateUser(id, { accountEnabled: false });
  items = await scene.plan();
});

afterAll(() => scene?.stack.close());

/** Three leaders of one team, of whom the first and the last are to be archived. */
const leaders = () => [crowd[0] ?? '', crowd[100] ?? '', crowd.at(-1) ?? ''];

const peopleWith = (wanted: Partial<RunItemRow>) =>
  items
    .filter((item) => Object.entries(wanted).every(([key, value]) => item[key as keyof RunItemRow] === value))
    .map(({ person }) => person);

test('a dry run counts everybody for whom there is nothing to say', () => {
  expect(atRest.counts).toMatchObject({ seen: CROWD, unchanged: CROWD, updated: 0, failed: 0 });
});

test('a dry run judges the guard over everybody that it plans for', () => {
  expect(peopleWith({ kind: 'archive' })).toEqual([]);
  expect(peopleWith({ kind: 'update', field: 'mobilePhone' })).toEqual([]);
  expect(new Set(peopleWith({ kind: 'problem', after: 'held' })).size).toBe(CROWD);
});

test('E7: a dry run keeps two leaders in a team, whichever of its batches met them', () => {
  const kept = peopleWith({ kind: 'problem', after: 'leader_removal_blocked' });
  expect(kept).toHaveLength(1);
  expect([leaders()[0], leaders()[2]]).toContain(kept[0]);
});

test('nothing is written, whatever is planned', async () => {
  const { store } = scene.stack.services;
  expect(await store.collection('users').countDocuments({ status: 'archived' })).toBe(0);
  expect(await store.collection('decisions').countDocuments({})).toBe(0);
  expect(await store.collection('people').countDocuments({ ripening: { $ne: null } })).toBe(0);
});
