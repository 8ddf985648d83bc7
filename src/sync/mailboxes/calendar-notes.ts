import { calendarNote } from '../../changes/merge-notes.js';
import type { Note } from '../../changes/types.js';
import type { WriteRequest } from '../plan/write-plan.js';
import { isNoPersons } from './calendar-scope.js';

/** Kinds of change that bring a person's calendar into scope or take it out of it. */
const MOVES_CALENDAR: ReadonlySet<string> = new Set(['create', 'archive', 'restore', 'join', 'leave']);

/** Whoever comes or goes, their calendar is looked at: the work on calendars decides what that means. */
export function notesForCalendars({
  plan,
  scope: { tenantId },
  runId,
}: Pick<WriteRequest, 'plan' | 'scope' | 'runId'>): Note[] {
  if (!plan.context.integration.inEffect?.settings.calendarSync) return [];
  const ofRun = runId === null ? {} : { runId };
  const moved = plan.people.filter(
    ({ accepted, draft: { row, rowBefore } }) =>
      accepted.some(({ change }) => MOVES_CALENDAR.has(change.kind)) || isNoPersons(row) !== isNoPersons(rowBefore),
  );
  return moved.map(({ draft: { read } }) => {
    return { ...calendarNote({ tenantId, objectId: read.objectId }, 'fan_out'), ...ofRun };
  });
}
