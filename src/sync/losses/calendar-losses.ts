import type { Changes } from '../../changes/create-changes.js';
import type { ChangeRow } from '../../changes/types.js';
import type { Clock } from '../../kernel/clock.js';
import { sameValue } from '../../kernel/same-value.js';
import type { CalendarRow, Calendars } from '../../mirror/calendars-store.js';
import type { CalendarEvent } from '../../projection/calendar/types.js';
import type { CalendarRead } from '../mailboxes/read-calendar.js';
import type { ReportLoss } from './report-loss.js';

/** What a reading found that Graph had not asked for. */
export interface CalendarFinding {
  readonly objectId: string;
  /** When the reading began, and when the one before did. */
  readonly at: Date;
  readonly since: Date;
  /** Events that differ. */
  readonly lost: number;
}

export interface CalendarLosses {
  /** Is judged once the lag is over. */
  found(tenantId: string, finding: CalendarFinding): void;
  /** Judges what is due. */
  judge(tenantId: string): Promise<void>;
}

export interface CalendarLossesDeps {
  readonly calendars: Pick<Calendars, 'load'>;
  readonly changes: Pick<Changes, 'find'>;
  readonly clock: Clock;
  /** The lag of mailboxes. */
  readonly lagMs: number;
  readonly report: ReportLoss;
}

type Ok = Extract<CalendarRead, { status: 'ok' }>;

/**
 * What a reading says about what Graph did not tell; pure. Null: it measures nothing, because Graph told, it looks for
 * what Graph told of, or too little is known of the calendar before.
 */
export function findingOf(
  { before, change, read }: { before: CalendarRow | null; change: ChangeRow | null; read: CalendarRead },
  lagMs: number,
): CalendarFinding | null {
  if (read.status !== 'ok' || read.incomplete || (change && change.notifiedAt !== null)) return null;
  if (before?.state !== 'ok' || !before.window || !before.verifiedAt || before.toldUnread) return null;
  if (before.looks > 0 || before.settlesAt) return null;
  const since = new Date(before.verifiedAt.getTime() + lagMs);
  return { objectId: before.objectId, at: read.at, since, lost: differing(before, read) };
}

/** Events that differ in the time that both readings cover: the window rolls on by itself. */
function differing(before: CalendarRow, read: Ok): number {
  const from = Math.max(before.window?.from.getTime() ?? 0, read.window.from.getTime());
  const to = Math.min(before.window?.to.getTime() ?? 0, read.window.to.getTime());
  const inBoth = ({ start, end }: CalendarEvent) => Date.parse(end) > from && Date.parse(start) < to;
  const had = new Map(before.events.filter(inBoth).map((event) => [event.id, event]));
  const has = new Map(read.events.filter(inBoth).map((event) => [event.id, event]));
  return [...new Set([...had.keys(), ...has.keys()])].filter((id) => !sameValue(had.get(id), has.get(id))).length;
}

/** Findings that wait are in the owner's memory: those of a killed owner are not measured. */
export function createCalendarLosses(deps: CalendarLossesDeps): CalendarLosses {
  const { calendars, changes, clock, lagMs, report } = deps;
  const waiting = new Map<string, CalendarFinding[]>();
  return {
    found: (tenantId, finding) => {
      // Without a lag nothing says whether a notice is late or lost.
      if (lagMs === 0) return;
      const all = waiting.get(tenantId) ?? [];
      all.push(finding);
      waiting.set(tenantId, all);
    },
    judge: async (tenantId) => {
      const all = waiting.get(tenantId) ?? [];
      const due = all.filter(({ at }) => at.getTime() + lagMs <= clock.nowMs());
      if (due.length === 0) return;
      waiting.set(
        tenantId,
        all.filter((each) => !due.includes(each)),
      );
      for (const finding of due) {
        const { objectId, since, lost } = finding;
        if (lost > 0 && (await isTold(tenantId, finding))) continue;
        const about = { tenantId, kind: 'events', resource: `users/${objectId}/events` } as const;
        await report(about, { lost, at: clock.now(), since });
      }
    },
  };

  /** Read since, ended without a reading, or noted and not read yet. */
  async function isTold(tenantId: string, { objectId, at }: CalendarFinding): Promise<boolean> {
    const row = (await calendars.load(tenantId, [objectId])).get(objectId);
    if (row?.toldUnread) return true;
    const open = await changes.find({ tenantId, kind: 'events', objectId });
    const toldMs = Math.max(row?.notifiedAt?.getTime() ?? 0, open?.notifiedAt?.getTime() ?? 0);
    return toldMs >= at.getTime() - lagMs;
  }
}
