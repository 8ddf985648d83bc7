import type { Collection, Filter } from 'mongodb';
import { z } from 'zod';
import { cursorInstant, cursorText, readCursor } from './cursor.js';

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
  /** The instant that orders the rows, where it is another than `at`. */
  readonly by?: keyof T & string;
}

/**
 * One page of rows that are ordered by an instant, by an index that ends with it. Rows of one instant come in the order
 * of the index, so that a page needs no sort: its cursor says how many of that instant were given already.
 */
export async function instantPage<T extends object>(
  collection: Collection<T>,
  { filter, order, limit, after, by = 'at' as keyof T & string }: InstantPageWanted<T>,
): Promise<InstantPage<T>> {
  const from = after === undefined ? null : placeIn(after);
  const bound = from && { [by]: order === 'newest_first' ? { $lte: from.at } : { $gte: from.at } };
  const found = await collection
    .find({ $and: [filter, bound ?? {}] } as Filter<T>)
    .sort({ [by]: order === 'newest_first' ? -1 : 1 })
    .skip(from?.given ?? 0)
    .limit(limit + 1)
    .toArray();
  const rows = found.slice(0, limit) as T[];
  const last = rows.at(-1);
  if (last === undefined || found.length <= limit) return { rows, next: null };
  const instantOf = (row: T) => (row[by] as Date).getTime();
  const at = instantOf(last);
  const here = rows.filter((row) => instantOf(row) === at).length;
  const given = here === rows.length && from?.at.getTime() === at ? here + from.given : here;
  return { rows, next: cursorText([at, given]) };
}

const cursorSchema = z.tuple([cursorInstant, z.number().int().nonnegative()]);

function placeIn(text: string): { at: Date; given: number } {
  const [atMs, given] = readCursor(text, cursorSchema);
  return { at: new Date(atMs), given };
}
