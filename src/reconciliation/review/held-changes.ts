import type { Groups } from '../../mirror/groups-store.js';
import type { People as Mirror } from '../../mirror/people-store.js';
import type { PersonRow } from '../../mirror/types.js';
import { FIELD_TARGETS, type FieldTarget } from '../../projection/types.js';
import { isAboutActivity } from '../../projection/verdicts/activity-decision.js';
import { ACTIVITIES, type ActivityRow } from '../../records/activities/types.js';
import { type Decisions, type DecisionView, decisionView } from '../../records/decisions.js';
import { createPlaces } from '../../records/people/places.js';
import { type DecisionRow, USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import type { Labels } from '../history/person-labels.js';
import { fieldsOfPerson, sourceOfPerson } from '../person/source-of-person.js';

/** A decision with what it is about, looked up now: nothing stored is replayed (law L11). */
export interface DecisionInWords extends DecisionView {
  readonly label: string | null;
  /** Id of the record; null where there is none. */
  readonly userId: string | null;
  readonly reason: string | null;
  readonly about: 'create' | 'archive' | 'restore' | 'field' | 'team' | 'activity' | 'problem';
  /** Field, code of a problem, or name of the team or activity; null where it is not there any more. */
  readonly what: string | null;
  /** Of a field or activity: what GetHomeSafe has, and what Entra says. */
  readonly before: string | null;
  readonly after: string | null;
  /** Why it would be taken, where that can be told. */
  readonly why: string | null;
}

export interface DecisionsInWordsDeps {
  readonly store: Store;
  readonly decisions: Pick<Decisions, 'page'>;
  readonly labels: Labels;
  readonly mirror: { readonly people: Pick<Mirror, 'load'>; readonly groups: Pick<Groups, 'load'> };
  readonly integrations: { getIntegration(enterpriseId: string): Promise<IntegrationRow> };
}

export type DecisionsInWords = (
  enterpriseId: string,
  wanted: Parameters<Decisions['page']>[1],
) => Promise<{ items: DecisionInWords[]; next: string | null }>;

interface Ground {
  readonly integration: IntegrationRow;
  readonly users: ReadonlyMap<string, UserRow>;
  readonly rows: ReadonlyMap<string, PersonRow>;
  readonly teamNames: ReadonlyMap<string, string>;
  readonly activities: ReadonlyMap<string, ActivityRow>;
}

export function createDecisionsInWords(deps: DecisionsInWordsDeps): DecisionsInWords {
  const { store, decisions, labels } = deps;
  const places = createPlaces(deps);

  return async (enterpriseId, wanted) => {
    const { rows, next } = await decisions.page(enterpriseId, wanted);
    const integration = await deps.integrations.getIntegration(enterpriseId);
    const ground = await groundOf(integration, rows);
    const items: DecisionInWords[] = [];
    const shown = rows.map((row) => ({ row, person: row.objectId }));
    const tenant = { enterpriseId, tenantId: integration.tenantId ?? '' };
    for (const { row, label } of await labels.add(tenant, shown)) {
      const { userId, reason = null } = row;
      items.push({ ...decisionView(row), label, userId, reason, ...(await wordsOf(row, ground)) });
    }
    return { items, next };
  };

  async function groundOf(integration: IntegrationRow, rows: readonly DecisionRow[]): Promise<Ground> {
    const { _id: enterpriseId, tenantId } = integration;
    const userIds = rows.flatMap(({ userId }) => userId ?? []);
    const users = await store
      .collection<UserRow>(USERS)
      .find({ _id: { $in: userIds }, enterpriseId })
      .toArray();
    const teams = await places.teams(
      enterpriseId,
      rows.flatMap(({ subject }) => (subject.startsWith('team:') ? subject.slice('team:'.length) : [])),
    );
    const keys = rows.filter(isAboutActivity).map(({ subject }) => subject.slice('activity:'.length));
    const activities = await store
      .collection<ActivityRow>(ACTIVITIES)
      .find({ userId: { $in: userIds }, 'calendar.key': { $in: keys, $exists: true } })
      .toArray();
    const objectIds = rows.map(({ objectId }) => objectId);
    return {
      integration,
      users: new Map(users.map((user) => [user._id, user])),
      rows: tenantId === null ? new Map() : await deps.mirror.people.load({ tenantId, objectIds }),
      teamNames: new Map([...teams].map(([id, { name }]) => [id, name])),
      activities: new Map(activities.map((row) => [`${row.userId}:${row.calendar?.key}`, row])),
    };
  }

  async function wordsOf(
    { subject, userId, objectId, verdict }: DecisionRow,
    ground: Ground,
  ): Promise<Pick<DecisionInWords, 'about' | 'what' | 'before' | 'after' | 'why'>> {
    const [kind = '', ...rest] = subject.split(':');
    const of = rest.join(':');
    const user = ground.users.get(userId ?? '') ?? null;
    const nothing = { what: null, before: null, after: null, why: null };
    switch (kind) {
      case 'team':
        return { ...nothing, about: 'team', what: ground.teamNames.get(of) ?? null };
      case 'field':
        return { ...nothing, about: 'field', what: of, ...(await valuesOf(of, { user, objectId, ground })) };
      case 'activity': {
        const activity = ground.activities.get(`${userId}:${of}`);
        const before = activity?.scheduledStart?.toISOString() ?? null;
        return { ...nothing, about: 'activity', what: activity?.name ?? null, before };
      }
      case 'problem':
        return { ...nothing, about: 'problem', what: rest[0] ?? null };
      default: {
        const isHeld = kind === 'archive' && verdict === 'held';
        const why = isHeld ? whyArchived(ground.rows.get(objectId)) : null;
        return { ...nothing, about: kind as 'create' | 'archive' | 'restore', why };
      }
    }
  }

  async function valuesOf(
    target: string,
    { user, objectId, ground: { integration } }: { user: UserRow | null; objectId: string; ground: Ground },
  ): Promise<{ before: string | null; after: string | null }> {
    const field = FIELD_TARGETS.find((each): each is FieldTarget => each === target);
    const source = await sourceOfPerson(deps, { integration, objectId });
    const fields = await fieldsOfPerson(store, { integration, source, user });
    const found = fields.find((each) => each.target === field);
    return { before: found?.value ?? null, after: found?.normalised ?? null };
  }
}

/** What Entra said of somebody who would be archived. */
function whyArchived(row: PersonRow | undefined): string | null {
  if (row === undefined) return null;
  if (row.state === 'soft_deleted' || row.state === 'absent') return 'The person is deleted in Microsoft Entra ID.';
  if (row.attributes?.accountEnabled === false) return 'The account is disabled in Microsoft Entra ID.';
  return 'The person is in no mapped Entra group any more.';
}
