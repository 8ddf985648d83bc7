import { systemChance as chance } from '../../../src/kernel/chance.js';
import { type Clock, MINUTE_MS, SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { createOnceOnly, forgetAnswers } from '../../../src/store/once-only.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock, type ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';

let database: TestStore;
beforeAll(async () => {
  database = await openTestStore();
});
afterAll(() => database?.drop());

const onceOnlyAt = (clock: Clock) => createOnceOnly({ store: database.store, clock, chance });
const kept = () => database.store.db.collection('onceOnly').find().toArray();
const forget = (name: string, enterpriseId = 'kiwi') =>
  database.store.transaction((session) => forgetAnswers(database.store, { enterpriseId, names: [name] }, session));
const once = (id: string, names: readonly string[] = []) => ({ id, asked: 'a', enterpriseId: 'kiwi', names });

test('answers about somebody are taken out by any name in question or answer, and those about others stay', async () => {
  const onceOnly = onceOnlyAt(systemClock);
  await onceOnly(once('one', ['asked']), async () => ({ answer: 1, names: [] }));
  await onceOnly(once('two'), async () => ({ answer: 2, names: ['answered', 'both'] }));
  await onceOnly(once('three', ['other']), async () => ({ answer: 3, names: ['both'] }));
  expect(await forget('asked', 'moa')).toBe(0);
  expect([await forget('asked'), await forget('answered')]).toEqual([1, 1]);
  expect(await onceOnly(once('three', ['other']), () => Promise.reject(new Error('again')))).toBe(3);
  expect(await forget('both')).toBe(1);
});

test('nothing is kept of an act about somebody who is erased while it is under way', async () => {
  const onceOnly = onceOnlyAt(systemClock);
  const answer = await onceOnly(once('late', ['somebody']), async () => {
    expect(await forget('somebody')).toBe(1);
    return { answer: 'Aroha', names: ['somebody'] };
  });
  expect(answer).toBe('Aroha');
  expect(await kept()).toEqual([]);
});

/** An act that ends when it is told to, once it has begun. */
async function underWay(id: string, clock: ManualClock) {
  let end = (_answer: string) => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const done = onceOnlyAt(clock)(once(id), async () => ({ answer: await ended, names: [] }));
  await waitFor(() => clock.sleeping() === 1, { message: 'not begun' });
  return { end, done };
}

test('an act that takes long is not done again beside itself', async () => {
  const clock = createManualClock();
  const { end, done } = await underWay('long', clock);
  for (let passedMs = 0; passedMs < 2 * MINUTE_MS; passedMs += 20 * SECOND_MS) {
    await clock.advance(20 * SECOND_MS);
    const again = onceOnlyAt(clock)(once('long'), async () => ({ answer: 'the second', names: [] }));
    await expect(again).rejects.toMatchObject({ code: 'under_way' });
    const isHeard = async () => (await kept()).some(({ begunAt }) => begunAt.getTime() === clock.nowMs());
    await waitFor(async () => clock.sleeping() === 1 && isHeard(), { message: 'nothing is heard of it' });
  }
  end('the first');
  expect(await done).toBe('the first');
  expect(clock.sleeping()).toBe(0);
});

test('an act that was given up for dead leaves its repetition alone', async () => {
  const asleep = createManualClock();
  const first = await underWay('dead', asleep);
  const later = createManualClock(asleep.nowMs() + 2 * MINUTE_MS);
  const second = await underWay('dead', later);
  first.end('the first');
  expect(await first.done).toBe('the first');
  const again = () => onceOnlyAt(later)(once('dead'), () => Promise.reject(new Error('again')));
  await expect(again()).rejects.toMatchObject({ code: 'under_way' });
  second.end('the second');
  expect([await second.done, await again()]).toEqual(['the second', 'the second']);
});
