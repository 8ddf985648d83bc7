import type { Document } from 'mongodb';
import type { Scene } from '../history/scene.js';
import type { Stage } from '../history/stage.js';
import type { OracleFacts } from '../oracle/facts.js';
import type { CalendarFacts, EventFacts } from '../oracle/judge-calendars.js';
import { isMember } from '../oracle/judge-people.js';

const DAY_MS = 86_400_000;
/** A day less than is read ahead at the least, so that no midnight matters. */
const AHEAD_MS = 13 * DAY_MS;

/** What the oracle is told of the calendars; those of whom too little is known or decided are left out. */
export async function gatherCalendars(stage: Stage, scene: Scene, facts: OracleFacts): Promise<CalendarFacts[]> {
  const { desk, time, tenant } = stage;
  const { enterpriseId } = scene;
  const { inEffect } = await desk.integrations.getIntegration(enterpriseId);
  const rows = await desk.store.db.collection('activities').find({ enterpriseId, source: 'entra_calendar' }).toArray();
  const nowMs = time.nowMs();
  return scene.mailboxes.flatMap((owner) => {
    const person = facts.people.find(({ objectId }) => objectId === owner);
    const record = facts.records.find(({ objectId }) => objectId === owner);
    if (!person || !record || facts.undecided.has(owner) || facts.inTheField.has(record.id)) return [];
    if (person.state !== 'present' || typeof tenant.view().user(owner)?.mailbox !== 'object') return [];
    // Who is kept in a team, as its last leader or because a group is gone, is still looked after.
    const isKept = record.memberships.some(({ mappingIds }) => mappingIds.length > 0);
    const isCounted = record.status !== 'archived' && (isMember(person, facts) || isKept);
    const isFollowed = inEffect?.settings.calendarSync === true && isCounted;
    const activities = rows
      .filter(({ userId }) => userId === record.id)
      .map((row) => ({
        eventId: row['calendar']?.eventId ?? null,
        name: row['name'],
        startMs: row['scheduledStart'].getTime(),
        finishMs: row['scheduledFinish'].getTime(),
        isPlanned: row['status'] === 'scheduled',
        isBegun: isBegun(row, nowMs),
        isOver: isOver(row, nowMs),
      }));
    const untilMs = nowMs + AHEAD_MS;
    const window = { fromMs: nowMs, toMs: untilMs, zone: 'UTC' };
    const events = tenant.calendars.view(owner).between(window).map(eventFacts);
    return [{ owner, isFollowed, nowMs, untilMs, events, activities }];
  });
}

/** Out of the calendar's hands: somebody deals with it, dealt with it, does not want it, or its time has come. */
function isBegun(row: Document, nowMs: number): boolean {
  if (row['startedAt'] !== null || row['alert'] !== null || row['calendar']?.detached === true) return true;
  return row['status'] === 'finished' || (row['status'] === 'scheduled' && row['scheduledStart'].getTime() <= nowMs);
}

/** Nobody has to be looked for because of it: done, or its time has passed without a start or an alert. */
function isOver(row: Document, nowMs: number): boolean {
  if (row['status'] === 'finished') return true;
  return row['status'] === 'scheduled' && row['alert'] === null && row['scheduledFinish'].getTime() <= nowMs;
}

type Instance = ReturnType<ReturnType<Stage['tenant']['calendars']['view']>['between']>[number];

/** Every event here is written in UTC. */
function eventFacts({ id, content }: Instance): EventFacts {
  const { start, end, subject, isAllDay, showAs, sensitivity, isCancelled, isOrganizer, responseStatus } = content;
  const atMs = ({ dateTime }: typeof start) => Date.parse(`${dateTime.slice(0, 19)}Z`);
  const { response } = responseStatus;
  const about = { id, subject, isAllDay, showAs, sensitivity, isCancelled, isOrganizer, response };
  return { ...about, startMs: atMs(start), endMs: atMs(end) };
}
