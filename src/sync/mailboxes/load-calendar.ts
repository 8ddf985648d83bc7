import type { ClientSession } from 'mongodb';
import { groupBy } from '../../kernel/lists.js';
import type { CalendarRow, Calendars } from '../../mirror/calendars-store.js';
import type { People } from '../../mirror/people-store.js';
import type { PersonRow } from '../../mirror/types.js';
import { isAboutActivity } from '../../projection/verdicts/activity-decision.js';
import { calendarActivitiesOf } from '../../records/activities/calendar-activities.js';
import type { ActivityRow } from '../../records/activities/types.js';
import { DECISIONS, type DecisionRow, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { INTEGRATIONS, type IntegrationRow, ORGANISATIONS, type OrganisationRow } from '../../tenancy/types.js';
import type { Owner } from '../owner.js';
import { loadUsers } from '../plan/load-inputs.js';

/** Everything that a decision on one calendar looks at, beside the calendar as read. */
export interface LoadedCalendar {
  readonly integration: IntegrationRow;
  readonly user: UserRow | null;
  readonly organisation: OrganisationRow | null;
  /** What Entra said of the person. */
  readonly row: PersonRow | null;
  /** What the calendar said when last read. */
  readonly calendar: CalendarRow | null;
  readonly activities: ReadonlyMap<string, ActivityRow>;
  /** What somebody said about what comes from the calendar. */
  readonly decisions: readonly DecisionRow[];
}

/** A person as a plan would leave them. */
export type PlannedPerson = Pick<LoadedCalendar, 'user' | 'row'>;

export interface LoadCalendarDeps {
  readonly store: Store;
  readonly people: Pick<People, 'load'>;
  readonly calendars: Pick<Calendars, 'load'>;
}

interface LoadRequest {
  readonly owner: Pick<Owner, 'enterpriseId' | 'tenantId'>;
  readonly objectIds: readonly string[];
  readonly now: Date;
  /** People to be taken as a plan would leave them, instead of as they are. */
  readonly planned?: ReadonlyMap<string, PlannedPerson> | undefined;
}

/** Some calendars at a time, by object id. */
export async function loadCalendars(
  { store, people, calendars }: LoadCalendarDeps,
  { owner, objectIds, now, planned }: LoadRequest,
  session?: ClientSession,
): Promise<ReadonlyMap<string, LoadedCalendar>> {
  const { enterpriseId, tenantId } = owner;
  const options = session ? { session } : {};
  const integration = await store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId }, options);
  if (!integration) throw new Error(`enterprise ${enterpriseId} has no integration`);
  const these = { $in: [...objectIds] };
  const users = await loadUsers({ store }, { scope: owner, objectIds }, session);
  for (const objectId of objectIds) {
    const instead = planned?.get(objectId)?.user;
    if (instead) users.set(objectId, instead);
  }
  const all = [...users.values()];
  const organisationIds = [...new Set(all.map(({ organisationId }) => organisationId))];
  const found = await store
    .collection<OrganisationRow>(ORGANISATIONS)
    .find({ _id: { $in: organisationIds }, enterpriseId }, options)
    .toArray();
  const organisations = new Map(found.map((organisation) => [organisation._id, organisation]));
  const said = await store
    .collection<DecisionRow>(DECISIONS)
    .find({ enterpriseId, objectId: these }, options)
    .toArray();
  const decisions = groupBy(said.filter(isAboutActivity), ({ objectId }) => objectId);
  const rows = await people.load({ tenantId, objectIds }, session);
  const known = await calendars.load(tenantId, objectIds, session);
  const userIds = all.map(({ _id }) => _id);
  const activities = await calendarActivitiesOf(store, { userIds, now }, session);
  return new Map(
    objectIds.map((objectId): [string, LoadedCalendar] => {
      const user = users.get(objectId) ?? null;
      return [
        objectId,
        {
          integration,
          user,
          organisation: (user && organisations.get(user.organisationId)) ?? null,
          row: planned?.get(objectId)?.row ?? rows.get(objectId) ?? null,
          calendar: known.get(objectId) ?? null,
          decisions: decisions.get(objectId) ?? [],
          activities: new Map((activities.get(user?._id ?? '') ?? []).map((each) => [each._id, each])),
        },
      ];
    }),
  );
}

/** One of them; it was asked for. */
export function loadedOf(loaded: ReadonlyMap<string, LoadedCalendar>, objectId: string): LoadedCalendar {
  const found = loaded.get(objectId);
  if (!found) throw new Error(`the calendar of ${objectId} was not loaded`);
  return found;
}
