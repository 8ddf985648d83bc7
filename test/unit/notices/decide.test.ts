import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import type { Condition } from '../../../src/notices/rules/conditions.js';
import { decide, type Told } from '../../../src/notices/rules/decide.js';
import { DAY_MOST, HOUR_MOST } from '../../../src/notices/rules/limit.js';
import type { NoticeRow, NoticeStateRow } from '../../../src/notices/types.js';

const START_MS = Date.parse('2026-01-05T00:00:00Z');
const LOST: Condition = {
  ...{ kind: 'consent_lost', identity: null, step: 'app_not_consented' },
  detail: { code: 'app_not_consented', message: 'Approve again.' },
};

/** Looks every minute at what stands then; everything that was told, with its minute. */
function watch(minutes: number, standsAt: (minute: number) => readonly Condition[]) {
  const rows = new Map<string, NoticeRow>();
  let state: NoticeStateRow = { _id: 'e', looks: 0 };
  const all: (Told & { minute: number })[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const decided = decide({
      ...{ enterpriseId: 'e', conditions: standsAt(minute), known: [...rows.values()], state, off: [] },
      saying: { enterpriseId: 'e', enterprise: 'Kiwi Power', publicUrl: 'http://localhost' },
      ...{ unseen: () => 'over', now: new Date(START_MS + minute * MINUTE_MS) },
    });
    for (const row of decided.rows) rows.set(row._id, row);
    state = { ...state, ...decided.state };
    all.push(...decided.told.map((told) => ({ ...told, minute })));
  }
  return all;
}

test('a connection that comes and goes all day is told at once at first, and then within the limits', () => {
  const told = watch((3 * DAY_MS) / MINUTE_MS, (minute) => (minute % 12 === 0 ? [LOST] : []));
  expect(told[0]).toMatchObject({ minute: 0, phase: 'began' });
  const within = (minute: number, ms: number) =>
    told.filter((each) => each.minute <= minute && each.minute > minute - ms / MINUTE_MS).length;
  // A loss is told without room, but only once its last end was: one more than the limit.
  expect(Math.max(...told.map(({ minute }) => within(minute, HOUR_MS)))).toBeLessThanOrEqual(HOUR_MOST + 1);
  expect(Math.max(...told.map(({ minute }) => within(minute, DAY_MS)))).toBeLessThanOrEqual(DAY_MOST + 1);
  // Whoever was told of a loss is told of its end before another.
  expect(told.map(({ phase }) => phase)).toEqual(told.map((_, n) => (n % 2 === 0 ? 'began' : 'resolved')));
});

test('what stands for more than a day is told, however much comes and goes beside it', () => {
  const stale: Condition = { kind: 'calendars_stale', identity: null, step: 'stale', detail: { count: 1 } };
  const held = (minute: number): Condition => {
    return { kind: 'changes_held', identity: `${minute}`, step: 'held', detail: { count: 1 } };
  };
  const told = watch((2 * DAY_MS) / MINUTE_MS, (minute) => [
    ...(minute % 2 === 0 ? [held(minute)] : []),
    ...(minute > 60 ? [stale] : []),
  ]);
  expect(told.filter(({ kind }) => kind === 'calendars_stale')).toHaveLength(1);
});
