import type { Owner } from '../../../src/sync/owner.js';
import type { EnterpriseSetUp } from '../../../src/sync/plan/load-inputs.js';
import { createSetUpMemory } from '../../../src/sync/plan/set-up-memory.js';

const owner = {} as Owner;
const setUp = {} as EnterpriseSetUp;

test('a set-up holds for the next transaction of the same owner', () => {
  const memory = createSetUpMemory();
  memory.keep(owner, 7, setUp);
  expect(memory.at(owner, 8)).toBe(setUp);
  expect(memory.at({} as Owner, 8)).toBeNull();
});

test('it is forgotten as soon as somebody else raised the counter', () => {
  const memory = createSetUpMemory();
  memory.keep(owner, 7, setUp);
  expect(memory.at(owner, 9)).toBeNull();
  memory.pass(owner, 9);
  expect(memory.at(owner, 10)).toBeNull();
});

test('transactions of the owner that do not look at it carry it on', () => {
  const memory = createSetUpMemory();
  memory.keep(owner, 7, setUp);
  memory.pass(owner, 8);
  expect(memory.at(owner, 9)).toBe(setUp);
});
