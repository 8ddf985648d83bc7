import type { ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import { calendarNote, manualNote } from '../../changes/merge-notes.js';
import type { Note } from '../../changes/types.js';
import type { Store } from '../../store/connect.js';
import type { UserRow } from '../types.js';

/** The part of a mirrored person that says what the person waits for (law L6). */
interface WaitingRow {
  readonly _id: string;
  readonly tenantId: string;
  readonly objectId: string;
  /** Such as `email:KEY`, `activity:USER` or `leader:TEAM`. */
  readonly waitsFor: readonly string[];
}

/** What others may wait for and a write ended: an address that is free now, a team with one leader more. `after`: null where the record went. */
export function endedStates(before: UserRow | null, after: UserRow | null): string[] {
  if (before === null) return [];
  const isFree = before.emailKey !== undefined && before.emailKey !== after?.emailKey;
  const freed = isFree ? [`email:${before.emailKey}`] : [];
  const led = new Set(ledTeams(before));
  return [
    ...freed,
    ...(after === null ? [] : ledTeams(after)).flatMap((teamId) => (led.has(teamId) ? [] : [`leader:${teamId}`])),
  ];
}

function ledTeams({ status, memberships }: UserRow): string[] {
  if (status === 'archived') return [];
  return memberships.filter(({ isLeader }) => isLeader).map(({ teamId }) => teamId);
}

/** Everybody who waits for one of these states. */
export async function waitersFor(
  store: Store,
  states: readonly string[],
  session: ClientSession,
): Promise<Pick<WaitingRow, 'tenantId' | 'objectId'>[]> {
  if (states.length === 0) return [];
  // The second condition is what the partial index covers.
  const waiting = { waitsFor: { $in: [...states] }, 'waitsFor.0': { $exists: true } };
  return store
    .collection<WaitingRow>('people')
    .find(waiting, { session })
    .project<Pick<WaitingRow, 'tenantId' | 'objectId'>>({ _id: 0, tenantId: 1, objectId: 1 })
    .toArray();
}

/** Notes everybody who waits for one of these states, in the transaction that ends them (law L6). */
export async function noteWaiters(
  { store, changes }: { store: Store; changes: Pick<Changes, 'note'> },
  states: readonly string[],
  session: ClientSession,
): Promise<void> {
  const rows = await waitersFor(store, states, session);
  if (rows.length === 0) return;
  await changes.note(rows.map(manualNote), { session });
}

/**
 * What is looked at anew after an act on somebody of the directory, in the act's own transaction: the person, and their
 * calendar where it hangs on what was changed. `before`: null where the profile is linked only now.
 */
export function looksAfter(before: UserRow | null, after: UserRow): Note[] {
  const { entra } = after;
  if (!entra) return [];
  return [manualNote(entra), ...(movesCalendar(before, after) ? [calendarNote(entra, 'manual')] : [])];
}

/** Whether anything of it is planned, by whose rule (domain 2.9), and where whole days begin (E45). */
function movesCalendar(before: UserRow | null, after: UserRow): boolean {
  if (before === null) return true;
  const cameOrWent = (before.status === 'archived') !== (after.status === 'archived');
  return cameOrWent || before.organisationId !== after.organisationId || before.timeZone !== after.timeZone;
}
