import type { Clock } from '../kernel/clock.js';
import { DIRECTORY_PERSON } from '../records/people/user-indexes.js';
import { USERS, type UserRow } from '../records/types.js';
import type { Store } from '../store/connect.js';
import { isSyncOn } from '../tenancy/settings/integration-settings.js';
import type { IntegrationRow } from '../tenancy/types.js';
import type { Owner } from './owner.js';

/** Whether and with which settings an owner works on changes now. */
export interface Gate {
  /** Users Sync on, not paused, and Team Sync on or a run open: otherwise changes are noted and wait. */
  isOpen(owner: Owner): Promise<boolean>;
  /** The run that is open at this moment, not as last looked at: only it moves groups in effect and applies a plan. */
  openRunNow(owner: Owner): Promise<string | null>;
  /** What may be worked on now; null: nothing. */
  openTo(owner: Owner): Promise<OpenTo | null>;
  /**
   * Mapped groups in effect at this moment, not as last looked at: what is not in scope is dropped unread, and a run
   * may just have put other groups in effect. Null before the first run has begun (law L14).
   */
  mapped(owner: Owner): Promise<MappedGroups | null>;
  /** By person: groups whose mappings justify a team that the person has. */
  groupsJustifying(owner: Owner, objectIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  integration(owner: Owner): Promise<IntegrationRow | null>;
}

interface Known {
  readonly readAtMs: number;
  readonly integration: IntegrationRow | null;
  readonly openRun: OpenRun | null;
}

export interface OpenTo {
  /** The run to which everything that is applied now belongs: while Team Sync is off only a run applies anything. */
  readonly runId: string | null;
  /** Only what that run noted: it applies a plan exactly, and everything else is not in the plan (law L11). */
  readonly exactly: boolean;
}

/** The run of an enterprise that is queued or running, as far as it matters here. */
export interface OpenRun {
  readonly _id: string;
  readonly planId?: string;
}

export interface MappedGroups {
  /** Revision of the settings that map them. */
  readonly revision: number;
  readonly groupIds: readonly string[];
  /** Who is in none of them any more is archived: that takes the evidence of each (law L8). */
  readonly leaversGo: boolean;
}

/** How long work pauses that the gate does not let pass. */
export const CLOSED_POLL_MS = 250;

/** Settings are read again this often: they never race with changes, because runs alone put them in effect. */
export const FRESH_MS = 250;

export function createGate(deps: {
  store: Store;
  clock: Clock;
  openRun(enterpriseId: string): Promise<OpenRun | null>;
  /** Whether a fault of credential or consent holds the tenant; a run that is open goes on all the same. */
  isHeld?(tenantId: string): boolean;
}): Gate {
  const { store, clock } = deps;
  const known = new Map<string, Known>();
  /** All kinds of work of an owner ask at once: they share one look. */
  const looking = new Map<string, Promise<Known>>();

  return {
    isOpen: async (owner) => (await admitted(owner))?.exactly === false,
    openTo: admitted,
    openRunNow: async ({ enterpriseId }) => (await deps.openRun(enterpriseId))?._id ?? null,
    mapped: async (owner) => {
      const inEffect = (await look(owner)).integration?.inEffect;
      return inEffect ? mappedBy(inEffect.settings, inEffect.revision) : null;
    },
    groupsJustifying: async (owner, objectIds) => {
      const { integration } = await fresh(owner);
      const { enterpriseId, tenantId } = owner;
      const groupOf = new Map(integration?.inEffect?.settings.mappings.map(({ id, groupId }) => [id, groupId]) ?? []);
      const users = await store
        .collection<UserRow>(USERS)
        .find({ enterpriseId, 'entra.tenantId': tenantId, 'entra.objectId': { $in: [...objectIds] } })
        .hint(DIRECTORY_PERSON)
        .project<Pick<UserRow, 'entra' | 'memberships'>>({ entra: 1, memberships: 1 })
        .toArray();
      return new Map(
        users.map(({ entra, memberships }) => [
          entra?.objectId ?? '',
          memberships.flatMap(({ mappingIds }) => mappingIds.flatMap((id) => groupOf.get(id) ?? [])),
        ]),
      );
    },
    integration: async (owner) => (await fresh(owner)).integration,
  };

  async function admitted(owner: Owner): Promise<OpenTo | null> {
    const now = await fresh(owner);
    return deps.isHeld?.(owner.tenantId) && !now.openRun ? null : openTo(now);
  }

  async function fresh(owner: Owner) {
    const last = known.get(owner.enterpriseId);
    if (last && clock.nowMs() - last.readAtMs < FRESH_MS) return last;
    const { enterpriseId } = owner;
    const shared = looking.get(enterpriseId) ?? look(owner).finally(() => looking.delete(enterpriseId));
    looking.set(enterpriseId, shared);
    return shared;
  }

  async function look({ enterpriseId }: Owner): Promise<Known> {
    const integration = await store.collection<IntegrationRow>('integrations').findOne({ _id: enterpriseId });
    const now = { readAtMs: clock.nowMs(), integration, openRun: await deps.openRun(enterpriseId) };
    known.set(enterpriseId, now);
    return now;
  }
}

function openTo(now: { integration: IntegrationRow | null; openRun: OpenRun | null }): OpenTo | null {
  const { integration, openRun } = now;
  if (!integration || !isSyncOn(integration)) return null;
  if (integration.settings.teamSync) return { runId: null, exactly: false };
  return openRun && { runId: openRun._id, exactly: openRun.planId !== undefined };
}

export function mappedBy(settings: IntegrationRow['settings'], revision: number): MappedGroups {
  return { revision, groupIds: groupIdsOf(settings), leaversGo: settings.onLeaveAllGroups === 'archive' };
}

function groupIdsOf(settings: IntegrationRow['settings']): string[] {
  return [...new Set(settings.mappings.map(({ groupId }) => groupId))];
}
