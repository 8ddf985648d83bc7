import type { Problem } from '../../../src/projection/types.js';
import { createProblems, PROBLEM_INDEXES, problemWrites } from '../../../src/records/problems/problems.js';
import { PROBLEMS, type ProblemRow } from '../../../src/records/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

/** The default of PROBLEM_DELAY_MS. */
const DELAY_MS = 60_000;

const clock = createManualClock();
let database: TestStore;

beforeAll(async () => {
  database = await openTestStore();
  await ensureIndexes(database.store, PROBLEM_INDEXES);
});

afterAll(() => database.drop());

function clash(code: Problem['code'], message = 'in use by profile 1'): Problem {
  return { code, severity: 'error', subject: 'email', message, remedy: 'Correct the address.' };
}

/** What an apply does about the problems of a person. */
async function apply(objectId: string, wanted: readonly Problem[]): Promise<void> {
  const rows = database.store.collection<ProblemRow>(PROBLEMS);
  const present = await rows.find({ enterpriseId: 'e1', objectId }).toArray();
  const about = { enterpriseId: 'e1', objectId, userId: null, now: clock.now(), problemDelayMs: DELAY_MS };
  const operations = problemWrites({ ...about, present, wanted });
  await database.store.transaction((session) => createProblems({ ...database, clock }).write(operations, session));
}

async function shown(objectId: string, all = false): Promise<string[]> {
  const found = await createProblems({ ...database, clock }).list('e1', { objectId, all });
  return found.map(({ code }) => code);
}

test.each(['duplicate_email', 'duplicate_email_in_source'] as const)(
  '%s is shown once the other side had its chance, also where it is told in other words meanwhile',
  async (code) => {
    await apply(code, [clash(code)]);
    clock.set(clock.nowMs() + DELAY_MS / 2);
    await apply(code, [clash(code, 'in use by profile 2')]);
    clock.set(clock.nowMs() + DELAY_MS / 2 - 1);
    expect([await shown(code), await shown(code, true)]).toEqual([[], [code]]);
    expect(await createProblems({ ...database, clock }).count('e1')).toBe(code === 'duplicate_email' ? 0 : 1);
    clock.set(clock.nowMs() + 1);
    expect(await shown(code)).toEqual([code]);
  },
);

test('a clash that ends in time was never shown, and the next one has its own time', async () => {
  await apply('swap', [clash('duplicate_email')]);
  clock.set(clock.nowMs() + DELAY_MS - 1);
  expect(await shown('swap')).toEqual([]);
  await apply('swap', []);
  expect(await shown('swap', true)).toEqual([]);
  await apply('swap', [clash('duplicate_email')]);
  clock.set(clock.nowMs() + DELAY_MS - 1);
  expect(await shown('swap')).toEqual([]);
});

test('other problems are shown at once', async () => {
  await apply('phone', [{ ...clash('phone_unparseable'), severity: 'warning', subject: 'mobilePhone' }]);
  expect(await shown('phone')).toEqual(['phone_unparseable']);
});
