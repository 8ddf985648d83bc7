import { z } from 'zod';
import { literalPattern } from '../../store/literal-pattern.js';
import { cursorText, readCursor } from '../../store/pages/cursor.js';
import { nameKeyOf } from '../checked-input.js';
import type { TenancyDeps } from '../tenancy-deps.js';
import { TEAMS, type TeamRow } from '../types.js';
import { findOrganisation } from './find-organisation.js';

export interface TeamsWanted {
  readonly enterpriseId: string;
  readonly organisationId: string;
  /** Part of the name, in any case. */
  readonly text?: string | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

const placeSchema = z.tuple([z.string(), z.string()]);

/** Teams of one organisation by name, a page at a time. @throws AppError organisation_not_found */
export async function findTeams(
  { store }: Pick<TenancyDeps, 'store'>,
  { enterpriseId, organisationId, text, limit, after }: TeamsWanted,
): Promise<{ items: TeamRow[]; next: string | null }> {
  await findOrganisation({ store }, { enterpriseId, organisationId });
  const named = text ? { nameKey: { $regex: literalPattern(nameKeyOf(text)) } } : {};
  const [nameKey, id] = after === undefined ? [] : readCursor(after, placeSchema);
  const from =
    nameKey === undefined ? {} : { $or: [{ nameKey: { $gt: nameKey } }, { nameKey, _id: { $gt: id ?? '' } }] };
  const found = await store
    .collection<TeamRow>(TEAMS)
    .find({ $and: [{ organisationId, enterpriseId }, named, from] })
    .sort({ nameKey: 1, _id: 1 })
    .limit(limit + 1)
    .toArray();
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && found.length > limit ? cursorText([last.nameKey ?? '', last._id]) : null };
}
