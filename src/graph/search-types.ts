import type { GraphUser } from './graph-user.js';
import type { CallOptions, GraphGroup } from './types.js';

export interface SearchQuery {
  /** Words; none: the first of all, by name. */
  readonly text: string;
  readonly limit: number;
}

/** For pickers. Graph's index of names is a little behind: what was made a moment ago may be missing. */
export interface DirectorySearches {
  /** Groups with words in their names that begin so. */
  searchGroups(query: SearchQuery, options?: CallOptions): Promise<GraphGroup[]>;
  /** People with such a name or address. */
  searchUsers(query: SearchQuery, options?: CallOptions): Promise<GraphUser[]>;
}
