import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock.js';
import type { CalendarRow } from '../../../src/mirror/calendars-store.js';
import { type Applied, dueNext } from '../../../src/sync/mailboxes/apply/due-next.js';
import { seededChance } from '../../support/seeded-chance.js';

const NOW = new Date('2026-03-01T21:00:00Z');
const LAG_MS = 120_000;
const after = (ms: number) => new Date(NOW.getTime() + ms);
const QUIET = { done: [], waitsUntil: null, goesBack: false };

function next(applied: Partial<Applied>, { lagMs = LAG_MS }: { lagMs?: number } = {}) {
  const deps = { chance: seededChance('due'), times: { lagMailboxMs: lagMs, looksMs: [10_000, 60_000] } };
  const plain = { before: null, state: 'ok', notified: false, changed: false, isPartial: false } as const;
  return dueNext(deps, { ...plain, settled: QUIET, at: NOW, now: NOW, ...applied });
}

const row = (given: Partial<CalendarRow>) =>
  ({ state: 'ok', looks: 0, dueAt: after(HOUR_MS), ...given }) as CalendarRow;

test('a notified reading that shows nothing new is followed by looks; one that does is repeated after the lag', () => {
  expect(next({ notified: true })).toEqual({ looks: 1, dueAt: after(10_000) });
  expect(next({ before: row({ looks: 1, dueAt: NOW }) })).toEqual({ looks: 2, dueAt: after(60_000) });
  const settlesAt = after(LAG_MS);
  expect(next({ notified: true, changed: true })).toEqual({ looks: 0, settlesAt, dueAt: settlesAt });
  expect(next({ before: row({ looks: 1 }), changed: true })).toMatchObject({ dueAt: settlesAt });
});

test('what nobody told of is repeated only where it changes again what was changed within the lag', () => {
  expect(next({ changed: true })).toEqual({ looks: 0, dueAt: after(1.5 * DAY_MS) });
  const settled = { ...QUIET, goesBack: true };
  expect(next({ changed: true, settled })).toMatchObject({ dueAt: after(LAG_MS) });
});

test('a look that is still to come for the lag is not lost by what is read before it, and ends with it', () => {
  const before = row({ settlesAt: after(30_000), dueAt: after(30_000) });
  expect(next({ before, notified: true })).toMatchObject({ dueAt: after(10_000), settlesAt: after(30_000) });
  expect(next({ before: row({ settlesAt: NOW, dueAt: NOW }) })).toEqual({ looks: 0, dueAt: after(1.5 * DAY_MS) });
});

test('what waits for the lag makes the calendar due when it is over', () => {
  const settled = { ...QUIET, waitsUntil: after(45_000) };
  expect(next({ settled })).toMatchObject({ dueAt: after(45_000) });
  expect(next({ settled, isPartial: true })).toMatchObject({ dueAt: after(45_000) });
});

test('without a lag nothing is repeated for it', () => {
  expect(next({ notified: true, changed: true }, { lagMs: 0 })).toEqual({ looks: 0, dueAt: after(1.5 * DAY_MS) });
});
