import { type ZodType, z } from 'zod';
import { type GraphUser, graphUserSchema, USER_ATTRIBUTES } from '../graph-user.js';
import type { SearchQuery } from '../search-types.js';
import type { CallOptions, GraphCalls, GraphGroup } from '../types.js';
import { parsedBody } from '../wire/parsed-body.js';
import { GROUP_ATTRIBUTES, groupSchema } from './read-groups.js';

type Calls = Pick<GraphCalls, 'request'>;

/** Most that one page of a directory list has (Microsoft Graph documentation, "paging"). */
const PAGE_MOST = 999;

/** Groups whose name has words that begin with these, for a picker; without words the first of all. */
export function searchGroups(calls: Calls, query: SearchQuery, options: CallOptions = {}): Promise<GraphGroup[]> {
  const about = { list: '/groups', select: GROUP_ATTRIBUTES, properties: ['displayName'], schema: groupSchema };
  return search(calls, { ...about, ...query }, options);
}

/** People with such a name or address, for a picker. */
export function searchUsers(calls: Calls, query: SearchQuery, options: CallOptions = {}): Promise<GraphUser[]> {
  const properties = ['displayName', 'mail', 'userPrincipalName'];
  const about = { list: '/users', select: USER_ATTRIBUTES, properties, schema: graphUserSchema };
  return search(calls, { ...about, ...query }, options);
}

interface Search<T> extends SearchQuery {
  readonly list: string;
  readonly select: readonly string[];
  /** Any of them may match. */
  readonly properties: readonly string[];
  readonly schema: ZodType<T>;
}

async function search<T>(calls: Calls, wanted: Search<T>, options: CallOptions): Promise<T[]> {
  const { list, select, properties, schema } = wanted;
  // Quotes would end the search phrase; the words stay what they are without them.
  const words = wanted.text.replace(/["\\]/g, ' ').trim();
  const clauses = properties.map((property) => `"${property}:${words}"`).join(' OR ');
  const narrowed = words === '' ? '' : `&$search=${encodeURIComponent(clauses)}`;
  const top = Math.min(Math.max(1, wanted.limit), PAGE_MOST);
  // $search and $orderby work on the advanced engine only, which both header and $count switch on.
  const path = `${list}?$select=${select.join(',')}&$top=${top}&$count=true&$orderby=displayName${narrowed}`;
  const answer = await calls.request({ path, headers: { ConsistencyLevel: 'eventual' }, ...options });
  const { value } = parsedBody(z.object({ value: z.array(z.unknown()) }), answer);
  return value.flatMap((entry) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}
