import { emailKeyOf } from '../email-address.js';
import { decline } from '../plan.js';
import type { PlannedChange, PresentRecord, Projection } from '../types.js';
import { subjectOf } from './decision.js';

/**
 * The projection without some of its changes, its address following along: who does not come in or back wants none;
 * who stays after all, or keeps the address, wants the present one.
 */
export function leaveOut(
  projection: Projection,
  changes: ReadonlySet<PlannedChange>,
  record: PresentRecord | null,
): Projection {
  if (changes.size === 0) return projection;
  const rest = decline(projection, (change) => changes.has(change));
  const subjects = new Set([...changes].map(subjectOf));
  const present = record?.fields.email ? emailKeyOf(record.fields.email) : null;
  if (subjects.has('create') || subjects.has('restore')) return { ...rest, wantedEmailKey: null };
  if (subjects.has('archive') || subjects.has('field:email')) return { ...rest, wantedEmailKey: present };
  return rest;
}
