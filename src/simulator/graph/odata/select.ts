import type { GraphRequest } from '../../world/types.js';
import { type DirectoryObject, kindOf, mayRead } from './object-kind.js';

/** The names in $select, or null where there is none. */
export function readSelect(query: URLSearchParams): readonly string[] | null {
  const text = query.get('$select');
  if (text === null || text.trim() === '') return null;
  return text.split(',').map((name) => name.trim());
}

/** The chosen properties of an object; names it does not have are left out, as the service does. */
export function project(object: DirectoryObject, select: readonly string[] | null): Record<string, unknown> {
  const chosen: Record<string, unknown> = {};
  for (const name of select ?? kindOf(object).defaultSelect) {
    if (name in object.properties) chosen[name] = object.properties[name];
  }
  return chosen;
}

/** An object among others of mixed kinds: with its type, and bare where the caller may not read that kind. */
export function projectMixed(
  request: GraphRequest,
  object: DirectoryObject,
  select: readonly string[] | null,
): Record<string, unknown> {
  const kind = kindOf(object);
  const chosen = project(object, select);
  const readable = mayRead(request, kind);
  for (const name of Object.keys(chosen)) {
    if (!readable && name !== 'id') chosen[name] = Array.isArray(chosen[name]) ? [] : null;
  }
  return { '@odata.type': kind.odataType, ...chosen };
}

/** `@odata.context`: the entity set, its $select in brackets, and `/$entity` for a single object. */
export function contextOf(request: GraphRequest, set: string, select: readonly string[] | null): string {
  return `${request.root}/$metadata#${set}${select === null ? '' : `(${select.join(',')})`}`;
}
