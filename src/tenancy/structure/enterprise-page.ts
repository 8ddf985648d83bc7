import type { Collection, Filter } from 'mongodb';
import { z } from 'zod';
import { literalPattern } from '../../store/literal-pattern.js';
import { cursorText, readCursor } from '../../store/pages/cursor.js';
import type { InstantPage } from '../../store/pages/instant-pages.js';
import type { EnterpriseRow } from '../types.js';

export interface EnterprisePageWanted {
  /** Part of the name, in any case. */
  readonly text?: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** A page of enterprises by name; their names are unique. */
export async function enterprisePage(
  enterprises: Collection<EnterpriseRow>,
  { text, limit, after }: EnterprisePageWanted,
): Promise<InstantPage<EnterpriseRow>> {
  const part = text === undefined ? null : { $regex: literalPattern(text), $options: 'i' };
  const filter: Filter<EnterpriseRow> = {
    ...(part === null ? {} : { name: part }),
    ...(after === undefined ? {} : { nameKey: { $gt: readCursor(after, z.string()) } }),
  };
  const found = await enterprises
    .find(filter)
    .sort({ nameKey: 1, _id: 1 })
    .limit(limit + 1)
    .toArray();
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const next = last && found.length > limit ? cursorText(last.nameKey ?? '') : null;
  return { rows, next };
}
