import type { GraphRequest, GraphResponse } from '../../world/types.js';
import { graphError } from '../graph-error.js';
import { readFilter } from './filter.js';
import type { DirectoryObject, ObjectKind } from './object-kind.js';
import { readSelect } from './select.js';

export interface ListOptions {
  readonly select: readonly string[] | null;
  readonly top: number;
  /** $filter and $search together. */
  matches(object: DirectoryObject): boolean;
  readonly orderBy: { readonly name: string; readonly descending: boolean } | null;
  /** Whether `@odata.count` belongs on the first page. */
  readonly counts: boolean;
}

/** Page sizes of directory lists (Microsoft Graph documentation, list users and list groups). */
export const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 999;

const SUPPORTED = new Set(['$select', '$top', '$filter', '$search', '$orderby', '$count', '$skiptoken']);
const SORTABLE = new Set(['displayName', 'userPrincipalName', 'mail', 'createdDateTime']);
const EVENTUAL_ONLY =
  "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'";

/** Whether the caller accepts eventually consistent answers, which advanced queries need. */
export function isEventual(request: GraphRequest): boolean {
  return request.headers['consistencylevel']?.toLowerCase() === 'eventual';
}

/** Header and `$count=true`, the two things an advanced query must carry. */
export function isAdvanced(request: GraphRequest): boolean {
  return isEventual(request) && request.query.get('$count')?.toLowerCase() === 'true';
}

/** Refuses query options outside `supported`, and any that is given twice. */
export function refuseOptions(request: GraphRequest, supported: ReadonlySet<string> = SUPPORTED): GraphResponse | null {
  const names = [...request.query.keys()].filter((name) => name.startsWith('$'));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    const message = `Query option '${repeated}' was specified more than once, but it must be specified at most once.`;
    return graphError({ status: 400, code: 'Request_BadRequest' }, message, request);
  }
  const unsupported = names.find((name) => !supported.has(name.toLowerCase()));
  if (unsupported === undefined) return null;
  return graphError(
    { status: 400, code: 'Request_UnsupportedQuery' },
    `'${unsupported}' is not supported by the service.`,
    request,
  );
}

/** The query options of a list of `kind`, or the answer that refuses them. */
export function readListOptions(request: GraphRequest, kind: ObjectKind): ListOptions | GraphResponse {
  const { query } = request;
  const refused = refuseOptions(request);
  if (refused !== null) return refused;
  const top = Number(query.get('$top') ?? DEFAULT_PAGE_SIZE);
  if (!Number.isInteger(top) || top < 1 || top > MAX_PAGE_SIZE) {
    const message = `Invalid page size specified: '${query.get('$top')}'. Must be between 1 and ${MAX_PAGE_SIZE} inclusive.`;
    return graphError({ status: 400, code: 'Request_BadRequest' }, message, request);
  }
  const matches = readMatches(request, kind);
  if (typeof matches !== 'function') return matches;
  const orderBy = readOrder(request, kind);
  if (orderBy !== null && 'status' in orderBy) return orderBy;
  return { select: readSelect(query), top, matches, orderBy, counts: isAdvanced(request) };
}

function readMatches(request: GraphRequest, kind: ObjectKind): ((object: DirectoryObject) => boolean) | GraphResponse {
  const [filterText, searchText] = [request.query.get('$filter'), request.query.get('$search')];
  const tests: ((object: DirectoryObject) => boolean)[] = [];
  if (filterText !== null) {
    const filter = readFilter(filterText, kind);
    if (filter.kind === 'invalid') return graphError({ status: 400, code: filter.code }, filter.message, request);
    if (filter.advanced && !isAdvanced(request)) {
      return graphError(
        { status: 400, code: 'Request_UnsupportedQuery' },
        'Unsupported property filter clause operator.',
        request,
      );
    }
    tests.push(filter.test);
  }
  if (searchText !== null) {
    if (!isEventual(request))
      return graphError({ status: 400, code: 'Request_UnsupportedQuery' }, EVENTUAL_ONLY, request);
    const search = readSearch(searchText);
    if (search === null)
      return graphError({ status: 400, code: 'Request_BadRequest' }, 'Syntax error in the $search clause.', request);
    tests.push(search);
  }
  return (object) => tests.every((test) => test(object));
}

/** Clauses joined with `OR` (Microsoft Graph documentation, "search parameter"); what is joined otherwise is refused. */
function readSearch(text: string): ((object: DirectoryObject) => boolean) | null {
  const clauses = text
    .trim()
    .split(/(?<=") +OR +(?=")/)
    .map(readSearchClause);
  const tests = clauses.filter((clause) => clause !== null);
  return tests.length === clauses.length ? (object) => tests.some((test) => test(object)) : null;
}

/** `"displayName:words"`: every word must begin a word of the display name; other properties match by their beginning. */
function readSearchClause(text: string): ((object: DirectoryObject) => boolean) | null {
  const clause = /^"(displayName|description|mail|userPrincipalName|mailNickname):([^"]+)"$/i.exec(text);
  if (clause === null) return null;
  const [, name = '', wanted = ''] = clause;
  const words = wordsOf(wanted);
  return ({ properties }) => {
    const value = String(properties[name] ?? '');
    if (name !== 'displayName' && name !== 'description') return value.toLowerCase().startsWith(wanted.toLowerCase());
    const own = wordsOf(value);
    return words.every((word) => own.some((each) => each.startsWith(word)));
  };
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Sorting alone is plain; together with a filter or search it is an advanced query. */
function readOrder(request: GraphRequest, kind: ObjectKind): ListOptions['orderBy'] | GraphResponse {
  const text = request.query.get('$orderby');
  if (text === null) return null;
  const [, name = '', direction = 'asc'] = /^(\w+)(?:\s+(asc|desc))?$/.exec(text.trim()) ?? [];
  const narrowed = request.query.has('$filter') || request.query.has('$search');
  if (!SORTABLE.has(name) || !(name in kind.properties) || (narrowed && !isAdvanced(request))) {
    return graphError(
      { status: 400, code: 'Request_UnsupportedQuery' },
      'Sorting not supported for current query.',
      request,
    );
  }
  return { name, descending: direction === 'desc' };
}
