import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import { nextMailboxRead } from '../../../src/sync/mailboxes/mailbox-work.js';

const nowMs = Date.UTC(2026, 0, 15, 9, 41);

/** When each of so many people is due, their chances evenly spread. */
function due(status: Parameters<typeof nextMailboxRead>[0], people: number): number[] {
  return Array.from({ length: people }, (_, index) =>
    nextMailboxRead(status, { nowMs, random: () => (index + 0.5) / people }).getTime(),
  );
}

test('people who were read at once are due over a whole day, in slots that share a batch', () => {
  const times = due('ok', 2_000);
  expect(Math.min(...times) - nowMs).toBeGreaterThanOrEqual(DAY_MS / 2);
  expect(Math.max(...times) - nowMs).toBeLessThanOrEqual(1.5 * DAY_MS + 10 * MINUTE_MS);
  const slots = new Map<number, number>();
  for (const at of times) slots.set(at, (slots.get(at) ?? 0) + 1);
  // 144 slots of ten minutes a day, none of them crowded.
  expect(slots.size).toBeGreaterThanOrEqual(144);
  expect(Math.max(...slots.values())).toBeLessThanOrEqual(15);
  for (const at of slots.keys()) expect(at % (10 * MINUTE_MS)).toBe(0);
});

test('who came less than a week ago and has no mailbox yet is asked about daily', () => {
  const again = (cameAt?: Date) =>
    nextMailboxRead('no_mailbox', { nowMs, random: () => 0.5, cameAt }).getTime() - nowMs;
  const daysAgo = (days: number) => new Date(nowMs - days * DAY_MS);
  expect(again(daysAgo(6.9))).toBeLessThan(1.1 * DAY_MS);
  expect(again(daysAgo(7))).toBeGreaterThanOrEqual(7 * DAY_MS);
  // Rows of before that was kept.
  expect(again()).toBeGreaterThanOrEqual(7 * DAY_MS);
});

test.each([
  ['ok', DAY_MS],
  ['no_mailbox', 7 * DAY_MS],
  ['forbidden', 6 * HOUR_MS],
  ['failed', HOUR_MS],
] as const)('after an answer that is %s the next one is asked for in about the time of its kind', (status, pauseMs) => {
  const waits = due(status, 500).map((at) => at - nowMs);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  expect(Math.abs(mean - pauseMs)).toBeLessThanOrEqual(10 * MINUTE_MS);
  expect(Math.min(...waits)).toBeGreaterThan(0);
});
