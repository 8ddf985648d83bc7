import { isGuid } from '../kernel/guid.js';
import type { ClientStateKind } from '../kernel/signed/client-state.js';

/** What the `resource` of a notification names. */
export interface ResourcePath {
  readonly kind: ClientStateKind;
  /** Person, group or the mailbox's person; null where the path names a whole collection. */
  readonly objectId: string | null;
  /** Tenant written behind the object (`users/{id}@{tenant}`), null where there is none. */
  readonly tenantId: string | null;
}

const MOST_CHARACTERS = 2_000;
const PATH = /^\/?(users|groups)(?:\/([^/()']+)|\('([^/()']+)'\))?(?:\/(.*))?$/i;
const EVENTS = /^events(?:$|[/(])/i;
const MEMBERS = /^(?:members|owners)(?:$|[/(])/i;

/**
 * Reads a notification's `resource` in all its spellings: with or without a leading slash, in any case, keys as
 * segments or in parentheses, the tenant behind the object or not. Null for what is none of ours.
 *
 * Source: Microsoft Graph documentation, changeNotification resource and Outlook change notifications overview.
 */
export function parseResourcePath(resource: string): ResourcePath | null {
  if (resource.length > MOST_CHARACTERS) return null;
  const match = PATH.exec(resource);
  if (match === null) return null;
  const [, collection = '', segment, parenthesised, rest = ''] = match;
  const kind = kindOf(collection.toLowerCase(), rest);
  if (kind === null) return null;

  const key = segment ?? parenthesised;
  if (key === undefined) return { kind, objectId: null, tenantId: null };
  const [objectId = '', tenantId, ...more] = key.toLowerCase().split('@');
  if (!isGuid(objectId) || more.length > 0) return null;
  if (tenantId !== undefined && !isGuid(tenantId)) return null;
  return { kind, objectId, tenantId: tenantId ?? null };
}

function kindOf(collection: string, rest: string): ClientStateKind | null {
  if (collection === 'users') {
    if (rest === '') return 'u';
    return EVENTS.test(rest) ? 'e' : null;
  }
  return rest === '' || MEMBERS.test(rest) ? 'g' : null;
}
