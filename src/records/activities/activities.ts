import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { createLedger } from '../ledger.js';
import { aboutUser, causeOf, ledgerRows } from '../ledger-rows.js';
import { createFindPeople } from '../people/find-people.js';
import { recordTransaction } from '../people/record-transaction.js';
import { noteWaiters } from '../people/waiters.js';
import type { By, PersonRef } from '../people.js';
import type { RecordDeps } from '../record-deps.js';
import type { UserRow } from '../types.js';
import {
  type ActivityAct,
  type ActivityEntry,
  alerted,
  approved,
  createdEntry,
  finished,
  keepsPerson,
  removed,
  started,
} from './activity-acts.js';
import {
  type ActivityRef,
  type ActivityView,
  activityView,
  createFindActivities,
  type FindActivities,
} from './find-activities.js';
import { plannedActivity, type ScheduledActivity, unplannedActivity } from './new-activity.js';
import { noteCalendar } from './note-calendar.js';
import { ACTIVITIES, type ActivityRow, ALERT_KINDS, type AlertKind } from './types.js';

/** What people do with their activities. Each act is one transaction, ordered with the sync, with its ledger entry. */
export interface Activities extends Pick<FindActivities, 'list'> {
  schedule(ref: PersonRef, planned: ScheduledActivity, by: By): Promise<ActivityView>;
  /** Starts a planned activity. */
  start(ref: { readonly enterpriseId: string; readonly activity: string }, by: By): Promise<ActivityView>;
  /** Starts an activity that was not planned, now. */
  startNow(ref: PersonRef, about: { readonly name?: string | undefined }, by: By): Promise<ActivityView>;
  /** Allows an activity whose type asks for approval (E57). */
  approve(ref: ActivityRef, by: By): Promise<ActivityView>;
  /** Deletes what has not started; a calendar's activity is not made again (E50). */
  remove(ref: ActivityRef, by: By): Promise<ActivityView>;
  /** Whoever waits for it to archive the person is looked at again (law L6), and a calendar that wanted something else of it. */
  finish(ref: ActivityRef, by: By): Promise<ActivityView>;
  /** `kind`: one of `ALERT_KINDS`. Archived people can be missing too. */
  alert(ref: ActivityRef, kind: string, by: By): Promise<ActivityView>;
}

export function createActivities(deps: RecordDeps): Activities {
  const { store, clock, chance, changes } = deps;
  const rows = store.collection<ActivityRow>(ACTIVITIES);
  const ledger = createLedger(deps);
  const people = createFindPeople(deps);
  const finding = createFindActivities(deps);

  return {
    list: finding.list,
    schedule: (ref, planned, by) =>
      make(ref, by, { why: 'planned by hand', of: (user, about) => plannedActivity(user, planned, about) }),
    startNow: (ref, about, by) =>
      make(ref, by, {
        why: 'started by the person',
        of: async (user, made, session) => {
          await refuseSecond(user, session);
          return unplannedActivity(user, about, made);
        },
      }),
    start: (ref, by) =>
      act(ref, by, async (activity, { user, session }) => {
        const next = started(activity, clock.now());
        if (next.entry === null) return next;
        refuseArchived(user);
        await refuseSecond(user, session);
        return next;
      }),
    approve: (ref, by) => act(ref, by, async (activity) => approved(activity, clock.now())),
    remove: (ref, by) => act(ref, by, async (activity) => removed(activity, clock.now())),
    finish: (ref, by) => act(ref, by, async (activity) => finished(activity, clock.now())),
    alert: async (ref, kind, by) => {
      const wanted = alertKind(kind);
      // Of an archived person too: whoever is missing is looked for, whatever the directory says of the account.
      return act(ref, by, async (activity) => alerted(activity, wanted, clock.now()));
    },
  };

  /** Makes one activity of one person; nobody who is archived gets a new one. */
  function make(
    { enterpriseId, person }: PersonRef,
    by: By,
    plan: {
      readonly why: string;
      of(user: UserRow, about: { id: string; now: Date }, session: ClientSession): ActivityRow | Promise<ActivityRow>;
    },
  ): Promise<ActivityView> {
    const id = chance.guid();
    return recordTransaction(deps, enterpriseId, async (session) => {
      // An earlier attempt whose answer was lost may have made it.
      const before = await rows.findOne({ _id: id, enterpriseId }, { session });
      if (before) return activityView(before);
      const user = refuseArchived(await people.find(enterpriseId, person, session));
      const activity = await plan.of(user, { id, now: clock.now() }, session);
      await rows.insertOne(activity, { session });
      await record(user, createdEntry(activity, plan.why), { by, session });
      return activityView(activity);
    });
  }

  /** Plans and writes one act on one activity. An act that changes nothing writes nothing. */
  function act(
    ref: ActivityRef,
    by: By,
    plan: (activity: ActivityRow, at: { user: UserRow; session: ClientSession }) => Promise<ActivityAct>,
  ): Promise<ActivityView> {
    const { enterpriseId } = ref;
    return recordTransaction(deps, enterpriseId, async (session) => {
      const before = await finding.find(ref, session);
      const user = await people.find(enterpriseId, before.userId, session);
      const { activity, entry } = await plan(before, { user, session });
      if (entry === null) return activityView(before);
      await rows.replaceOne({ _id: before._id, enterpriseId }, activity, { session });
      await record(user, entry, { by, session });
      const now = clock.now();
      if (keepsPerson(before, now) && !keepsPerson(activity, now))
        await noteWaiters({ store, changes }, [`activity:${user._id}`], session);
      await noteCalendar({ store, changes }, { activity, user }, session);
      return activityView(activity);
    });
  }

  /** One person can run one activity at a time (E52). */
  async function refuseSecond({ _id: userId, enterpriseId }: UserRow, session: ClientSession): Promise<void> {
    const running = await rows.findOne({ enterpriseId, userId, open: true, status: 'active' }, { session });
    if (running === null) return;
    const text = `This person runs the activity ${running._id} already: finish it first.`;
    throw new AppError('activity_running', text, { status: 409, field: 'person' });
  }

  async function record(
    user: UserRow,
    entry: ActivityEntry,
    { by, session }: { by: By; session: ClientSession },
  ): Promise<void> {
    const about = { ...aboutUser(user), at: clock.now(), cause: causeOf(by), newId: chance.guid };
    await ledger.insert(ledgerRows([entry], about), session);
  }
}

function alertKind(text: string): AlertKind {
  const kind = ALERT_KINDS.find((each) => each === text);
  if (kind !== undefined) return kind;
  const message = `There is no alert "${text}": give one of ${ALERT_KINDS.join(', ')}.`;
  throw new AppError('invalid_input', message, { field: 'kind' });
}

function refuseArchived(user: UserRow): UserRow {
  if (user.status !== 'archived') return user;
  const text = `The person ${user._id} is archived: restore the profile first.`;
  const command = 'ghs people archive --off';
  throw new AppError('person_archived', text, { status: 409, field: 'person', command });
}
