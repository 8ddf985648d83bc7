import type { ClientSession } from 'mongodb';
import { DAY_MS } from '../../../kernel/clock.js';
import type { Taking } from '../../../projection/guard.js';
import type { TakingKind } from '../../../projection/types.js';
import { DIRECTORY_PERSON } from '../../../records/people/user-indexes.js';
import { DECISIONS, type DecisionRow, LEDGER, type LedgerRow, USERS, type UserRow } from '../../../records/types.js';
import type { LoadDeps, Scope } from '../load-inputs.js';

export interface GuardFacts {
  readonly scope: Scope;
  readonly now: Date;
  readonly session?: ClientSession | undefined;
}

/** What the guard looks back on (law L12). */
export const WINDOW_MS = DAY_MS;
const TAKINGS: readonly TakingKind[] = ['archive', 'team_removal', 'email_change', 'clear'];
/** What people did themselves is no fault of a directory. */
const BY_HAND = ['person', 'undo'] as const;

/**
 * Ripening and held takings of people outside the batch, from their rows, without those that somebody approved, or
 * refused before the window.
 */
export async function ripeningElsewhere(
  { people, store }: LoadDeps,
  { scope, session, now }: GuardFacts,
  here: ReadonlySet<string>,
): Promise<Taking[]> {
  const rows = await people.ripening(scope.tenantId, session);
  const takings = rows.flatMap(({ objectId, ripening }) =>
    here.has(objectId) ? [] : (ripening?.takings ?? []).map((name) => takingOf(objectId, subjectOf(name))),
  );
  if (takings.length === 0) return [];
  // What was said about fields does not matter here, and after a large undo there is much of it.
  const subjects = [...new Set(takings.map(subjectOfTaking))];
  const verdicts: DecisionRow['verdict'][] = ['approved', 'refused', 'declined'];
  const decided = await store
    .collection<DecisionRow>(DECISIONS)
    .find(
      { enterpriseId: scope.enterpriseId, verdict: { $in: verdicts }, subject: { $in: subjects } },
      session ? { session } : {},
    )
    .project<Pick<DecisionRow, 'objectId' | 'subject' | 'verdict' | 'at'>>({
      ...{ objectId: 1, subject: 1, verdict: 1, at: 1 },
    })
    .toArray();
  const counts = ({ verdict, at }: Pick<DecisionRow, 'verdict' | 'at'>) =>
    verdict === 'refused' && now.getTime() - at.getTime() < WINDOW_MS;
  const settled = decided.filter((decision) => !counts(decision));
  const isSettled = new Set(settled.map(({ objectId, subject }) => `${objectId} ${subject}`));
  return takings.filter((taking) => !isSettled.has(`${taking.personId} ${subjectOfTaking(taking)}`));
}

/** By what decisions on it are filed under, as the row names what ripens. */
function subjectOf(name: string): string {
  const [, teamId] = name.split(':');
  return teamId === undefined ? 'archive' : `team:${teamId}`;
}

function subjectOfTaking({ kind, teamIds }: Taking): string {
  return kind === 'team_removal' ? `team:${teamIds.join()}` : kind;
}

/** Of somebody who is not in the batch, so that only teams they are to leave are known. */
export function takingOf(personId: string, subject: string): Taking {
  const [what, name = ''] = subject.split(':');
  if (what === 'team') return { personId, kind: 'team_removal', teamIds: [name] };
  if (what === 'archive') return { personId, kind: 'archive', teamIds: [] };
  return { personId, kind: name === 'email' ? 'email_change' : 'clear', teamIds: [] };
}

/** Which takings of the ledger are asked for: since when, and whether those that somebody approved. */
export interface TakenWanted {
  readonly since: Date;
  readonly approved: boolean;
}

/** What the sync took since then and is still taken: whoever is back, or in the team again, has lost nothing. */
export async function takenSince(
  { store }: LoadDeps,
  { scope, session }: GuardFacts,
  { since, approved }: TakenWanted,
): Promise<Taking[]> {
  const entries = await store
    .collection<LedgerRow>(LEDGER)
    .find(
      {
        enterpriseId: scope.enterpriseId,
        // The type again: without it MongoDB does not see that the partial index has them all.
        taking: { $in: [...TAKINGS], $type: 'string' },
        at: { $gte: since },
        approved: approved ? true : { $ne: true },
        'cause.by': { $nin: [...BY_HAND] },
      },
      session ? { session } : {},
    )
    .project<Pick<LedgerRow, 'userId' | 'objectId' | 'taking' | 'teamId'>>({
      ...{ userId: 1, objectId: 1, taking: 1, teamId: 1 },
    })
    .toArray();
  if (entries.length === 0) return [];
  const users = await placesOf(store, [...new Set(entries.map(({ userId }) => userId))], session);
  return entries.flatMap(({ userId, objectId, taking, teamId }): Taking[] => {
    if (taking === null || taking === 'cancellation') return [];
    const { isArchived, teamIds } = users.get(userId) ?? { isArchived: true, teamIds: [] };
    const isBack = taking === 'archive' ? !isArchived : teamId !== null && teamIds.includes(teamId);
    if (isBack) return [];
    // Those that are pending are told by their object ids.
    return [{ personId: objectId ?? userId, kind: taking, teamIds: teamId === null ? teamIds : [teamId] }];
  });
}

/**
 * The same with the teams in which people are who are not in the batch, of these where given: a team is judged by all of
 * its people.
 */
export async function inTeams(
  { store }: LoadDeps,
  { scope, session }: GuardFacts,
  { takings, teams }: { readonly takings: readonly Taking[]; readonly teams?: ReadonlySet<string> },
): Promise<readonly Taking[]> {
  const whole = takings.filter(({ kind }) => kind !== 'team_removal');
  if (whole.length === 0 || teams?.size === 0) return takings;
  const { enterpriseId, tenantId } = scope;
  const users = await store
    .collection<UserRow>(USERS)
    .find(
      {
        ...{ enterpriseId, 'entra.tenantId': tenantId },
        ...(teams ? { 'memberships.teamId': { $in: [...teams] } } : {}),
        'entra.objectId': { $in: [...new Set(whole.map(({ personId }) => personId))] },
      },
      { hint: DIRECTORY_PERSON, ...(session ? { session } : {}) },
    )
    .project<Pick<UserRow, 'entra' | 'memberships'>>({ 'entra.objectId': 1, 'memberships.teamId': 1 })
    .toArray();
  const places = new Map(users.map(({ entra, memberships }) => [entra?.objectId, memberships]));
  return takings.map((taking) => {
    if (taking.kind === 'team_removal') return taking;
    const teamIds = (places.get(taking.personId) ?? []).map(({ teamId }) => teamId);
    return { ...taking, teamIds: teams ? teamIds.filter((id) => teams.has(id)) : teamIds };
  });
}

interface Places {
  readonly isArchived: boolean;
  readonly teamIds: readonly string[];
}

/** Where people are; archived ones keep their teams. */
export async function placesOf(
  store: LoadDeps['store'],
  userIds: readonly string[],
  session: ClientSession | undefined,
): Promise<Map<string, Places>> {
  const users = await store
    .collection<UserRow>(USERS)
    .find({ _id: { $in: [...userIds] } }, session ? { session } : {})
    .project<Pick<UserRow, '_id' | 'status' | 'memberships'>>({ status: 1, memberships: 1 })
    .toArray();
  return new Map(
    users.map(({ _id, status, memberships }) => [
      _id,
      { isArchived: status === 'archived', teamIds: memberships.map(({ teamId }) => teamId) },
    ]),
  );
}
