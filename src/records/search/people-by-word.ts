import type { Filter } from 'mongodb';
import { normaliseGuid } from '../../kernel/guid.js';
import type { Store } from '../../store/connect.js';
import { literalPattern } from '../../store/literal-pattern.js';
import { USERS, type UserRow } from '../types.js';
import { soughtWords } from './search-words.js';

/** The index of the words of people. */
export const BY_WORD = 'by_word';

/** People by what somebody typed to find them: beginnings of words, each of which is to be found, or an id. */
export function named(text: string): Filter<UserRow>[] {
  const id = normaliseGuid(text);
  if (id !== null) return [{ $or: [{ _id: id }, { 'entra.objectId': id }] }];
  const words = soughtWords(text);
  // Nothing but marks is in nobody's name.
  if (words.length === 0 && text.trim() !== '') return [{ _id: { $in: [] } }];
  return words.map(beginning);
}

/**
 * So few that they are read and put in order at once. Where more match, whoever reads people in the order of the list
 * soon meets a page of them.
 */
const FEW = 2_000;

export interface Sought {
  readonly conditions: readonly Filter<UserRow>[];
  /** Empty: the index is left to MongoDB. */
  readonly options: { readonly hint?: string };
}

/**
 * People by what somebody typed, for a list in an order of its own. A seldom word goes first, because the index is
 * used for the first. What MongoDB chooses by itself for a common word, it chooses for a seldom one too, and reads
 * everybody.
 */
export async function soughtInList(store: Store, enterpriseId: string, text: string): Promise<Sought> {
  const words = normaliseGuid(text) === null ? soughtWords(text) : [];
  const users = store.collection<UserRow>(USERS);
  const counted = await Promise.all(
    words.map(async (word) => {
      const filter = { enterpriseId, ...beginning(word) };
      return { word, people: await users.countDocuments(filter, { hint: BY_WORD, limit: FEW }) };
    }),
  );
  const [seldom, ...others] = counted.toSorted((a, b) => a.people - b.people);
  if (seldom === undefined || seldom.people === FEW) return { conditions: named(text), options: {} };
  return { conditions: [seldom, ...others].map(({ word }) => beginning(word)), options: { hint: BY_WORD } };
}

function beginning(word: string) {
  return { words: { $regex: `^${literalPattern(word)}` } };
}
