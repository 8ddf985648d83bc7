import type { GraphUser } from '../../graph/graph-user.js';
import { attributesOf } from '../../projection/attributes.js';
import type { Attributes } from '../../projection/types.js';
import { packUser, unpackUser } from './packed-user.js';
import { createShelf } from './shelf.js';

export interface ListedPerson {
  readonly attributes: Attributes;
  readonly groupIds: readonly string[];
}

/** Somebody on the lists. */
export interface Entry {
  readonly groupIds: readonly string[];
  /** Where what Graph said of them lies; null once it is let go. */
  readonly packedAt: number | null;
  /** With how many of the groups a survey has planned them already. */
  planned: number;
}

/** Everybody below a mapped group, by object id. */
export interface Listed {
  readonly size: number;
  has(objectId: string): boolean;
  get(objectId: string): Entry | undefined;
  entries(): Iterable<readonly [string, Entry]>;
  /** Somebody whom a page of a group named. */
  found(user: GraphUser, groupId: string): void;
  /** Those whose attributes are still at hand; all of them unless told. */
  withAttributes(objectIds?: Iterable<string>): Iterable<readonly [string, ListedPerson]>;
  /** Of people who need nothing more the groups alone are kept: in a first run everybody is in memory. */
  letGo(objectIds: Iterable<string>): void;
}

export function createListed(): Listed {
  const people = new Map<string, { -readonly [K in keyof Entry]: Entry[K] }>();
  const shelf = createShelf();
  return {
    get size() {
      return people.size;
    },
    has: (objectId) => people.has(objectId),
    get: (objectId) => people.get(objectId),
    entries: () => people,
    found: (user, groupId) => {
      const known = people.get(user.id);
      if (!known) {
        people.set(user.id, { groupIds: [groupId], packedAt: shelf.put(packUser(user)), planned: 0 });
        return;
      }
      // A list that has grown by one keeps room for sixteen more, and everybody has one.
      known.groupIds = [...known.groupIds, groupId];
      known.packedAt ??= shelf.put(packUser(user));
    },
    withAttributes,
    letGo: (objectIds) => {
      for (const id of objectIds) {
        const person = people.get(id);
        if (!person || person.packedAt === null) continue;
        shelf.drop(person.packedAt);
        person.packedAt = null;
      }
    },
  };

  function* withAttributes(objectIds: Iterable<string> = people.keys()): Iterable<readonly [string, ListedPerson]> {
    for (const id of objectIds) {
      const { packedAt = null, groupIds = [] } = people.get(id) ?? {};
      if (packedAt !== null) yield [id, { attributes: attributesOf(unpackUser(shelf.get(packedAt))), groupIds }];
    }
  }
}
