import type { Collection, Filter } from 'mongodb';
import { z } from 'zod';
import { cursorText, readCursor } from './cursor.js';

export interface InstantPage<T> {
  readonly rows: readonly T[];
  /** Where the page after this one begins; null at the end. */
  readonly next: string | null;
}

export interface InstantPageWanted<T> {
  readonly filter: Filter<T>;
  readonly order: 'newest_first' | 'oldest_first';
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

/**
 * One page of rows that are ordered by `at`, by an index that ends with it. Rows of one instant come in the order of
 * the index, so that a page needs no sort: its cursor says how many of that instant were given already.
 */
export async function instantPage<T extends { at: Date }>(
  collection: Collection<T>,
  { filter, order, limit, after }: InstantPageWanted<T>,
): Promise<InstantPage<T>> {
  const from = after === undefined ? null : placeIn(after);
  const bound = from && { at: order === 'newest_first' ? { $lte: from.at } : { $gte: from.at } };
  const found = await collection
    .find({ $and: [filter, bound ?? {}] } as Filter<T>)
    .sort({ at: order === 'newest_first' ? -1 : 1 })
    .skip(from?.given ?? 0)
    .limit(limit + 1)
    .toArray();
  const rows = found.slice(0, limit) as T[];
  const last = rows.at(-1);
  if (last === undefined || found.length <= limit) return { rows, next: null };
  const here = rows.filter(({ at }) => at.getTime() === last.at.getTime()).length;
  const given = here === rows.length && from?.at.getTime() === last.at.getTime() ? here + from.given : here;
  return { rows, next: cursorText([last.at.getTime(), given]) };
}

const cursorSchema = z.tuple([z.number(), z.number().int().nonnegative()]);

function placeIn(text: string): { at: Date; given: number } {
  const [atMs, given] = readCursor(text, cursorSchema);
  return { at: new Date(atMs), given };
}
