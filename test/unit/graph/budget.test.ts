import { createBudget, plannedUnitsPer10s } from '../../../src/graph/budget.js';
import type { Priority } from '../../../src/graph/types.js';
import { createManualClock } from '../../support/manual-clock.js';

function aBudget(resourceUnitsPer10s = 100) {
  const clock = createManualClock();
  const budget = createBudget({ clock, resourceUnitsPer10s });
  const gone: string[] = [];
  const take = (name: string, units: number, priority: Priority = 'notification', signal?: AbortSignal) =>
    budget.take({ units, priority, signal }).then(() => void gone.push(name));
  return { clock, budget, gone, take };
}

test('units that are there are given at once', async () => {
  const { take, gone } = aBudget();
  await take('a', 60);
  await take('b', 40);
  expect(gone).toEqual(['a', 'b']);
});

test('who finds the bucket empty waits until it has filled enough', async () => {
  const { clock, take, gone } = aBudget();
  await take('a', 100);
  void take('b', 10);
  await clock.advance(999);
  expect(gone).toEqual(['a']);
  await clock.advance(1);
  expect(gone).toEqual(['a', 'b']);
});

test('deleted objects go before notifications, then catch-up, then runs', async () => {
  const { clock, take, gone, budget } = aBudget();
  await take('first', 100);
  void take('run', 10, 'run');
  void take('catch-up', 10, 'catch_up');
  void take('notification', 10, 'notification');
  void take('notification too', 10, 'notification');
  void take('deleted', 10, 'deleted');
  expect(budget.waiting()).toBe(5);
  await clock.advance(10_000);
  expect(gone).toEqual(['first', 'deleted', 'notification', 'notification too', 'catch-up', 'run']);
});

test('a small urgent call does not sleep as long as the large one it overtook', async () => {
  const { clock, take, gone } = aBudget();
  await take('first', 100);
  void take('large run', 100, 'run');
  await clock.advance(1_000);
  void take('small', 10, 'deleted');
  await clock.advance(0);
  expect(gone).toEqual(['first', 'small']);
});

test('a closed gate holds everybody back for as long as Graph said', async () => {
  const { clock, budget, take, gone } = aBudget();
  budget.close(3_000);
  void take('a', 1, 'deleted');
  await clock.advance(2_999);
  expect(gone).toEqual([]);
  await clock.advance(1);
  expect(gone).toEqual(['a']);
});

test('what a call really cost corrects the estimate', async () => {
  const { clock, budget, take, gone } = aBudget();
  await take('a', 50);
  budget.correct(50, 100);
  void take('b', 10);
  await clock.advance(0);
  expect(gone).toEqual(['a']);
  await clock.advance(1_000);
  expect(gone).toEqual(['a', 'b']);
});

test('an aborted caller leaves the line and those behind go on', async () => {
  const { clock, take, gone, budget } = aBudget();
  await take('a', 100);
  const stop = new AbortController();
  const refused = expect(take('b', 90, 'deleted', stop.signal)).rejects.toThrow('enough');
  void take('c', 10);
  stop.abort(new Error('enough'));
  await refused;
  await clock.advance(1_000);
  expect(gone).toEqual(['a', 'c']);
  expect(budget.waiting()).toBe(0);
});

test('a call dearer than the whole bucket waits for a full one instead of for ever', async () => {
  const { clock, take, gone } = aBudget();
  await take('a', 1);
  void take('b', 500);
  await clock.advance(10_000);
  expect(gone).toEqual(['a', 'b']);
});

test('a clock that goes back takes no units away', async () => {
  const { clock, take, gone } = aBudget();
  await take('a', 50);
  clock.set('2026-01-05T08:00:00Z');
  await take('b', 50);
  expect(gone).toEqual(['a', 'b']);
});

test('planned units follow the size of the tenant', () => {
  expect([10, 50, 500, 501].map(plannedUnitsPer10s)).toEqual([3_150, 4_500, 4_500, 7_200]);
});

test('who waits goes sooner once the tenant turns out to be larger', async () => {
  const { clock, budget, take, gone } = aBudget(100);
  await take('a', 100);
  void take('b', 100);
  await clock.advance(1_000);
  budget.allow(200);
  await clock.advance(4_499);
  expect(gone).toEqual(['a']);
  await clock.advance(1);
  expect([gone, budget.allowed()]).toEqual([['a', 'b'], 200]);
});

test('a tenant that turns out to be smaller gives no more than its own bucket, and nobody waits for ever', async () => {
  const { clock, budget, take, gone } = aBudget(200);
  await take('a', 150);
  void take('b', 200);
  budget.allow(100);
  await clock.advance(4_999);
  expect(gone).toEqual(['a']);
  await clock.advance(1);
  expect(gone).toEqual(['a', 'b']);
});
