import { sameValue } from '../../kernel/same-value.js';
import { FIELD_TARGETS, type Fields, type FieldTarget } from '../../projection/types.js';
import { hashOf } from '../../projection/verdicts/decision.js';
import { cancelled, isOfActivity } from '../activities/activity-acts.js';
import { IS_OUT } from '../activities/leavers.js';
import type { ActivityRow } from '../activities/types.js';
import { type ActEntry, withEmailKey } from '../people/person-acts.js';
import type { LedgerRow, MembershipRow, UserRow } from '../types.js';
import { activityBack } from './activity-back.js';
import { declinedBy, idsOf } from './declined-by.js';
import { unarchived, unrestored } from './lifecycle-back.js';
import { CHANGED, type Step, type UndoneEntry, type UndoPlan, type UndoQuestion, type UndoSkip } from './types.js';

/** Nobody is put into a team of an organisation that is not theirs (E3, E4). */
const MOVED = 'The person was moved to another organisation since.';
const GONE = { why: 'The record does not exist any more.' };

/**
 * Goes back over what the sync wrote, newest first: where the record still holds what was written, it gets what it had
 * before, with where that came from; the value at the source is declined (law L11). Pure.
 */
export function planUndo(question: UndoQuestion): UndoPlan {
  const plan = goBack(question);
  const kept = plan.skipped.find(({ entry }) => entry.kind === 'create');
  const isOfIt = ({ at }: LedgerRow) => at.getTime() === kept?.entry.at.getTime();
  const ofIt = question.entries.filter(isOfIt);
  if (kept === undefined || ofIt.length < 2) return plan;
  // A record that stays keeps what it was made with: no undo leaves half of a creation.
  const rest = goBack({ ...question, entries: question.entries.filter((entry) => !isOfIt(entry)) });
  return { ...rest, skipped: [...rest.skipped, ...ofIt.map((entry) => ({ entry, why: kept.why }))] };
}

function goBack(question: UndoQuestion): UndoPlan {
  const entries: UndoneEntry[] = [];
  const besides: ActEntry[] = [];
  const skipped: UndoSkip[] = [];
  const declined = new Map<string, string>();
  // As they are after the steps taken so far: what one step plans again the next may cancel.
  const activities = new Map(question.activities);
  let user = question.user;
  for (const entry of inUndoOrder(question.entries)) {
    if (isOfActivity(entry)) {
      const back = activityBack(activities.get(entry.activityId ?? ''), { entry, user, now: question.now });
      if ('why' in back) skipped.push({ entry, why: back.why });
      else {
        activities.set(back.activity._id, back.activity);
        // Of several writes the newest holds what the source says now.
        if (back.declined && !declined.has(back.declined.subject))
          declined.set(back.declined.subject, hashOf(back.declined.value));
        entries.push({ ...back.entry, undoes: entry._id });
      }
      continue;
    }
    const step = user === null ? GONE : stepBack(user, entry, { ...question, activities });
    if ('why' in step) {
      skipped.push({ entry, why: step.why });
      continue;
    }
    const { subject, value } = declinedBy(entry, question.user);
    // Of several writes the newest holds what the source says now.
    if (!declined.has(subject)) declined.set(subject, hashOf(value));
    entries.push({ ...step.entry, undoes: entry._id });
    for (const { activity } of step.besides ?? []) activities.set(activity._id, activity);
    besides.push(...(step.besides ?? []).map((each) => each.entry));
    user = step.user && { ...step.user, updatedAt: question.now };
  }
  // Of somebody who is not there any more only the coming in is declined.
  const kept = [...declined].filter(([subject]) => user !== null || subject === 'create');
  return {
    ...{ user, entries, besides, skipped },
    activities: [...activities.values()].filter((each) => each !== question.activities.get(each._id)),
    declined: kept.map(([subject, valueHash]) => ({ subject, valueHash })),
  };
}

/** Newest first; of one write activities after their person, and the creation last, on which everything else stands. */
function inUndoOrder(entries: readonly LedgerRow[]): LedgerRow[] {
  const rank = (entry: LedgerRow) => (entry.kind === 'create' ? 2 : Number(isOfActivity(entry)));
  return [...entries].sort((a, b) => b.at.getTime() - a.at.getTime() || rank(a) - rank(b));
}

function stepBack(user: UserRow, entry: LedgerRow, question: UndoQuestion): Step {
  switch (entry.kind) {
    case 'create':
      return uncreated(user, entry, question);
    case 'update':
      return entry.field === null ? { why: CHANGED } : fieldBack(user, { entry, field: entry.field }, question);
    case 'join':
    case 'leave':
      return entry.teamId === null ? { why: CHANGED } : membershipBack(user, { entry, teamId: entry.teamId }, question);
    case 'archive':
      return unarchived(user, entry, question);
    case 'restore':
      return unrestored(user, entry, question);
    case 'activity_create':
    case 'activity_update':
    case 'activity_cancel':
    case 'link':
      return { why: CHANGED };
    case 'remove':
      return { why: 'A removed record cannot be brought back by undo: the next sync imports the person.' };
  }
}

/** A record that the sync made goes again, if it still is what the sync made, and with it what its calendar planned. */
function uncreated(user: UserRow, { after, provenance }: LedgerRow, { isOut, activities, now }: UndoQuestion): Step {
  if (user.status !== 'invited') return { why: 'The person uses GetHomeSafe already: archive the profile instead.' };
  if (isOut) return { why: IS_OUT };
  const made = after as Fields | null;
  // As it was made, or as the sync filled it since: time zones come a moment later.
  const given = user.entra?.lastSynced ?? {};
  const isUntouched = FIELD_TARGETS.every(
    (field) => user[field] === (made?.[field] ?? null) || user[field] === given[field],
  );
  const isMoved = provenance?.organisationId !== undefined && provenance.organisationId !== user.organisationId;
  if (!isUntouched || isMoved || user.memberships.length > 0 || user.isAccountAdmin || user.origin !== 'entra')
    return { why: CHANGED };
  const all = [...activities.values()];
  if (!all.every(isOnlyPlanned)) return { why: 'The person has activities: archive the profile instead.' };
  const why = 'undone: the sync had added the person';
  return {
    user: null,
    entry: { kind: 'remove', before: made, after: null, why },
    besides: all
      .filter(({ status }) => status !== 'cancelled')
      .map((each) => cancelled(each, { reason: 'undone', why, now })),
  };
}

/** Planned by the person's calendar, and nothing ever came of it. */
function isOnlyPlanned({ source, calendar, open, alert, startedAt, status }: ActivityRow): boolean {
  const isTouched = open === true || alert !== null || startedAt !== null || status === 'finished';
  return source === 'entra_calendar' && !calendar?.detached && !isTouched;
}

function fieldBack(
  user: UserRow,
  { entry, field }: { entry: LedgerRow; field: FieldTarget },
  { takenEmailKeys }: UndoQuestion,
): Step {
  const before = textOf(entry.before);
  if (user[field] !== entry.after || !user.entra) return { why: CHANGED };
  const { [field]: _given, ...others } = user.entra.lastSynced;
  const given = entry.provenance?.lastSynced;
  const lastSynced = given === undefined ? others : { ...others, [field]: given };
  const changed = { ...user, [field]: before, entra: { ...user.entra, lastSynced } };
  const next = field === 'email' ? withEmailKey(changed) : changed;
  if (next.emailKey !== user.emailKey && next.emailKey !== undefined && takenEmailKeys.has(next.emailKey))
    return { why: 'The former address is in use by now.' };
  const why = 'undone: the former value again';
  return { user: next, entry: { kind: 'update', field, before: user[field], after: before, why } };
}

function membershipBack(
  user: UserRow,
  { entry, teamId }: { entry: LedgerRow; teamId: string },
  question: UndoQuestion,
): Step {
  const present = user.memberships.find((membership) => membership.teamId === teamId) ?? null;
  const former = formerMembership(entry, teamId);
  const written = writtenMembership(entry, { teamId, former });
  if (!sameValue(present, written)) return { why: CHANGED };
  const organisation = question.organisationOf.get(teamId);
  if (former !== null && organisation === undefined) return { why: 'The team does not exist any more.' };
  if (former !== null && organisation !== user.organisationId) return { why: MOVED };
  if (former === null && question.isOut) return { why: IS_OUT };
  const others = user.memberships.filter((membership) => membership !== present);
  const memberships = former === null ? others : [...others, former];
  const kind = former === null ? ('leave' as const) : ('join' as const);
  const [before, after] = [factsOf(present), factsOf(former)];
  const why = former === null ? 'undone: out of the team again' : 'undone: in the team as before';
  return { user: { ...user, memberships }, entry: { kind, teamId, before, after, why } };
}

/** What the membership was before the entry. */
function formerMembership(entry: LedgerRow, teamId: string): MembershipRow | null {
  if (entry.provenance?.membership !== undefined) return entry.provenance.membership;
  const mappingIds = idsOf(entry.before);
  return mappingIds.length === 0 ? null : { teamId, isLeader: false, manual: false, mappingIds };
}

/** What the entry left behind: nothing after a leave, the membership with other reasons after a join. */
function writtenMembership(
  entry: LedgerRow,
  { teamId, former }: { teamId: string; former: MembershipRow | null },
): MembershipRow | null {
  if (entry.kind === 'leave') return null;
  const mappingIds = idsOf(entry.after);
  return { ...(former ?? { teamId, isLeader: false, manual: false }), mappingIds };
}

function factsOf(membership: MembershipRow | null): Omit<MembershipRow, 'teamId'> | null {
  if (membership === null) return null;
  const { isLeader, manual, mappingIds } = membership;
  return { isLeader, manual, mappingIds };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
