import type { ChangeRow } from '../../../src/changes/types.js';
import { HOUR_MS } from '../../../src/kernel/clock.js';
import type { CalendarRow } from '../../../src/mirror/calendars-store.js';
import type { CalendarEvent } from '../../../src/projection/calendar/types.js';
import { findingOf } from '../../../src/sync/losses/calendar-losses.js';
import type { CalendarRead } from '../../../src/sync/mailboxes/read-calendar.js';

const LAG_MS = 120_000;
const NIGHT = Date.parse('2026-01-05T01:00:00.000Z');
const hours = (count: number) => new Date(NIGHT + count * HOUR_MS);

const event = (id: string, atHour: number, subject = 'Pole 7') =>
  ({ id, subject, start: hours(atHour).toISOString(), end: hours(atHour + 1).toISOString() }) as CalendarEvent;
const row = (events: readonly CalendarEvent[], given: Partial<CalendarRow> = {}) =>
  ({
    ...{ objectId: 'anna', state: 'ok', events, looks: 0, verifiedAt: new Date(NIGHT - LAG_MS) },
    window: { from: hours(0), to: hours(48) },
    ...given,
  }) as CalendarRow;
const reading = (events: readonly CalendarEvent[]) =>
  ({
    status: 'ok',
    events,
    at: hours(24),
    window: { from: hours(24), to: hours(72) },
    incomplete: null,
  }) as CalendarRead;
const told = (notifiedAt: Date | null) => ({ notifiedAt }) as ChangeRow;

function finding(before: CalendarRow | null, read: CalendarRead, change: ChangeRow | null = null) {
  return findingOf({ before, change, read }, LAG_MS);
}

test('each event that is new, gone or other is one that was not told', () => {
  const had = [event('same', 30), event('gone', 31), event('other', 32)];
  const has = [event('same', 30), event('other', 32, 'Mill'), event('new', 33)];
  expect(finding(row(had), reading(has))).toEqual({ objectId: 'anna', at: hours(24), since: hours(0), lost: 3 });
});

test('what left the window or came into it by itself is not lost', () => {
  expect(finding(row([event('over', 2)]), reading([event('far', 60)]))).toMatchObject({ lost: 0 });
});

test('a catch-up measures, a notification does not', () => {
  const [before, read] = [row([]), reading([event('new', 30)])];
  expect(finding(before, read, told(null))).toMatchObject({ lost: 1 });
  expect(finding(before, read, told(hours(24)))).toBeNull();
});

test.each([
  ['it was never read', null],
  ['it could not be read', row([], { state: 'blocked', window: null, verifiedAt: null })],
  ['it is looked at because Graph told', row([], { looks: 1 })],
  ['Graph told of events that needed no reading', row([], { toldUnread: true })],
])('nothing is measured where %s', (_why, before) => {
  expect(finding(before, reading([event('new', 30)]))).toBeNull();
});

test('a reading that is not complete measures nothing', () => {
  expect(finding(row([]), { status: 'no_mailbox' })).toBeNull();
});
