import { type Collection, type Db, type Document, MongoServerError } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import { groupBy } from '../kernel/lists.js';

export interface IndexDefinition {
  readonly collection: string;
  readonly name: string;
  readonly keys: Readonly<Record<string, 1 | -1>>;
  readonly options?: {
    readonly unique?: boolean;
    readonly partialFilterExpression?: Document;
    readonly sparse?: boolean;
    readonly expireAfterSeconds?: number;
  };
  /** The query or rule that needs it, in words. */
  readonly serves: string;
}

/** MongoDB error codes: NamespaceExists, IndexOptionsConflict, IndexKeySpecsConflict, DuplicateKey. */
const NAMESPACE_EXISTS = 48;
const CONFLICTS: readonly unknown[] = [85, 86];
const DUPLICATE_KEY = 11_000;

/**
 * MongoDB's own waits for every member that votes, so that with one down a process of a new version would never start
 * (MongoDB manual, createIndexes, `commitQuorum`). Has no effect on collections that are empty.
 */
const INDEX_QUORUM = 'majority';

/**
 * Makes every collection and index that is missing; what is there already stays untouched. Any number of processes may
 * do so at once: the server treats the same definition as done.
 */
export async function ensureIndexes(
  store: { readonly db: Db },
  definitions: readonly IndexDefinition[],
): Promise<void> {
  await ensureCollections(store, [...new Set(definitions.map((definition) => definition.collection))]);
  for (const [collection, wanted] of groupBy(definitions, (definition) => definition.collection))
    await ensureAll(store.db.collection(collection), wanted);
}

/** All of a collection in one command; where one of them cannot be made, one after the other shows which. */
async function ensureAll(collection: Collection, wanted: readonly IndexDefinition[]): Promise<void> {
  const specifications = wanted.map(({ name, keys, options }) => ({ ...options, key: { ...keys }, name }));
  try {
    await collection.createIndexes(specifications, { commitQuorum: INDEX_QUORUM });
  } catch (error) {
    if (!hasCode(error, [...CONFLICTS, DUPLICATE_KEY])) throw error;
    for (const definition of wanted) await ensureIndex(collection, definition);
  }
}

/** Makes collections ahead of the first transaction, in which making one would conflict with others doing the same. */
export async function ensureCollections(store: { readonly db: Db }, names: readonly string[]): Promise<void> {
  const present = await store.db.listCollections({}, { nameOnly: true }).toArray();
  const missing = names.filter((name) => !present.some((collection) => collection.name === name));
  for (const name of missing) {
    await store.db.createCollection(name).catch((error: unknown) => {
      if (!hasCode(error, [NAMESPACE_EXISTS])) throw error;
    });
  }
}

async function ensureIndex(collection: Collection, definition: IndexDefinition): Promise<void> {
  const { name, keys, options } = definition;
  try {
    await collection.createIndex({ ...keys }, { ...options, name, commitQuorum: INDEX_QUORUM });
  } catch (error) {
    if (hasCode(error, CONFLICTS)) throw conflict(definition, error);
    if (hasCode(error, [DUPLICATE_KEY])) throw duplicates(definition, error);
    throw error;
  }
}

function conflict(definition: IndexDefinition, cause: unknown): AppError {
  const { collection } = definition;
  const text =
    `The index ${definition.name} of ${collection} exists with another definition than this version needs ` +
    `(${JSON.stringify(definition.keys)} ${JSON.stringify(definition.options ?? {})}, for: ${definition.serves}). ` +
    `See db.${collection}.getIndexes(), drop the old one with db.${collection}.dropIndex(…) and start again.`;
  return new AppError('index_conflict', text, { status: 500, cause });
}

function duplicates(definition: IndexDefinition, cause: unknown): AppError {
  const { collection } = definition;
  const text =
    `The unique index ${definition.name} of ${collection} cannot be made, because two documents have the same ` +
    `${Object.keys(definition.keys).join(', ')}. Merge or remove one of them and start again.`;
  return new AppError('index_duplicates', text, { status: 500, cause });
}

function hasCode(error: unknown, codes: readonly unknown[]): boolean {
  return error instanceof MongoServerError && codes.includes(error.code);
}
