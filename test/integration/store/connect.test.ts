import { openTestStore, type TestStore } from '../../support/database.js';

describe('the store', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await openTestStore();
  });
  afterAll(() => test.drop());

  it('reports that it can write', async () => {
    expect(await test.store.canWrite(1_000)).toBe(true);
  });
});
