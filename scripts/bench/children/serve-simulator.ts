import { messageOf } from '../../../src/kernel/app-error.js';
import { startSimulator } from '../../../src/simulator/server/start-simulator.js';
import type { Tenant } from '../../../src/simulator/world/types.js';
import { endWithParent } from './end-with-parent.js';

// Entry of a child process: one simulated tenant of the given numbers of people, groups and events in each mailbox, and
// so many others that are empty. It tells its parent its addresses and who is in it, or what went wrong; asked later, how many answers it gave by status.
endWithParent();
process.on('SIGTERM', () => process.exit(0));
const answers: Record<string, number> = {};
const count = ({ status }: { status: number }) => {
  answers[status] = (answers[status] ?? 0) + 1;
};
process.on('message', () => process.send?.({ answers }));
try {
  const [people = 0, groups = 0, eventsPerPerson = 0, others = 0] = process.argv.slice(2).map(Number);
  // One more: the hidden group goes, because an application may not read it and a peer gives up there.
  const simulator = await startSimulator({
    tenants: [{ people, groups: groups + 1, eventsPerPerson }, ...Array(others).fill({ people: 0, groups: 0 })],
    record: count,
  });
  const { url, control, clientId, clientSecret, world } = simulator;
  const [tenant, ...empty] = world.tenants.values();
  if (!tenant) throw new Error('The simulator has no tenant.');
  for (const group of [...tenant.view().groups()].filter(({ hiddenMembership }) => hiddenMembership))
    tenant.directory.deleteGroup(group.id, true);
  if (eventsPerPerson > 0) groupMailboxes(tenant);
  const view = tenant.view();
  const groupIds = [...view.groups()].filter(({ deletedAtMs }) => deletedAtMs === null).map(({ id }) => id);
  const personIds = [...view.users()].map(({ id }) => id);
  const memberIds = Object.fromEntries(
    groupIds.map((id) => [id, [...(view.group(id)?.memberIds ?? [])].filter((each) => view.user(each) !== undefined)]),
  );
  const otherIds = empty.map(({ id }) => id);
  const members = { groupIds, personIds, memberIds };
  const told = { url, control, clientId, clientSecret, tenantId: tenant.id, otherIds, ...members };
  process.send?.(told);
} catch (error) {
  process.send?.({ error: messageOf(error) });
}

/** One more group: everybody who has a calendar that is followed. */
function groupMailboxes({ directory, view }: Tenant): void {
  const { objectId } = directory.createGroup({ displayName: 'Everybody with a mailbox' });
  for (const { id, mailbox, properties, deletedAtMs } of [...view().users()]) {
    const isFollowed =
      typeof mailbox !== 'string' && properties['accountEnabled'] && properties['userType'] === 'Member';
    if (isFollowed && deletedAtMs === null) directory.addMember(objectId, id);
  }
}
