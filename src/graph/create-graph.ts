import type { Metrics } from '../kernel/metrics.js';
import type { Budget } from './budget.js';
import type { GraphDeps } from './client/graph-deps.js';
import { createGraphMetrics } from './client/graph-metrics.js';
import { graphRequest, type TenantDeps } from './client/graph-request.js';
import { readList } from './client/read-list.js';
import { sendBatch } from './client/send-batch.js';
import { checkedGraphConfig } from './graph-config.js';
import { createMailboxGates, type MailboxGates } from './mailbox-gates.js';
import { deltaLatest, deltaRound } from './reads/delta-round.js';
import { directMembers, getByIds, transitiveGroups, transitiveUsers } from './reads/list-members.js';
import { nestedGroups } from './reads/nested-groups.js';
import { readCalendar, readEvents } from './reads/read-calendars.js';
import { readGroup, readGroups } from './reads/read-groups.js';
import { readMailboxSettings } from './reads/read-mailboxes.js';
import { readPeople } from './reads/read-people.js';
import { searchGroups, searchUsers } from './reads/search-directory.js';
import { createSubscriptionCalls } from './reads/subscription-calls.js';
import type { Graph, GraphCalls, TenantGraph } from './types.js';
import { parsedBody } from './wire/parsed-body.js';

/** Microsoft Graph behind everything that speaks with it. One a process; `forTenant` is cheap. */
export function createGraph(deps: Omit<GraphDeps, 'graphMetrics'> & { metrics: Metrics }): Graph {
  const { metrics, ...rest } = deps;
  const shared: GraphDeps = {
    ...rest,
    config: checkedGraphConfig(deps.config),
    graphMetrics: createGraphMetrics(metrics),
  };
  const gatesOf = new Map<string, MailboxGates>();
  return {
    forTenant: (tenantId, { budget }) => {
      // Whoever reads a mailbox counts, such as a preview beside the owner's own work.
      const gates = gatesOf.get(tenantId) ?? createMailboxGates();
      gatesOf.set(tenantId, gates);
      return tenantGraph({ ...shared, tenantId, budget }, gates);
    },
  };
}

function tenantGraph(deps: TenantDeps & { budget: Budget }, gates: MailboxGates): TenantGraph {
  const { tenantId, log } = deps;
  const calls: GraphCalls = {
    request: (call) => graphRequest(deps, call),
    read: async (schema, call) => parsedBody(schema, await graphRequest(deps, call)),
    page: (call, options) => readList(deps, call, options),
    batch: (items, options) => sendBatch(deps, items, options),
  };
  const lists = { calls, log, tenantId };
  return {
    tenantId,
    ...calls,
    ...createSubscriptionCalls({ calls, clock: deps.clock }),
    readPeople: (ids, options) => readPeople(calls, ids, options),
    readMailboxSettings: (ids, options) => readMailboxSettings({ calls, gates }, ids, options),
    readCalendar: (window, options) => gates.within(window.objectId, () => readCalendar(calls, window, options)),
    readEvents: (of, options) => readEvents({ calls, gates }, of, options),
    readGroup: (id, options) => readGroup(calls, id, options),
    readGroups: (ids, options) => readGroups(calls, ids, options),
    searchGroups: (query, options) => searchGroups(calls, query, options),
    searchUsers: (query, options) => searchUsers(calls, query, options),
    transitiveUsers: (id, options) => transitiveUsers(lists, id, options),
    transitiveGroups: (id, options) => transitiveGroups(lists, id, options),
    nestedGroups: (groupIds, options) =>
      nestedGroups(calls, { groupIds, allOf: (id) => transitiveGroups(lists, id, options) }, options),
    directMembers: (id, options) => directMembers(lists, id, options),
    getByIds: (ids, types, options) => getByIds(lists, { ids, types }, options),
    deltaLatest: (kind, options) => deltaLatest(calls, kind, options),
    deltaRound: (kind, link, options) => deltaRound({ calls, config: deps.config }, { kind, link }, options),
  };
}
