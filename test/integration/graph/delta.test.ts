import { DAY_MS } from '../../../src/kernel/clock.js';
import { all, type Scene, startScene } from './start-scene.js';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene({ people: 30, groups: 4 });
});
afterEach(() => scene.close());

test('a latest link names what changes afterwards, and its round ends with the next link', async () => {
  const { graph, tenant } = scene;
  const link = await graph.deltaLatest('users');
  const [first = '', second = ''] = [...tenant.view().users()].slice(2).map((user) => user.id);
  tenant.directory.updateUser(first, { givenName: 'New' });
  tenant.directory.deleteUser(second, false);
  const steps = await all(graph.deltaRound('users', link));
  const objects = steps.flatMap((step) => (step.step === 'page' ? step.objects : []));
  expect(objects).toContainEqual({ id: first, removed: null });
  expect(objects).toContainEqual({ id: second, removed: 'changed' });
  const end = steps.at(-1);
  expect(end?.step).toBe('end');
  const rest = await all(graph.deltaRound('users', end?.step === 'end' ? end.link : null));
  expect(rest.at(-1)?.step).toBe('end');
});

test('a group round names members that came and went', async () => {
  const { graph, tenant } = scene;
  const group = tenant.directory.createGroup({ displayName: 'G', securityEnabled: true }).objectId;
  const [ann = '', ben = ''] = [...tenant.view().users()].map((user) => user.id);
  tenant.directory.addMember(group, ann);
  const link = await graph.deltaLatest('groups');
  tenant.directory.removeMember(group, ann);
  tenant.directory.addMember(group, ben);
  const steps = await all(graph.deltaRound('groups', link));
  const members = steps.flatMap((step) => {
    return step.step === 'page'
      ? step.objects.filter((one) => one.id === group).flatMap((one) => one.members ?? [])
      : [];
  });
  expect(members).toContainEqual({ id: ann, type: 'user', removed: true });
  expect(members).toContainEqual({ id: ben, type: 'user', removed: false });
});

test('a first round names everybody', async () => {
  const { graph, tenant } = scene;
  const steps = await all(graph.deltaRound('users', null));
  const ids = steps.flatMap((step) => (step.step === 'page' ? step.objects.map((one) => one.id) : []));
  expect(new Set(ids)).toEqual(new Set([...tenant.view().users()].map((user) => user.id)));
});

test.each(['bad_request', 'unsupported', 'gone'] as const)(
  'an expired link (%s) is a reset, not a failure',
  async (way) => {
    const { graph, simulator } = scene;
    simulator.world.switches.expiredDeltaToken = way;
    const link = await graph.deltaLatest('users');
    simulator.world.clock.advance(31 * DAY_MS);
    const steps = await all(graph.deltaRound('users', link));
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      step: 'reset',
      link: way === 'gone' ? expect.stringContaining('/users/delta') : null,
    });
  },
);
