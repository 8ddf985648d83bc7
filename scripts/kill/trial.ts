import type { Services } from '../../src/compose.js';
import { SECOND_MS } from '../../src/kernel/clock.js';
import { USERS, type UserRow } from '../../src/records/types.js';
import { type Simulator, startSimulator } from '../../src/simulator/server/start-simulator.js';
import { REQUESTED_ROLES } from '../../src/simulator/world/create-world.js';
import type { SeededRandom } from '../../src/simulator/world/seeded-random.js';
import type { Tenant } from '../../src/simulator/world/types.js';
import { FENCES, type FenceRow } from '../../src/store/fence.js';
import type { Ghs } from '../stage/ghs.js';
import { waitUntil } from '../stage/wait-until.js';
import type { Ship } from './processes/fleet.js';
import type { FrontDoor } from './processes/front-door.js';
import type { ReplicaSet } from './processes/replica-set.js';

/** Everything that a round may end, and the eyes to see what comes of it. */
export interface Trial {
  readonly simulator: Simulator;
  readonly set: ReplicaSet;
  readonly ships: readonly Ship[];
  readonly door: FrontDoor;
  /** The same database, seen from here. */
  readonly services: Services;
  /** The operator's tool, a process of its own. */
  readonly ghs: Ghs;
  readonly tenants: readonly TrialTenant[];
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
}

/** A connected tenant whose people are in GetHomeSafe. */
export interface TrialTenant {
  readonly enterpriseId: string;
  readonly tenant: Tenant;
  /** Object ids of people whom the steady stream edits. */
  readonly people: readonly string[];
  /** Somebody whom only rounds edit, to see when changes arrive again. */
  readonly probe: string;
}

const PEOPLE = 40;
const GROUPS = 4;
const TENANTS = 2;
const RUN_WITHIN_MS = 60 * SECOND_MS;
const SUBSCRIBED_WITHIN_MS = 60 * SECOND_MS;
/** Sooner than Graph sends again, so that a trial has time for more rounds. */
const DELIVERY = { retryFirstMs: 500, retryMostMs: 4 * SECOND_MS };

export function startTenants(seed: number): Promise<Simulator> {
  const each = { people: PEOPLE, groups: GROUPS, consentedRoles: REQUESTED_ROLES };
  return startSimulator({ seed, tenants: Array.from({ length: TENANTS }, () => each), deliveryLimits: DELIVERY });
}

/** Groups of a tenant whose members may be read. */
export function openGroups({ view }: Tenant): string[] {
  return [...view().groups()].filter(({ hiddenMembership }) => !hiddenMembership).map(({ id }) => id);
}

/** Runs the tenant's first sync and waits until Graph tells of what comes after it. */
export async function firstSync(
  { services, signal }: Pick<Trial, 'services' | 'signal'>,
  { enterpriseId, tenant }: Pick<TrialTenant, 'enterpriseId' | 'tenant'>,
): Promise<TrialTenant> {
  const wanted = { enterpriseId, trigger: 'manual', requestedBy: 'trial', dry: false } as const;
  const { run: asked } = await services.runs.request(wanted);
  const run = await services.runs.wait(asked._id, { timeoutMs: RUN_WITHIN_MS });
  if (!run.status.startsWith('succeeded')) throw new Error(`The first sync ended as ${run.status}: ${run.message}`);
  const isSubscribed = async () =>
    (await services.subscriptions.ofTenant(tenant.id)).filter(({ state }) => state === 'active').length === 2;
  await waitUntil(isSubscribed, { for: 'two active subscriptions', limitMs: SUBSCRIBED_WITHIN_MS, signal });
  const linked = await recordsOf(services, enterpriseId);
  const [probe, ...people] = [...linked].filter(([, { status }]) => status !== 'archived').map(([id]) => id);
  if (probe === undefined || people.length === 0) throw new Error(`Nobody of tenant ${tenant.id} came in.`);
  return { enterpriseId, tenant, people, probe };
}

/** Records of an enterprise by object id. */
export async function recordsOf(services: Services, enterpriseId: string): Promise<ReadonlyMap<string, UserRow>> {
  const rows = await services.store.collection<UserRow>(USERS).find({ enterpriseId }).toArray();
  return new Map(rows.flatMap((row) => (row.entra ? [[row.entra.objectId, row] as const] : [])));
}

/** The epoch in which a tenant is worked now. */
export async function epochOf({ services }: Trial, { enterpriseId }: TrialTenant): Promise<number> {
  const fence = await services.store.collection<FenceRow>(FENCES).findOne({ _id: enterpriseId });
  return fence?.epoch ?? 0;
}

/** The process that works a tenant, by what the processes said of themselves; null while nobody does. */
export async function ownerOf(trial: Trial, of: TrialTenant): Promise<{ ship: Ship; epoch: number } | null> {
  const epoch = await epochOf(trial, of);
  for (const ship of trial.ships) {
    const told = (await ship.tenures()).filter((each) => each.tenantId === of.tenant.id && each.epoch === epoch);
    if (told.length > 0) return told.at(-1)?.event === 'owner.started' && ship.isRunning() ? { ship, epoch } : null;
  }
  return null;
}
