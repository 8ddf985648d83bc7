import { type Stack, type StackOptions, startStack } from '../../support/stack.js';
import { startTunnelProxy, type TunnelProxy } from '../../support/tunnel-proxy.js';
import { waitFor } from '../../support/wait-for.js';

let proxy: TunnelProxy;
let stack: Stack;

beforeEach(async () => {
  proxy = await startTunnelProxy();
});
afterEach(async () => {
  await stack?.close();
  await proxy.close();
});

/** A stack with somebody in a mapped group. */
async function start(env: StackOptions['env']): Promise<{ person: string }> {
  stack = await startStack({ env: env ?? {} });
  const { directory } = stack.tenant;
  const groupId = directory.createGroup({ displayName: 'Field crew' }).objectId;
  const names = { displayName: 'Aroha', userPrincipalName: 'aroha@kiwipower.test', mail: 'aroha@kiwipower.test' };
  const { objectId } = directory.createUser({ ...names, accountEnabled: true, userType: 'Member' });
  directory.addMember(groupId, objectId);
  const mapping = { groupId, teamId: stack.teams['North'] ?? '' };
  await stack.services.teamMappings.mapTeam(stack.enterpriseId, mapping, 'test');
  return { person: objectId };
}

const hostOf = (url: string) => new URL(url).host;

test('tokens, reads, subscriptions and the look at our own address go through the proxy, with its password', async () => {
  await start({ HTTP_PROXY: proxy.url.replace('//', '//ghs:s%3Acret@') });
  expect(await stack.sync()).toMatchObject({ status: 'succeeded', counts: { seen: 1, created: 1 } });
  const active = () => stack.services.store.collection('subscriptions').countDocuments({ state: 'active' });
  await waitFor(async () => (await active()) === 2, { message: 'no subscriptions' });
  // The owner looked at our own address, as doctor and the script do, before it asked for a subscription.
  expect(new Set(proxy.tunnels)).toEqual(new Set([hostOf(stack.simulator.url), hostOf(stack.url)]));
  expect(await stack.microsoft.subscriptions.whyUnreachable(new AbortController().signal)).toBeNull();
  expect([...proxy.credentials]).toEqual([`Basic ${Buffer.from('ghs:s:cret').toString('base64')}`]);
});

test('where the proxy refuses, no request finds another way, and the failed read takes nothing', async () => {
  const { person } = await start({ HTTP_PROXY: proxy.url });
  await stack.sync();
  proxy.refuse();
  const graph = stack.microsoft.graphFor(stack.tenant.id);
  const answers = await graph.readPeople([person], { mappedGroupIds: [] });
  expect(answers.get(person)).toMatchObject({ status: 'failed', failure: { kind: 'unavailable', code: 'network' } });
  expect(await stack.services.store.collection('users').countDocuments({ status: 'archived' })).toBe(0);
});

test('a host of NO_PROXY is reached directly', async () => {
  await start({ HTTP_PROXY: proxy.url, NO_PROXY: 'other.example,127.0.0.1' });
  expect(await stack.sync()).toMatchObject({ status: 'succeeded', counts: { seen: 1, created: 1 } });
  expect(proxy.tunnels).toEqual([]);
});
