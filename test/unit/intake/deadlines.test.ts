import { createDeadlines } from '../../../src/intake/deadlines.js';
import { createManualClock } from '../../support/manual-clock.js';

test('whoever is not done within the limit is called, whoever is done is not', async () => {
  const clock = createManualClock();
  const deadlines = createDeadlines(clock, 2_000);
  const late: string[] = [];
  deadlines.start(() => late.push('slow'));
  const callOff = deadlines.start(() => late.push('fast'));
  await clock.advance(1_000);
  callOff();
  deadlines.start(() => late.push('later'));
  await clock.advance(999);
  expect(late).toEqual([]);
  await clock.advance(1);
  expect(late).toEqual(['slow']);
  await clock.advance(1_000);
  expect(late).toEqual(['slow', 'later']);
});

test('many of one moment share one timer', async () => {
  const clock = createManualClock();
  const deadlines = createDeadlines(clock, 2_000);
  for (let request = 0; request < 100; request += 1) deadlines.start(() => {});
  expect(clock.sleeping()).toBe(1);
  await clock.advance(20);
  deadlines.start(() => {});
  expect(clock.sleeping()).toBe(2);
});

test('a clock that is set back gives nobody an old timer', async () => {
  const clock = createManualClock('2026-01-05T09:00:00Z');
  const deadlines = createDeadlines(clock, 2_000);
  deadlines.start(() => {});
  clock.set('2026-01-05T08:00:00Z');
  deadlines.start(() => {});
  expect(clock.sleeping()).toBe(2);
});
