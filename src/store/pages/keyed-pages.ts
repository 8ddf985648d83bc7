import type { Collection, Document, Filter } from 'mongodb';
import { z } from 'zod';
import { cursorInstant, cursorText, readCursor } from './cursor.js';
import type { InstantPage } from './instant-pages.js';

export interface KeyedPageWanted<T> {
  readonly filter: Filter<T>;
  /** The instant that orders the rows, oldest first; rows where it is null come first. */
  readonly by: keyof T & string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

/** One page of rows ordered by an instant and then their id, for collections that no index keeps in such an order. */
export async function keyedPage<T extends { readonly _id: string }>(
  collection: Collection<T>,
  { filter, by, limit, after }: KeyedPageWanted<T>,
): Promise<InstantPage<T>> {
  const found = await collection
    .find({ $and: [filter, after === undefined ? {} : behind(by, readCursor(after, cursorSchema))] } as Filter<T>)
    .sort({ [by]: 1, _id: 1 })
    .limit(limit + 1)
    .toArray();
  const rows = found.slice(0, limit) as T[];
  const last = rows.at(-1);
  if (last === undefined || found.length <= limit) return { rows, next: null };
  const at = (last[by] as Date | null | undefined)?.getTime() ?? null;
  return { rows, next: cursorText([at, last._id]) };
}

function behind(by: string, [atMs, id]: readonly [number | null, string]): Document {
  if (atMs === null) return { $or: [{ [by]: null, _id: { $gt: id } }, { [by]: { $ne: null } }] };
  const at = new Date(atMs);
  return { $or: [{ [by]: { $gt: at } }, { [by]: at, _id: { $gt: id } }] };
}

const cursorSchema = z.tuple([cursorInstant.nullable(), z.string()]);
