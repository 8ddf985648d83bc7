import { createBudget, plannedUnitsPer10s } from '../../../src/graph/budget.js';
import { createPeople, PEOPLE_INDEXES } from '../../../src/mirror/people-store.js';
import { PEOPLE } from '../../../src/mirror/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import type { Owner } from '../../../src/sync/owner.js';
import { createBudgetWork } from '../../../src/sync/pacing/budget-work.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';
import { fieldCrew } from '../../support/scene.js';
import { startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

const [SMALL, MIDDLE, LARGE] = [3_150, 4_500, 7_200];
const tenantId = 'a0000000-0000-4000-8000-000000000001';
let database: TestStore;

beforeAll(async () => {
  database = await openTestStore();
  await ensureIndexes(database.store, PEOPLE_INDEXES);
});
afterAll(() => database?.drop());

test('calls are paced for the smallest tenant until more people are known, and follow them up and down', async () => {
  const { store } = database;
  const clock = createManualClock();
  const people = createPeople({ store });
  const budget = createBudget({ clock, resourceUnitsPer10s: plannedUnitsPer10s(0) });
  const stop = new AbortController();
  const work = createBudgetWork({ people, clock, budgetFor: () => budget });
  const running = work.run({ tenantId, signal: stop.signal } as Owner).catch((error: unknown) => error);
  const enter = (from: number, to: number, tenant = tenantId) =>
    people.enter(
      tenant,
      Array.from({ length: to - from }, (_, index) => `person-${from + index}`),
    );
  const counted = async () => {
    await waitFor(() => clock.sleeping() === 1, { message: 'nobody counts' });
    await clock.advance(10_000);
    await waitFor(() => clock.sleeping() === 1, { message: 'nobody counts' });
    return budget.allowed();
  };
  await enter(0, 600, 'somebody else');
  expect(await counted()).toBe(SMALL);
  await enter(0, 49);
  expect(await counted()).toBe(SMALL);
  await enter(49, 50);
  expect(await counted()).toBe(MIDDLE);
  await enter(50, 501);
  expect(await counted()).toBe(LARGE);
  await store.collection(PEOPLE).deleteMany({ tenantId, objectId: /^person-4/ });
  expect(await counted()).toBe(MIDDLE);
  const over = new Error('the test is over');
  stop.abort(over);
  expect(await running).toBe(over);
});

test('the owner of a tenant of fifty people calls Graph as often as Graph allows for fifty', async () => {
  const stack = await startStack();
  try {
    const { microsoft, tenant } = stack;
    const group = await fieldCrew(stack);
    for (let number = 0; number < 50; number += 1) {
      const mail = `person${number}@kiwipower.test`;
      const properties = { displayName: mail, givenName: mail, mail, userPrincipalName: mail, accountEnabled: true };
      tenant.directory.addMember(group, tenant.directory.createUser(properties).objectId);
    }
    expect(microsoft.budgetFor(tenant.id).allowed()).toBe(SMALL);
    await stack.sync();
    const isMiddle = () => microsoft.budgetFor(tenant.id).allowed() === MIDDLE;
    await waitFor(isMiddle, { message: 'the pace stays that of a small tenant' });
  } finally {
    await stack.close();
  }
});
