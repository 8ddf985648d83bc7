import { systemClock } from '../../../src/kernel/clock.js';
import { createOnceOnly, forgetAnswers } from '../../../src/store/once-only.js';
import { openTestStore, type TestStore } from '../../support/database.js';

let database: TestStore;
beforeAll(async () => {
  database = await openTestStore();
});
afterAll(() => database?.drop());

const kept = () => database.store.db.collection('onceOnly').find().toArray();
const forget = (name: string, enterpriseId = 'kiwi') =>
  database.store.transaction((session) => forgetAnswers(database.store, { enterpriseId, names: [name] }, session));
const once = (id: string, names: readonly string[] = []) => ({ id, asked: 'a', enterpriseId: 'kiwi', names });

test('answers about somebody are taken out by any name in question or answer, and those about others stay', async () => {
  const onceOnly = createOnceOnly({ store: database.store, clock: systemClock });
  await onceOnly(once('one', ['asked']), async () => ({ answer: 1, names: [] }));
  await onceOnly(once('two'), async () => ({ answer: 2, names: ['answered', 'both'] }));
  await onceOnly(once('three', ['other']), async () => ({ answer: 3, names: ['both'] }));
  expect(await forget('asked', 'moa')).toBe(0);
  expect([await forget('asked'), await forget('answered')]).toEqual([1, 1]);
  expect(await onceOnly(once('three', ['other']), () => Promise.reject(new Error('again')))).toBe(3);
  expect(await forget('both')).toBe(1);
});

test('nothing is kept of an act about somebody who is erased while it is under way', async () => {
  const onceOnly = createOnceOnly({ store: database.store, clock: systemClock });
  const answer = await onceOnly(once('late', ['somebody']), async () => {
    expect(await forget('somebody')).toBe(1);
    return { answer: 'Aroha', names: ['somebody'] };
  });
  expect(answer).toBe('Aroha');
  expect(await kept()).toEqual([]);
});
