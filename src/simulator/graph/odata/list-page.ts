import { z } from 'zod';
import type { GraphRequest, GraphResponse, World } from '../../world/types.js';
import { graphError } from '../graph-error.js';
import type { ListOptions } from './list-options.js';
import type { DirectoryObject } from './object-kind.js';
import { openToken, sealToken, tokenSecret } from './opaque-token.js';

/** A list to be read in pages: its objects in their stable order, and how each is written. */
export interface ListSource {
  readonly context: string;
  readonly options: ListOptions;
  objects(afterOrdinal: number): Iterable<DirectoryObject>;
  write(object: DirectoryObject): Record<string, unknown>;
}

const tokenSchema = z.object({ tenant: z.string(), path: z.string(), after: z.number(), issuedAtMs: z.number() });

/** One page of a list; the opaque $skiptoken carries the place of the last object that was sent. */
export function listPage(world: World, request: GraphRequest, source: ListSource): GraphResponse {
  const after = readPlace(world, request);
  if (typeof after !== 'number') return after;
  const { options } = source;
  const matching = function* (from: number) {
    for (const object of source.objects(from)) if (options.matches(object)) yield object;
  };
  const page =
    options.orderBy === null ? takePage(matching(after), options.top) : sortedPage(matching(-1), options, after);
  const body: Record<string, unknown> = { '@odata.context': source.context };
  if (options.counts && !request.query.has('$skiptoken')) body['@odata.count'] = count(matching(-1));
  if (page.next !== null) body['@odata.nextLink'] = nextLink(world, request, page.next);
  return { status: 200, body: { ...body, value: page.objects.map(source.write) } };
}

/** How many there are. */
export function count(objects: Iterable<unknown>): number {
  let found = 0;
  for (const _ of objects) found += 1;
  return found;
}

interface Page {
  readonly objects: readonly DirectoryObject[];
  /** Where the next page begins; null on the last. */
  readonly next: number | null;
}

function takePage(objects: Iterable<DirectoryObject>, top: number): Page {
  const taken: DirectoryObject[] = [];
  for (const object of objects) {
    if (taken.length === top) return { objects: taken, next: taken.at(-1)?.ordinal ?? null };
    taken.push(object);
  }
  return { objects: taken, next: null };
}

/** Sorted lists have no stable order of their own: their place is a count of objects. */
function sortedPage(objects: Iterable<DirectoryObject>, options: ListOptions, after: number): Page {
  const { name, descending } = options.orderBy ?? { name: 'id', descending: false };
  const key = (object: DirectoryObject) => String(object.properties[name] ?? '');
  const sorted = [...objects].sort((a, b) => key(a).localeCompare(key(b)) * (descending ? -1 : 1));
  const start = Math.max(0, after);
  const end = start + options.top;
  return { objects: sorted.slice(start, end), next: end < sorted.length ? end : null };
}

function readPlace(world: World, request: GraphRequest): number | GraphResponse {
  const text = request.query.get('$skiptoken');
  if (text === null) return -1;
  const token = openToken(tokenSecret(world.seed), text, tokenSchema);
  if (token === null || token.tenant !== request.caller.tenant.id || token.path !== request.path.toLowerCase()) {
    return graphError(
      { status: 400, code: 'Request_BadRequest' },
      'Invalid $skiptoken value specified in the query.',
      request,
    );
  }
  if (world.clock.nowMs() - token.issuedAtMs < world.switches.pageTokenLifetimeMs) return token.after;
  const message = 'The specified page token value has expired and can no longer be included in your request.';
  return graphError({ status: 400, code: 'Directory_ExpiredPageToken' }, message, request);
}

function nextLink(world: World, request: GraphRequest, after: number): string {
  const place = { tenant: request.caller.tenant.id, path: request.path.toLowerCase(), after };
  const token = sealToken(tokenSecret(world.seed), { ...place, issuedAtMs: world.clock.nowMs() });
  const options = [...request.query].filter(([name]) => name !== '$skiptoken');
  const query = [...options, ['$skiptoken', token]].map(
    ([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`,
  );
  return `${request.root}${request.path}?${query.join('&')}`;
}
