import { z } from 'zod';
import type { GraphConfig } from '../graph-config.js';
import { GraphFailure } from '../graph-failure.js';
import { USER_ATTRIBUTES } from '../graph-user.js';
import type { DeltaKind, DeltaMember, DeltaObject, DeltaOptions, DeltaReset, DeltaStep, GraphCalls } from '../types.js';
import { followableOrNull } from '../wire/graph-link.js';
import { lowerCaseId, objectType } from './directory-object.js';

/** `members` makes Graph report direct membership changes as `members@delta`. */
const SELECTS: Readonly<Record<DeltaKind, readonly string[]>> = {
  users: USER_ATTRIBUTES,
  groups: ['displayName', 'visibility', 'members'],
};

// An object in delta queries, a bare string in notifications: both are read.
const removedSchema = z.union([z.object({ reason: z.string().nullish() }), z.string()]).nullish();
const memberSchema = z
  .object({ id: lowerCaseId, '@odata.type': z.string().nullish(), '@removed': removedSchema })
  .transform((entry): DeltaMember => {
    const removed = entry['@removed'] !== undefined && entry['@removed'] !== null;
    return { id: entry.id, type: objectType(entry['@odata.type']), removed };
  });
const objectSchema = z
  .object({ id: lowerCaseId, '@removed': removedSchema, 'members@delta': z.array(z.unknown()).nullish() })
  .transform((entry): DeltaObject => {
    const members = entry['members@delta'];
    const removed = removedReason(entry['@removed']);
    return members ? { id: entry.id, removed, members: membersOf(members) } : { id: entry.id, removed };
  });

/** A member that cannot be read is left out: the group itself is named all the same. */
function membersOf(entries: readonly unknown[]): DeltaMember[] {
  return entries.flatMap((entry) => {
    const member = memberSchema.safeParse(entry);
    return member.success ? [member.data] : [];
  });
}

function removedReason(removed: z.infer<typeof removedSchema>): DeltaObject['removed'] {
  if (removed === undefined || removed === null) return null;
  const reason = typeof removed === 'string' ? removed : removed.reason;
  return reason?.toLowerCase() === 'changed' ? 'changed' : 'deleted';
}

/** A link from now on. */
export async function deltaLatest(
  calls: Pick<GraphCalls, 'page'>,
  kind: DeltaKind,
  options: DeltaOptions = {},
): Promise<string> {
  const { select, ...call } = options;
  const path = `${firstPath(kind, select)}&$deltatoken=latest`;
  for await (const page of calls.page({ path, ...call })) {
    if (page.deltaLink !== null) return page.deltaLink;
  }
  throw withoutLink();
}

/** What changed since the link, page by page; then the new link, or word that the old one is worthless. */
export async function* deltaRound(
  { calls, config }: { readonly calls: Pick<GraphCalls, 'page'>; readonly config: GraphConfig },
  round: { kind: DeltaKind; link: string | null },
  options: DeltaOptions = {},
): AsyncGenerator<DeltaStep> {
  const { select, ...call } = options;
  const path = round.link ?? firstPath(round.kind, select);
  let link: string | null = null;
  // It was Graph's when it was stored: Graph is asked at another address since.
  if (round.link !== null && followableOrNull(config, round.link) === null) {
    yield { step: 'reset', reason: 'foreign_link', link: null };
    return;
  }
  try {
    for await (const page of calls.page({ path, ...call })) {
      const parsed = page.value.map((entry) => objectSchema.safeParse(entry));
      const objects = parsed.flatMap((entry) => (entry.success ? [entry.data] : []));
      yield { step: 'page', objects, dropped: parsed.length - objects.length };
      link = page.deltaLink ?? link;
    }
  } catch (error) {
    const reset = resetOf(error, round.link !== null);
    if (reset === null) throw error;
    yield reset;
    return;
  }
  if (link === null) throw withoutLink();
  yield { step: 'end', link };
}

function firstPath(kind: DeltaKind, select: readonly string[] | undefined): string {
  return `/${kind}/delta?$select=${(select ?? SELECTS[kind]).join(',')}`;
}

/** Codes arrive in other cases and inside innerError; the failure holds the deepest in its usual spelling. */
function resetOf(error: unknown, isStored: boolean): DeltaReset | null {
  if (!(error instanceof GraphFailure)) return null;
  const link = error.location;
  if (error.code === 'syncStateNotFound') return { step: 'reset', reason: 'sync_state_not_found', link };
  if (error.code === 'resyncRequired') return { step: 'reset', reason: 'resync_required', link };
  if (error.status === 410) return { step: 'reset', reason: 'gone', link };
  // Words differ (too old a link, a token that nobody can read any more): without its own words it is no `rejected`.
  const isRefused = isStored && error.kind === 'rejected' && error.status === 400;
  return isRefused ? { step: 'reset', reason: 'refused', link: null } : null;
}

function withoutLink(): GraphFailure {
  return new GraphFailure('Graph ended a delta round without a link to go on from. It is asked again later.', {
    kind: 'unavailable',
    code: 'no_delta_link',
  });
}
