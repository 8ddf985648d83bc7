import type { Db } from 'mongodb';
import type { Migration } from '../../store/migrations.js';
import { USERS, type UserRow } from '../types.js';

type Named = Pick<UserRow, 'email' | 'firstName' | 'lastName'>;

/** More tell nobody apart; an address of nothing but dots would have a hundred. */
const WORDS_MOST = 40;
const WORD_LONGEST = 64;
/** Where a word begins: after everything that is neither letter nor digit. */
const BEGINNING = /(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu;

/** A character that controls something stands in no name, and MongoDB takes no zero byte in a pattern. */
const BETWEEN = /[\s\p{Cc}]+/u;

/** The person with the words by which they are found: whoever writes a record writes these with it. */
export function searchable(user: UserRow): UserRow {
  return { ...user, words: searchWords(user) };
}

/**
 * What begins with a word of the address or a name, folded: "Aroha Te-Kanawa" is found by "kana" and by "te-k", and an
 * address by its beginning, its parts and its domain.
 */
export function searchWords({ email, firstName, lastName }: Named): string[] {
  const spoken = [firstName, lastName, email].flatMap((text) => (text === null ? [] : wordsIn(text)));
  const words = spoken.flatMap((word) => [...word.matchAll(BEGINNING)].map(({ index }) => cut(word.slice(index))));
  return [...new Set(words)].slice(0, WORDS_MOST);
}

/** What somebody typed, as beginnings of such words; each is to be found. */
export function soughtWords(text: string): string[] {
  const words = wordsIn(text).flatMap((word) => {
    const from = word.search(BEGINNING);
    return from === -1 ? [] : [cut(word.slice(from))];
  });
  return [...new Set(words)];
}

/** Without case and without marks: Māhina, MAHINA and mahina are the same. */
function wordsIn(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return folded.split(BETWEEN);
}

function cut(word: string): string {
  return word.slice(0, WORD_LONGEST);
}

const BATCH = 1_000;

/** People who were written by a version that knew no such words. */
export const searchWordsOfAll: Migration = {
  id: '2026-11-27-search-words',
  up: async (db: Db) => {
    const users = db.collection<UserRow>(USERS);
    for (let last: string | undefined = ''; last !== undefined; ) {
      const rows: UserRow[] = await users.find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: BATCH }).toArray();
      // Whoever has another name or address by now was written with the words of it, or is by the old version again.
      const operations = rows.map(({ _id, email, firstName, lastName }) => ({
        updateOne: {
          filter: { _id, email, firstName, lastName },
          update: { $set: { words: searchWords({ email, firstName, lastName }) } },
        },
      }));
      if (operations.length > 0) await users.bulkWrite(operations, { ordered: false });
      last = rows.at(-1)?._id;
    }
  },
};
