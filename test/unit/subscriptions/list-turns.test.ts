import { GraphFailure } from '../../../src/graph/graph-failure.js';
import { createListTurns } from '../../../src/subscriptions/list-turns.js';
import { createManualClock } from '../../support/manual-clock.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Asks every second; answers in which seconds the list was asked. */
async function secondsOf(turns: ReturnType<typeof createListTurns>, until: number, about: { isUnsure: boolean }) {
  const asked: number[] = [];
  for (let second = 0; second <= until; second += 1) {
    if (turns.take(about.isUnsure)) asked.push(second);
    await clock.advance(SECOND);
  }
  return asked;
}

let clock: ReturnType<typeof createManualClock>;
let turns: ReturnType<typeof createListTurns>;
beforeEach(() => {
  clock = createManualClock();
  turns = createListTurns(clock);
});

const busy = (retryAfterMs: number | null) =>
  new GraphFailure('busy', { kind: 'throttled', status: 429, retryAfterMs });

test('the list is asked at once, and then every hour', async () => {
  expect(await secondsOf(turns, 2 * 3_600, { isUnsure: false })).toEqual([0, 3_600, 7_200]);
});

test('while a creation has had no answer it is asked less and less often, up to every five minutes', async () => {
  expect(await secondsOf(turns, 1_300, { isUnsure: true })).toEqual([0, 5, 15, 35, 75, 155, 315, 615, 915, 1_215]);
});

test('once nothing is unsure the next creation without an answer is looked for as soon as the first', async () => {
  await secondsOf(turns, 400, { isUnsure: true });
  expect(await secondsOf(turns, 60, { isUnsure: false })).toEqual([]);
  expect(await secondsOf(turns, 6, { isUnsure: true })).toEqual([0, 5]);
});

test('where Graph did not give it, it is asked again after ten seconds', async () => {
  turns.take(false);
  turns.failed(busy(null));
  expect(await secondsOf(turns, 30, { isUnsure: false })).toEqual([10]);
});

test('a Retry-After is obeyed also where something is unsure or in doubt, for ten minutes at the most', async () => {
  turns.take(true);
  turns.failed(busy(5 * MINUTE));
  turns.hurry(0);
  expect(await secondsOf(turns, 301, { isUnsure: true })).toEqual([300]);
  turns.failed(busy(60 * MINUTE));
  expect(await secondsOf(turns, 601, { isUnsure: false })).toEqual([600]);
});

test('what is in doubt has it asked before its hour', async () => {
  turns.take(false);
  turns.hurry(5 * SECOND);
  expect(await secondsOf(turns, 30, { isUnsure: false })).toEqual([5]);
});
