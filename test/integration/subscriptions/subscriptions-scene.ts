import type { SubscriptionRow } from '../../../src/subscriptions/types.js';
import { type Stack, type StackOptions, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/** What Graph holds, as the simulator's control shows it. */
export interface Held {
  readonly id: string;
  readonly resource: string;
  readonly expirationDateTime: string;
  readonly clientState: string;
  readonly notificationUrl: string;
}

export interface SubscriptionsScene extends Stack {
  control(method: string, path: string, body?: object): Promise<void>;
  /** The items of a list at the control. */
  items<T>(path: string): Promise<T[]>;
  held(): Promise<Held[]>;
  rows(): Promise<SubscriptionRow[]>;
  users(): Promise<SubscriptionRow>;
  /** Both are active, and Graph holds exactly these. */
  settled(): Promise<SubscriptionRow[]>;
  /** Requests about subscriptions that Graph answered, by method, those in batches included. */
  requests(method: string): Promise<number>;
  /** Rounds of catch-up that began. */
  rounds(): Promise<number>;
  renew(): ReturnType<Stack['microsoft']['subscriptions']['renewDue']>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly parts?: readonly Asked[];
}

export const DAY_MS = 86_400_000;

export async function startSubscriptionsScene(options: StackOptions = {}): Promise<SubscriptionsScene> {
  const stack = await startStack(options);
  const { services, tenant, simulator, microsoft } = stack;
  const scene: SubscriptionsScene = {
    ...stack,
    control: async (method, path, body) => {
      const headers = { 'content-type': 'application/json' };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const response = await fetch(`${simulator.control}${path}`, init);
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    },
    items: async (path) => {
      const answer: { items: [] } = JSON.parse(await (await fetch(`${simulator.control}${path}`)).text());
      return answer.items;
    },
    held: () => scene.items('/subscriptions'),
    rows: () => services.subscriptions.ofTenant(tenant.id),
    users: async () => {
      const found = (await scene.rows()).find(({ kind }) => kind === 'users');
      if (!found) throw new Error('no row of users');
      return found;
    },
    settled: () =>
      waitFor(
        async () => {
          const rows = (await scene.rows()).filter(({ state }) => state === 'active');
          const ids = (await scene.held()).map(({ id }) => id).sort();
          const known = rows.map(({ subscriptionId }) => subscriptionId).sort();
          return rows.length === 2 && JSON.stringify(ids) === JSON.stringify(known) && rows;
        },
        { message: 'not two subscriptions' },
      ).then((rows) => rows || []),
    requests: async (method) => {
      const items = await scene.items<Asked>('/requests');
      const all = items.flatMap(({ parts = [], ...item }) => [item, ...parts]);
      return all.filter((item) => item.method === method && item.path.includes('/subscriptions')).length;
    },
    rounds: async () => (await services.mirror.cursors.load(tenant.id)).round,
    renew: () =>
      microsoft.subscriptions.renewDue({
        tenantId: tenant.id,
        dueWithinMs: 7 * DAY_MS,
        signal: AbortSignal.timeout(60_000),
        onProgress: () => {},
      }),
  };
  return scene;
}

/** A person in a mapped group, after a first run. */
export async function firstPerson(scene: SubscriptionsScene): Promise<string> {
  const { directory } = scene.tenant;
  const group = directory.createGroup({ displayName: 'Field crew' }).objectId;
  const mapping = { groupId: group, teamId: scene.teams['North'] ?? '' };
  await scene.services.teamMappings.mapTeam(scene.enterpriseId, mapping, 'test');
  const mail = 'aroha@kiwipower.test';
  const person = { displayName: 'Aroha', givenName: 'Aroha', mail, userPrincipalName: mail, accountEnabled: true };
  const { objectId } = directory.createUser(person);
  directory.addMember(group, objectId);
  await scene.sync();
  return objectId;
}

/** Waits until the record of somebody has this first name. */
export async function hasFirstName(scene: SubscriptionsScene, objectId: string, name: string): Promise<void> {
  const record = () => scene.services.people.findOrNull(scene.enterpriseId, objectId);
  await waitFor(async () => (await record())?.firstName === name, { message: `not ${name}` });
}
