import { calendarNote } from '../../changes/merge-notes.js';
import type { Note } from '../../changes/types.js';
import { MINUTE_MS } from '../../kernel/clock.js';
import type { PersonRow } from '../../mirror/types.js';
import type { PlannedChange } from '../../projection/types.js';
import type { WriteRequest } from '../plan/write-plan.js';
import { calendarScope } from './calendar-scope.js';

/** Kinds of change that bring a person's calendar into scope or take it out of it. */
const MOVES_CALENDAR: ReadonlySet<string> = new Set(['create', 'archive', 'restore', 'join', 'leave']);

/** Where whole days begin hangs on the zone (E45). */
function movesCalendar(change: PlannedChange): boolean {
  return MOVES_CALENDAR.has(change.kind) || (change.kind === 'update' && change.field === 'timeZone');
}

/** A run reads every calendar once, when people are settled; this is for one that does not come so far. */
const WHERE_A_RUN_DOES_NOT_MS = 10 * MINUTE_MS;

/**
 * Whoever comes or goes, their calendar is looked at: the work on calendars decides what that means. Of somebody whose
 * account was deleted for a while, and who was kept, no change of the record tells it.
 */
export function notesForCalendars({
  plan,
  scope: { tenantId },
  runId,
  ofOpenRun,
  now,
}: Pick<WriteRequest, 'plan' | 'scope' | 'runId' | 'ofOpenRun' | 'now'>): Note[] {
  const { integration } = plan.context;
  if (!integration.inEffect?.settings.calendarSync) return [];
  const dueAt = new Date(now.getTime() + WHERE_A_RUN_DOES_NOT_MS);
  // Read before that, for another reason, it is none of the calendars that the run reads and counts.
  const ofRun = runId === null ? {} : ofOpenRun ? { dueAt } : { runId };
  const moved = plan.people.filter(({ accepted, draft: { user, row, rowBefore } }) => {
    const scopeBy = (its: PersonRow | null) => calendarScope(integration, { user, row: its });
    return accepted.some(({ change }) => movesCalendar(change)) || scopeBy(row) !== scopeBy(rowBefore);
  });
  return moved.map(({ draft: { read } }) => {
    return { ...calendarNote({ tenantId, objectId: read.objectId }, 'fan_out'), ...ofRun };
  });
}
