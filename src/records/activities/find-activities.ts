import type { ClientSession, Filter } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { ORDINARY_TYPE } from '../../projection/calendar/default-calendar-rule.js';
import type { Store } from '../../store/connect.js';
import { createFindPeople } from '../people/find-people.js';
import { ACTIVITIES, type ActivityRow, type ActivityStatus, type AlertKind } from './types.js';

/** An activity as it is shown (`ghs activity list`). */
export interface ActivityView {
  readonly id: string;
  /** Id of the user. */
  readonly person: string;
  readonly name: string;
  /** null: made by hand, where nobody is asked for one. */
  readonly type: string | null;
  readonly status: ActivityStatus;
  readonly alert: AlertKind | null;
  readonly start: Date | null;
  readonly finish: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly cancelledReason: ActivityRow['cancelledReason'];
  readonly source: ActivityRow['source'];
  readonly destination: string | null;
  /** It came from a calendar and follows it no more. */
  readonly detached: boolean;
}

export interface ActivityFilter {
  /** Id, object id or e-mail. */
  readonly person?: string;
  /** `open`: active or alerted. */
  readonly status?: ActivityStatus | 'open';
  /** Only what is open, or ends after that, in the order of its start. */
  readonly toComeAt?: Date;
  readonly limit?: number;
}

/** An activity by its id, or a person's open one. */
export type ActivityRef = { readonly enterpriseId: string } & (
  | { readonly activity: string }
  | { readonly person: string }
);

export interface FindActivities {
  /** Throws where there is none, or where a person has more than one open. */
  find(ref: ActivityRef, session: ClientSession): Promise<ActivityRow>;
  /** In the order in which they were made. */
  list(enterpriseId: string, filter?: ActivityFilter): Promise<ActivityView[]>;
}

export function createFindActivities({ store }: { store: Store }): FindActivities {
  const rows = store.collection<ActivityRow>(ACTIVITIES);
  const people = createFindPeople({ store });
  return {
    find,
    list: async (enterpriseId, filter = {}) => {
      const { person, status, toComeAt, limit = 0 } = filter;
      const wanted: Filter<ActivityRow> = {
        enterpriseId,
        ...(person === undefined ? {} : { userId: (await people.find(enterpriseId, person))._id }),
        ...(status === undefined ? {} : status === 'open' ? { open: true } : { status }),
        ...(toComeAt === undefined ? {} : { $or: [{ open: true }, plannedAfter(toComeAt)] }),
      };
      const order: Record<string, 1> =
        toComeAt === undefined ? { createdAt: 1, _id: 1 } : { scheduledStart: 1, _id: 1 };
      return (await rows.find(wanted).sort(order).limit(limit).toArray()).map(activityView);
    },
  };

  async function find(ref: ActivityRef, session: ClientSession): Promise<ActivityRow> {
    const { enterpriseId } = ref;
    if ('activity' in ref) {
      return (await rows.findOne({ _id: ref.activity, enterpriseId }, { session })) ?? noSuchActivity(ref.activity);
    }
    const { _id: userId } = await people.find(enterpriseId, ref.person, session);
    const open = await rows.find({ enterpriseId, userId, open: true }, { session }).toArray();
    const [only, ...others] = open;
    if (only && others.length === 0) return only;
    throw only ? severalOpen(open) : nothingOpen();
  }
}

function plannedAfter(now: Date): Filter<ActivityRow> {
  return { status: { $in: ['scheduled', 'awaiting_approval'] }, scheduledFinish: { $gt: now } };
}

function noSuchActivity(id: string): never {
  const text = `There is no activity ${id} in this enterprise.`;
  throw new AppError('activity_not_found', text, { status: 404, field: 'activity', command: 'ghs activity list' });
}

function nothingOpen(): AppError {
  const text = 'No activity of this person is active or alerted.';
  const command = 'ghs activity list --person PERSON';
  return new AppError('activity_not_found', text, { status: 404, field: 'person', command });
}

function severalOpen(open: readonly ActivityRow[]): AppError {
  const text = `More than one activity of this person is open: say which. They are ${open.map(({ _id }) => _id).join(', ')}.`;
  return new AppError('activity_ambiguous', text, { status: 409, field: 'activity' });
}

/** The activity as it is shown. */
export function activityView(row: ActivityRow): ActivityView {
  const { _id: id, userId: person, name, status, alert, startedAt, finishedAt, cancelledReason, source } = row;
  const { scheduledStart: start, scheduledFinish: finish, destination } = row;
  const shown = { id, person, name, status, alert, start, finish, startedAt, finishedAt, cancelledReason, source };
  const type = row.type ?? (source === 'entra_calendar' ? ORDINARY_TYPE : null);
  return { ...shown, type, destination, detached: row.calendar?.detached === true };
}
