import { messageOf } from '../../../src/kernel/app-error.js';
import { startSimulator } from '../../../src/simulator/server/start-simulator.js';
import { endWithParent } from './end-with-parent.js';

// Entry of a child process: one simulated tenant of the given numbers of people and groups. It tells its parent its
// addresses and who is in it, or what went wrong.
endWithParent();
process.on('SIGTERM', () => process.exit(0));
try {
  const [people, groups] = process.argv.slice(2).map(Number);
  // One more: the hidden group goes, because an application may not read it and a peer gives up there.
  const simulator = await startSimulator({ people: people ?? 0, groups: (groups ?? 0) + 1 });
  const { url, control, clientId, clientSecret, world } = simulator;
  const [tenant] = world.tenants.values();
  if (!tenant) throw new Error('The simulator has no tenant.');
  for (const group of [...tenant.view().groups()].filter(({ hiddenMembership }) => hiddenMembership))
    tenant.directory.deleteGroup(group.id, true);
  const view = tenant.view();
  const groupIds = [...view.groups()].filter(({ deletedAtMs }) => deletedAtMs === null).map(({ id }) => id);
  const personIds = [...view.users()].map(({ id }) => id);
  const memberIds = Object.fromEntries(
    groupIds.map((id) => [id, [...(view.group(id)?.memberIds ?? [])].filter((each) => view.user(each) !== undefined)]),
  );
  const told = { url, control, clientId, clientSecret, tenantId: tenant.id, groupIds, personIds, memberIds };
  process.send?.(told);
} catch (error) {
  process.send?.({ error: messageOf(error) });
}
