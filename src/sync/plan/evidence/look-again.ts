import { sameContent, wentBackUntil } from '../../../mirror/next-row.js';
import type { PersonRow } from '../../../mirror/types.js';
import type { DecideInput, PersonRead, Times } from '../decide.js';

/** A notified read that shows nothing new is repeated a few times, because replicas lag (law L7). */
export function withLook(
  row: PersonRow,
  { before, read, times }: { before: PersonRow | null; read: PersonRead; times: Times },
): PersonRow {
  const back = before && wentBackUntil(before, read.seen, read.moment);
  if (back) return { ...row, look: { at: back, index: times.looksMs.length } };
  // What the mailbox says is no answer of the directory: whoever is looked for there stays so.
  if (read.seen.state === 'mailbox') return row;
  if (!before || !sameContent(before, row)) return { ...row, look: null };
  return { ...row, look: nextLook(row, { read, times }) };
}

/**
 * A newcomer whom Graph or delta names as a member and the read does not show as one: as unread as before, until the
 * looks, or the lag, are over.
 */
export function expected({ read, row: before, times }: DecideInput): PersonRow | null {
  if (before?.state !== 'unread') return null;
  const look = nextLook(before, { read, times });
  return look && { ...before, ticket: read.moment.ticket, look };
}

/** When a read that shows nothing new is to be repeated; null: not at all. */
function nextLook(row: PersonRow, { read, times }: Pick<DecideInput, 'read' | 'times'>): PersonRow['look'] {
  const at = read.moment.at.getTime();
  if (isUntold(read, row)) return { at: new Date(at + read.moment.lagMs), index: times.looksMs.length };
  const index = read.notified ? 0 : (row.look?.index ?? times.looksMs.length - 1) + 1;
  const waitMs = times.looksMs[index];
  return waitMs === undefined ? null : { at: new Date(at + waitMs), index };
}

/**
 * Delta named the person, Graph told of nothing and the read shows nothing new: what it read from may be behind, and no
 * later round would name the person again (law L15).
 */
function isUntold({ round = null, notified, moment }: PersonRead, { notifiedAt }: PersonRow): boolean {
  if (round === null || notified || moment.lagMs === 0) return false;
  return !notifiedAt || notifiedAt.getTime() < moment.at.getTime() - moment.lagMs;
}
