import { ensureCollections, ensureIndexes, type IndexDefinition } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';

const byEmail: IndexDefinition = {
  collection: 'people',
  name: 'email',
  keys: { tenantId: 1, email: 1 },
  options: { unique: true, partialFilterExpression: { email: { $exists: true } } },
  serves: 'one address, one person',
};

describe('the indexes', () => {
  let test: TestStore;
  beforeEach(async () => {
    test = await openTestStore();
  });
  afterEach(() => test.drop());

  it('are made with their collections by any number of processes at once', async () => {
    const byAge: IndexDefinition = { collection: 'visits', name: 'age', keys: { at: 1 }, serves: 'prune' };
    await Promise.all(Array.from({ length: 6 }, () => ensureIndexes(test.store, [byEmail, byAge])));
    const [index] = (await test.store.collection('people').indexes()).filter(({ name }) => name === 'email');
    expect(index).toMatchObject({ key: { tenantId: 1, email: 1 }, unique: true });
    expect(await test.store.collection('visits').indexExists('age')).toBe(true);
  });

  it('are left alone when they are there', async () => {
    await ensureIndexes(test.store, [byEmail]);
    await test.store.collection('people').insertOne({ email: 'a' });
    await ensureIndexes(test.store, [byEmail]);
    expect(await test.store.collection('people').countDocuments()).toBe(1);
  });

  it('that differ from what is there are an error that names the index and how to mend it', async () => {
    await ensureIndexes(test.store, [byEmail]);
    const changed = ensureIndexes(test.store, [{ ...byEmail, keys: { email: 1 } }]);
    await expect(changed).rejects.toMatchObject({ code: 'index_conflict' });
    await expect(changed).rejects.toThrow(/index email of people.*one address, one person.*dropIndex/);
    const { unique: _unique, ...rest } = byEmail.options ?? {};
    await expect(ensureIndexes(test.store, [{ ...byEmail, options: rest }])).rejects.toMatchObject({
      code: 'index_conflict',
    });
  });

  it('of one collection are made together, and the one that cannot be made is named', async () => {
    const byAge: IndexDefinition = { collection: 'people', name: 'age', keys: { at: 1 }, serves: 'prune' };
    await ensureIndexes(test.store, [byEmail]);
    const changed = { ...byEmail, keys: { email: 1 } } as const;
    await expect(ensureIndexes(test.store, [byAge, changed])).rejects.toThrow(/index email of people/);
    expect(await test.store.collection('people').indexExists('age')).toBe(true);
  });

  it('that existing documents break are an error that says so', async () => {
    await test.store.collection('people').insertMany([{ email: 'a' }, { email: 'a' }]);
    await expect(ensureIndexes(test.store, [byEmail])).rejects.toMatchObject({ code: 'index_duplicates' });
  });

  it('need not exist for a collection to be made', async () => {
    await Promise.all([ensureCollections(test.store, ['plain']), ensureCollections(test.store, ['plain'])]);
    expect(await test.store.db.listCollections({ name: 'plain' }).toArray()).toHaveLength(1);
  });
});
