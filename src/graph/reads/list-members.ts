import { z } from 'zod';
import type { Log } from '../../kernel/log.js';
import { GraphFailure } from '../graph-failure.js';
import { type GraphUser, graphUserSchema, USER_ATTRIBUTES } from '../graph-user.js';
import type { CallOptions, DirectoryObject, GraphCalls, ListUsersOptions, UsersPage } from '../types.js';
import { parsedBody } from '../wire/parsed-body.js';
import { directoryId } from './directory-id.js';
import { directoryObjectSchema } from './directory-object.js';

/** Most entries that Graph gives in one page of a directory list. */
const PAGE_SIZE = 999;
/** Most ids in one getByIds (Microsoft Graph documentation, "directoryObject: getByIds"). */
const BY_IDS_MOST = 1_000;
/** A cast on a transitive list is an advanced query: it needs this header on every page and `$count=true`. */
const ADVANCED = { ConsistencyLevel: 'eventual' };

interface ListDeps {
  readonly calls: Pick<GraphCalls, 'page' | 'request'>;
  readonly log: Log;
  readonly tenantId: string;
}

/** Users in a group or in groups nested below it, each once. */
export async function* transitiveUsers(
  deps: ListDeps,
  groupId: string,
  options: ListUsersOptions = {},
): AsyncGenerator<UsersPage> {
  const { select = USER_ATTRIBUTES, ...call } = options;
  const cast = `/groups/${directoryId(groupId)}/transitiveMembers/microsoft.graph.user`;
  const path = `${cast}?$select=${select.join(',')}&$count=true&$top=${PAGE_SIZE}`;
  for await (const page of deps.calls.page({ path, headers: ADVANCED, ...call })) {
    const parsed = page.value.map((entry) => graphUserSchema.safeParse(entry));
    const users = parsed.flatMap((entry) => (entry.success ? [entry.data] : []));
    if (users.some(isHidden)) throw hiddenPeople();
    yield { users, dropped: noteDropped(deps, parsed.length - users.length) };
  }
}

/**
 * Without permission to read people, a list of members still comes, with everything but the ids null (Microsoft Graph
 * documentation, "list members", limited information). Every account has a userPrincipalName: without one nothing in
 * the entry says anything about the person.
 */
function isHidden({ userPrincipalName, displayName }: GraphUser): boolean {
  return userPrincipalName === null && displayName === null;
}

function hiddenPeople(): GraphFailure {
  const message =
    'Graph named members without telling anything of them. Grant User.Read.All to the application and let an administrator of the tenant consent again.';
  return new GraphFailure(message, { kind: 'denied', status: 403, code: 'limited_information' });
}

/** Ids of the groups nested below a group, at any depth. */
export async function* transitiveGroups(
  deps: ListDeps,
  groupId: string,
  options: CallOptions = {},
): AsyncGenerator<readonly string[]> {
  const cast = `/groups/${directoryId(groupId)}/transitiveMembers/microsoft.graph.group`;
  const path = `${cast}?$select=id&$count=true&$top=${PAGE_SIZE}`;
  for await (const page of deps.calls.page({ path, headers: ADVANCED, ...options })) {
    yield objectsOf(deps, page.value).map((object) => object.id);
  }
}

/** Direct members of a group, of whatever type. */
export async function* directMembers(
  deps: ListDeps,
  groupId: string,
  options: CallOptions = {},
): AsyncGenerator<readonly DirectoryObject[]> {
  const path = `/groups/${directoryId(groupId)}/members?$select=id&$top=${PAGE_SIZE}`;
  for await (const page of deps.calls.page({ path, ...options })) yield objectsOf(deps, page.value);
}

/** Those of the ids that exist as one of the types. */
export async function getByIds(
  deps: ListDeps,
  wanted: { ids: readonly string[]; types: readonly ('user' | 'group')[] },
  options: CallOptions = {},
): Promise<DirectoryObject[]> {
  const ids = [...new Set(wanted.ids.map(directoryId))];
  const found: DirectoryObject[] = [];
  for (let start = 0; start < ids.length; start += BY_IDS_MOST) {
    const body = { ids: ids.slice(start, start + BY_IDS_MOST), types: wanted.types };
    const call = { method: 'POST', path: '/directoryObjects/getByIds?$select=id', body, repeatable: true } as const;
    const answer = await deps.calls.request({ ...call, ...options });
    found.push(...objectsOf(deps, parsedBody(z.object({ value: z.array(z.unknown()) }), answer).value));
  }
  return found;
}

function objectsOf(deps: ListDeps, entries: readonly unknown[]): DirectoryObject[] {
  const parsed = entries.map((entry) => directoryObjectSchema.safeParse(entry));
  const objects = parsed.flatMap((entry) => (entry.success ? [entry.data] : []));
  noteDropped(deps, entries.length - objects.length);
  return objects;
}

function noteDropped(deps: ListDeps, dropped: number): number {
  if (dropped > 0) {
    deps.log.warn(
      { event: 'graph.dropped', tenantId: deps.tenantId, dropped },
      'entries without an id left out of a list',
    );
  }
  return dropped;
}
