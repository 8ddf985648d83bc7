import type { Scene } from '../history/scene.js';
import type { Stage } from '../history/stage.js';
import type { DirectoryFacts, MappingFacts, OracleFacts, OracleRecord } from '../oracle/facts.js';
import { MAILBOX_ZONE, PROPERTY_OF } from '../oracle/values.js';

const PROPERTIES = ['mail', ...Object.values(PROPERTY_OF), MAILBOX_ZONE];
const DAY_MS = 86_400_000;

type View = ReturnType<Stage['tenant']['view']>;

/** Remembers what the directory ever said, commit by commit. */
export interface Chronicle {
  facts(): DirectoryFacts[];
  /** Whether anything was done about somebody, to any group or to mappings since the history began. */
  isTouched(objectId: string): boolean;
  /** What is mapped is another now. */
  remapped(): void;
  /** Values that a property of somebody has had since then, raw. */
  since(objectId: string, property: string, atMs: number): readonly (string | null)[];
}

export function createChronicle(
  { tenant, time }: Stage,
  scene: () => Scene | null,
  mapped: () => readonly string[],
): Chronicle {
  const past = new Map<string, Record<string, { atMs: number; value: string | null }[]>>();
  const touched = new Set<string>();
  let areGroupsTouched = false;
  const pastGroups = new Map<string, Set<string>>();
  tenant.onCommit(({ kind, objectId }) => {
    const view = tenant.view();
    if (scene() !== null && kind === 'user') touched.add(objectId);
    if (scene() !== null && kind !== 'user') areGroupsTouched = true;
    if (kind === 'user') remember(view, objectId);
    else for (const id of scene()?.people ?? []) rememberGroups(view, id);
  });
  return {
    since: valuesSince,
    isTouched: (objectId) => areGroupsTouched || touched.has(objectId),
    remapped: () => {
      areGroupsTouched = true;
    },
    facts: () => {
      const view = tenant.view();
      return (scene()?.people ?? []).map((objectId) => {
        remember(view, objectId);
        rememberGroups(view, objectId);
        return factsOf(view, objectId);
      });
    },
  };

  function valuesSince(objectId: string, property: string, atMs: number): (string | null)[] {
    const all = past.get(objectId)?.[property] ?? [];
    const from = all.findLastIndex((each) => each.atMs <= atMs);
    return [...new Set(all.slice(Math.max(0, from)).map(({ value }) => value))];
  }

  function remember(view: View, objectId: string): void {
    const user = view.user(objectId);
    if (!user) return;
    const known = past.get(objectId) ?? {};
    past.set(objectId, known);
    for (const name of PROPERTIES) {
      const values = known[name] ?? [];
      known[name] = values;
      const value = name === MAILBOX_ZONE ? zoneOf(user) : ((user.properties[name] as string | null) ?? null);
      if (values.at(-1)?.value !== value) values.push({ atMs: time.nowMs(), value });
    }
  }

  function rememberGroups(view: View, objectId: string): void {
    const known = pastGroups.get(objectId) ?? new Set();
    pastGroups.set(objectId, known);
    for (const groupId of groupsOf(view, objectId)) if (mapped().includes(groupId)) known.add(groupId);
  }

  function factsOf(view: View, objectId: string): DirectoryFacts {
    const user = view.user(objectId);
    const text = (name: string) => (user?.properties[name] as string | null | undefined) ?? null;
    return {
      objectId,
      state: user === undefined ? 'gone' : user.deletedAtMs === null ? 'present' : 'in_bin',
      isEnabled: user?.properties['accountEnabled'] !== false,
      isGuest: user?.properties['userType'] === 'Guest',
      mail: text('mail'),
      properties: Object.fromEntries(PROPERTIES.map((name) => [name, text(name)])),
      groupIds: groupsOf(view, objectId).filter((id) => mapped().includes(id)),
      past: Object.fromEntries(PROPERTIES.map((name) => [name, valuesSince(objectId, name, 0)])),
      pastGroupIds: [...(pastGroups.get(objectId) ?? [])],
    };
  }
}

function zoneOf({ mailbox }: NonNullable<ReturnType<View['user']>>): string | null {
  return typeof mailbox === 'object' ? (mailbox.timeZone ?? null) : null;
}

/** Every live group above somebody. */
function groupsOf(view: View, objectId: string): string[] {
  const found = new Set<string>();
  const climb = (id: string) => {
    for (const parent of view.parentsOf(id)) {
      if (found.has(parent)) continue;
      found.add(parent);
      climb(parent);
    }
  };
  climb(objectId);
  return [...found];
}

/** Everything that the oracle is told. */
export async function gatherFacts(
  stage: Stage,
  scene: Scene,
  told: { records: readonly OracleRecord[]; chronicle: Chronicle } & Pick<OracleFacts, 'typedPhones' | 'everMapped'>,
): Promise<OracleFacts> {
  const { db } = stage.desk.store;
  const { enterpriseId } = scene;
  const integration = await db.collection('integrations').findOne({ _id: enterpriseId as never });
  const settings = integration?.['inEffect']?.settings;
  const decisions = await db.collection('decisions').find({ enterpriseId }).toArray();
  const parked = await db.collection('changes').find({ tenantId: stage.tenant.id, isParked: true }).toArray();
  const view = stage.tenant.view();
  const mappings: MappingFacts[] = settings.mappings;
  const { onLeaveAllGroups, onDisabledOrDeleted, includeGuests } = settings;
  return {
    ...{ mappings, onLeaveAllGroups, onDisabledOrDeleted, includeGuests },
    people: told.chronicle.facts(),
    records: told.records,
    lostGroups: new Set(mappings.map(({ groupId }) => groupId).filter((id) => view.group(id)?.deletedAtMs !== null)),
    undecided: new Set([...decisions, ...parked].map(({ objectId }) => String(objectId))),
    typedPhones: told.typedPhones,
    everMapped: told.everMapped,
    inTheField: await inTheField(stage, scene),
  };
}

async function inTheField({ desk, time }: Stage, { enterpriseId }: Scene): Promise<Set<string>> {
  const all = await desk.store.db.collection('activities').find({ enterpriseId }).toArray();
  const nowMs = time.nowMs();
  const keeps = all.filter(({ open, status, scheduledStart, scheduledFinish }) => {
    if (open === true) return true;
    if (status !== 'scheduled' || !scheduledStart || scheduledStart.getTime() > nowMs) return false;
    return (scheduledFinish ?? scheduledStart).getTime() + DAY_MS > nowMs;
  });
  return new Set(keeps.map(({ userId }) => String(userId)));
}
