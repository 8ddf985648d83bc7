import { z } from 'zod';
import type { DirectoryObject, ObjectType } from '../types.js';

const TYPES: ReadonlyMap<string, ObjectType> = new Map([
  ['#microsoft.graph.user', 'user'],
  ['#microsoft.graph.group', 'group'],
]);

/** The type behind an `@odata.type`; what Graph does not name counts as `other`. */
export function objectType(odataType: string | null | undefined): ObjectType {
  return TYPES.get(odataType?.toLowerCase() ?? '') ?? 'other';
}

export const lowerCaseId = z
  .string()
  .min(1)
  .transform((id) => id.toLowerCase());

/** An entry of a list of mixed objects. */
export const directoryObjectSchema = z
  .object({ id: lowerCaseId, '@odata.type': z.string().nullish() })
  .transform((entry): DirectoryObject => ({ id: entry.id, type: objectType(entry['@odata.type']) }));
