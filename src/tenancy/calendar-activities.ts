import { z } from 'zod';
import { ORDINARY_TYPE } from '../projection/calendar/default-calendar-rule.js';
import { raiseFence } from '../store/fence.js';
import { checked } from './checked-input.js';
import { findOrganisation } from './structure/find-organisation.js';
import { audit, inTransaction, type TenancyDeps } from './tenancy-deps.js';
import { ORGANISATIONS, type OrganisationRow } from './types.js';

const patchSchema = z
  .strictObject({
    type: z.string().trim().min(1, 'is empty: name an activity type, or give null for none').max(100).nullable(),
    needsApproval: z.boolean(),
  })
  .partial();

export type CalendarActivities = NonNullable<OrganisationRow['calendarActivities']>;

/** What an organisation has before anybody chooses. */
export const ORDINARY: CalendarActivities = { type: ORDINARY_TYPE, needsApproval: false };

export function chosenFor(organisation: Pick<OrganisationRow, 'calendarActivities'> | null): CalendarActivities {
  return organisation?.calendarActivities ?? ORDINARY;
}

/** Chooses how calendars become activities in one organisation (E57): those that are made from the next reading of each calendar on. */
export async function setCalendarActivities(
  deps: TenancyDeps,
  input: {
    readonly enterpriseId: string;
    readonly organisationId: string;
    readonly patch: unknown;
    readonly by: string;
  },
): Promise<OrganisationRow> {
  const { enterpriseId, organisationId, by } = input;
  const patch = checked(patchSchema, input.patch);
  return inTransaction(deps, async (session) => {
    const rows = deps.store.collection<OrganisationRow>(ORGANISATIONS);
    const row = await findOrganisation(deps, { enterpriseId, organisationId }, session);
    const before = chosenFor(row);
    const calendarActivities = Object.assign({}, before, patch);
    await raiseFence(deps.store, session, enterpriseId);
    await rows.updateOne({ _id: organisationId }, { $set: { calendarActivities } }, { session });
    const entry = { before, after: { organisationId, ...calendarActivities } };
    await audit(deps, session, { enterpriseId, who: by, what: 'organisation.calendar_activities', ...entry });
    return { ...row, calendarActivities };
  });
}
