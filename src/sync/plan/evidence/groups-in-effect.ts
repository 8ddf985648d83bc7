import { sameValue } from '../../../kernel/same-value.js';
import type { PersonRow } from '../../../mirror/types.js';
import type { GroupState, PlannedChange } from '../../../projection/types.js';
import type { DecideInput } from '../decide.js';
import type { EnterpriseContext } from '../load-inputs.js';

/**
 * A run moves the groups in effect, but for those that could not be read: about them it knows nothing (law L8). One that
 * is mapped no more is in effect no more: an administrator took it away.
 */
export function withGroupsInEffect(row: PersonRow, { read, context, rules }: DecideInput): PersonRow {
  const asTheyHappen = context.integration.inEffect?.settings.groupChanges !== 'next_sync';
  if (asTheyHappen) return { ...row, groupIdsInEffect: row.groupIds };
  if (!read.movesGroups) return row;
  const mapped = new Set(rules.mappings.map(({ groupId }) => groupId));
  const unread = row.groupIdsInEffect.filter((id) => mapped.has(id) && context.groups.get(id) !== 'ok');
  return { ...row, groupIdsInEffect: [...new Set([...row.groupIds, ...unread])].sort() };
}

/**
 * Where changes take effect at the next sync, a run's read that a newer one overtook moved nothing: the run has to read
 * that person once more, or the team would come a whole sync later.
 */
export function awaitsRun(row: PersonRow | undefined, { integration }: EnterpriseContext): boolean {
  if (integration.inEffect?.settings.groupChanges !== 'next_sync') return false;
  return row === undefined || !sameValue(row.groupIds.toSorted(), row.groupIdsInEffect.toSorted());
}

/** Whom a plan leaves alone, their groups come into effect with the run that brings them in. */
export function asPlanned(
  row: PersonRow,
  unplanned: readonly PlannedChange[],
  { context, row: before }: DecideInput,
): PersonRow {
  const atNextSync = context.integration.inEffect?.settings.groupChanges === 'next_sync';
  if (unplanned.length === 0 || !atNextSync) return row;
  return { ...row, groupIdsInEffect: before?.groupIdsInEffect ?? [] };
}

/**
 * A group that the person seems to have left is evidence only when it was read itself after the person; one that they
 * are in, although it is not in effect yet, takes nothing on that account.
 */
export function groupsAsEvidence(
  { before, row }: { before: PersonRow | null; row: PersonRow },
  { read, user, rules, context }: DecideInput,
): ReadonlyMap<string, GroupState> {
  // What a list lacks takes nothing, but names who has to be read by themselves (law L8).
  if (read.seen.state !== 'present' || read.evidence === 'list') return context.groups;
  const inNow = new Set(read.seen.groupIds);
  const justifying = new Set(user?.memberships.flatMap(({ mappingIds }) => mappingIds) ?? []);
  const had = rules.mappings.filter(({ id }) => justifying.has(id)).map(({ groupId }) => groupId);
  // To be archived for having left takes the evidence of every mapped group (law L8).
  const isLeaving = user !== null && rules.onLeaveAllGroups === 'archive' && inNow.size === 0;
  const all = isLeaving ? rules.mappings.map(({ groupId }) => groupId) : [];
  const lost = [...(before?.groupIds ?? []), ...had, ...all].filter((groupId) => !inNow.has(groupId));
  const waiting = row.groupIds.filter((groupId) => !row.groupIdsInEffect.includes(groupId));
  if (lost.length + waiting.length === 0) return context.groups;
  const groups = new Map<string, GroupState>(context.groups);
  for (const groupId of waiting) groups.set(groupId, 'unreadable');
  for (const groupId of lost) groups.set(groupId, read.freshGroups.get(groupId) ?? 'unreadable');
  return groups;
}
