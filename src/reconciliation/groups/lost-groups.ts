import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import type { Groups } from '../../mirror/groups-store.js';
import type { Store } from '../../store/connect.js';
import type { Owner } from '../../sync/owner.js';
import { isSyncOn } from '../../tenancy/settings/integration-settings.js';
import { INTEGRATIONS, type IntegrationRow } from '../../tenancy/types.js';
import { mappingGround } from '../may-run.js';
import { groupSeenOf } from './read-mapped-groups.js';

const LOOK_EVERY_MS = 10 * SECOND_MS;

export interface LostGroupsDeps {
  readonly store: Store;
  readonly groups: Groups;
  readonly clock: Clock;
}

/**
 * While every mapped group is known to be gone no run starts (S21), and without a run nobody would see that one of
 * them was restored: the owner looks at them now and then. Answers a function to be called as often as one likes.
 */
export function createLostGroups({ store, groups, clock }: LostGroupsDeps): (owner: Owner) => Promise<void> {
  const lookedAtMs = new Map<string, number>();
  return async (owner) => {
    const { enterpriseId } = owner;
    const last = lookedAtMs.get(enterpriseId);
    if (last !== undefined && clock.nowMs() - last < LOOK_EVERY_MS) return;
    lookedAtMs.set(enterpriseId, clock.nowMs());
    const lost = await lostGroups(owner);
    if (lost.length > 0) await look(owner, lost);
  };

  async function lostGroups({ enterpriseId, tenantId }: Owner): Promise<string[]> {
    // Mostly none is: one question instead of several.
    if (!(await groups.isAnyMissing(tenantId))) return [];
    const integration = await store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId });
    if (!integration || !isSyncOn(integration)) return [];
    const ground = await mappingGround(store, integration);
    const wanted = integration.settings.mappings.filter(({ teamId }) => ground.teamIds.has(teamId));
    const lost = wanted.filter(({ groupId }) => ground.groups.get(groupId) === 'missing');
    return lost.length < wanted.length ? [] : [...new Set(lost.map(({ groupId }) => groupId))];
  }

  async function look({ tenantId, graph, signal, tickets }: Owner, groupIds: readonly string[]): Promise<void> {
    const ticket = tickets.draw();
    try {
      const answers = await graph.readGroups(groupIds, { priority: 'catch_up', signal });
      const seen = [...answers].flatMap(([groupId, answer]) =>
        answer.status === 'failed' ? [] : [groupSeenOf(groupId, answer, ticket)],
      );
      await groups.keep(tenantId, seen);
    } finally {
      tickets.done(ticket);
    }
  }
}
