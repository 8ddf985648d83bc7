import type { ClientSession } from 'mongodb';
import type { CalendarRow, Calendars } from '../../mirror/calendars-store.js';
import type { People } from '../../mirror/people-store.js';
import type { PersonRow } from '../../mirror/types.js';
import { isAboutActivity } from '../../projection/verdicts/activity-decision.js';
import { calendarActivitiesOf } from '../../records/activities/calendar-activities.js';
import type { ActivityRow } from '../../records/activities/types.js';
import { DIRECTORY_PERSON } from '../../records/people/user-indexes.js';
import { DECISIONS, type DecisionRow, USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { INTEGRATIONS, type IntegrationRow, ORGANISATIONS, type OrganisationRow } from '../../tenancy/types.js';
import type { Owner } from '../owner.js';

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

interface LoadRequest {
  readonly owner: Pick<Owner, 'enterpriseId' | 'tenantId'>;
  readonly objectId: string;
  /** Instead of the person as they are. */
  readonly planned?: PlannedPerson | undefined;
}

export async function loadCalendar(
  { store, people, calendars }: { store: Store; people: Pick<People, 'load'>; calendars: Pick<Calendars, 'load'> },
  { owner, objectId, planned }: LoadRequest,
  session?: ClientSession,
): Promise<LoadedCalendar> {
  const { enterpriseId, tenantId } = owner;
  const options = session ? { session } : {};
  const integration = await store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId }, options);
  if (!integration) throw new Error(`enterprise ${enterpriseId} has no integration`);
  const present = { enterpriseId, 'entra.tenantId': tenantId, 'entra.objectId': objectId };
  const user = planned
    ? planned.user
    : await store.collection<UserRow>(USERS).findOne(present, { ...options, hint: DIRECTORY_PERSON });
  const organisation =
    user &&
    (await store
      .collection<OrganisationRow>(ORGANISATIONS)
      .findOne({ _id: user.organisationId, enterpriseId }, options));
  const decisions = await store.collection<DecisionRow>(DECISIONS).find({ enterpriseId, objectId }, options).toArray();
  const rows = planned ? new Map() : await people.load({ tenantId, objectIds: [objectId] }, session);
  return {
    integration,
    user,
    organisation,
    row: planned?.row ?? rows.get(objectId) ?? null,
    calendar: await calendars.load(tenantId, objectId, session),
    decisions: decisions.filter(isAboutActivity),
    activities: user ? await calendarActivitiesOf(store, user._id, session) : new Map(),
  };
}
