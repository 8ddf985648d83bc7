import { NO_COUNTS, RUN_ITEMS, RUNS, type RunItemRow, type RunRow } from '../../../src/reconciliation/types.js';
import { fieldCrew } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';

/** Of whom the former owner's plan has something. */
const FORMER = 'somebody of before';

let stack: Stack;
let group: string;
beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
});
afterAll(() => stack?.close());

function member(name: string, mail: string): string {
  const { directory } = stack.tenant;
  const { objectId } = directory.createUser({ displayName: name, mail, userPrincipalName: `${name}@kiwipower.test` });
  directory.addMember(group, objectId);
  return objectId;
}

test('what a unique index refuses is no fault that mends itself: the run ends, and says so', async () => {
  member('Twin', 'twins@kiwipower.test');
  member('Other', 'twins@kiwipower.test');
  const items = stack.services.store.collection<RunItemRow>(RUN_ITEMS);
  const one = { unique: true, partialFilterExpression: { kind: 'problem' }, name: 'one_problem' } as const;
  await items.createIndex({ kind: 1 }, one);
  expect(await stack.sync({ dry: true })).toMatchObject({ status: 'failed', code: 'internal' });
  await items.dropIndex(one.name);
  await items.deleteMany({});
});

test('a plan that a killed owner had begun to write is made anew, and the next sync goes on', async () => {
  const { tenant, services, enterpriseId } = stack;
  const objectId = member('Ana', 'ana@kiwipower.test');
  const { runs, store, clock, chance } = services;
  const _id = chance.guid();
  const left = (position: number): RunItemRow => ({
    ...{ _id: `${_id}:${position}`, runId: _id, position, person: FORMER, kind: 'create' },
    ...{ before: null, after: null, why: 'the former owner' },
  });
  await store.collection<RunItemRow>(RUN_ITEMS).insertMany([1, 2, 3, 1_001].map(left));
  const now = clock.now();
  await store.collection<RunRow>(RUNS).insertOne({
    ...{ _id, enterpriseId, tenantId: tenant.id, trigger: 'manual', requestedBy: 'test', dry: true },
    ...{ status: 'running', phase: 'applying', revision: 1, code: null, message: null },
    ...{ requestedAt: now, startedAt: now, finishedAt: null, counts: NO_COUNTS, held: 0, writes: 0 },
  });
  const { run } = await runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false });
  expect(await runs.wait(_id, { timeoutMs: 60_000 })).toMatchObject({ status: 'succeeded', counts: { created: 1 } });
  const items = await runs.items(_id);
  expect(items.map(({ person }) => person)).toContain(objectId);
  expect(items.filter(({ person }) => person === FORMER)).toEqual([]);
  expect(await runs.wait(run._id, { timeoutMs: 60_000 })).toMatchObject({ code: null, counts: { created: 1 } });
});
