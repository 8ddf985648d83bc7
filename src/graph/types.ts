import type { ZodType } from 'zod';
import type { Budget } from './budget.js';
import type { CalendarReads } from './calendar-types.js';
import type { GraphFailure } from './graph-failure.js';
import type { GraphUser } from './graph-user.js';
import type { DirectorySearches } from './search-types.js';
import type { SubscriptionCalls } from './subscription-types.js';

/** Who waits first when the tenant's budget is short: leftmost goes first (law L3). */
export const PRIORITIES = ['deleted', 'notification', 'catch_up', 'run'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What every call takes. Default priority: notification. `run` also asks Graph to drop it first. */
export interface CallOptions {
  readonly priority?: Priority;
  readonly signal?: AbortSignal;
}

export type GraphMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface GraphCall extends CallOptions {
  /** Default GET. */
  readonly method?: GraphMethod;
  /** Path below /v1.0 with its query, such as `/users/…?$select=id`, or a whole link that Graph handed us. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** May be sent again when the answer is lost. Default: true for GET only. */
  readonly repeatable?: boolean;
}

export interface GraphAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined where there was no body. */
  readonly body: unknown;
  readonly requestId: string | null;
}

export interface BatchItem {
  /** Unique in the list it is given in. */
  readonly id: string;
  /** Default GET. */
  readonly method?: GraphMethod;
  /** Path below /v1.0 with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** As in GraphCall. */
  readonly repeatable?: boolean;
}

export type BatchAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
      /** Graph's own id of the answer: the item's where it has one, else the batch's. */
      readonly requestId: string | null;
    }
  | { readonly ok: false; readonly failure: GraphFailure };

/** The untyped calls. Everything thrown is a `GraphFailure`, or the reason of an aborted signal. */
export interface GraphCalls {
  request(call: GraphCall): Promise<GraphAnswer>;
  /** `request`, with the body parsed; a body of another shape is a failure of kind unavailable. */
  read<T>(schema: ZodType<T>, call: GraphCall): Promise<T>;
  /** All entries of a list, page by page, the next page being fetched while one is used. */
  page(call: GraphCall, options?: PageOptions): AsyncIterable<GraphPage>;
  /** Every item gets an answer; runs chunks of 20, four at a time. Never throws but for an abort. */
  batch(items: readonly BatchItem[], options?: CallOptions): Promise<Map<string, BatchAnswer>>;
}

export interface PageOptions {
  /** Default 20,000. */
  readonly mostPages?: number;
}

export interface GraphPage {
  readonly value: readonly unknown[];
  /** On the last page of a delta round. */
  readonly deltaLink: string | null;
  /** `@odata.count` where asked for and given (first page). */
  readonly count: number | null;
}

export interface ReadPeopleOptions extends CallOptions {
  /** Groups to look for, transitively; none: no membership call. */
  readonly mappedGroupIds: readonly string[];
  /** Default USER_ATTRIBUTES. */
  readonly select?: readonly string[];
}

/** What one look at a person gave. `failed` says nothing about the person. Ids are lower case. */
export type PersonAnswer =
  | {
      readonly status: 'present';
      readonly user: GraphUser;
      readonly groupIds: readonly string[];
      readonly requestId: string | null;
    }
  | { readonly status: 'soft_deleted'; readonly deletedAt: Date | null; readonly requestId: string | null }
  | { readonly status: 'absent'; readonly requestId: string | null }
  | { readonly status: 'failed'; readonly failure: GraphFailure };

export type MailboxAnswer =
  | {
      readonly status: 'ok';
      /** undefined: not in the answer, which proves nothing (law L8). */
      readonly timeZone: string | null | undefined;
      readonly userPurpose: string | null;
    }
  | { readonly status: 'no_mailbox' }
  | { readonly status: 'forbidden'; readonly failure: GraphFailure }
  | { readonly status: 'failed'; readonly failure: GraphFailure };

export interface GraphGroup {
  readonly id: string;
  readonly displayName: string | null;
  readonly visibility: string | null;
  /**
   * Its members are hidden from us, who lack Member.Read.Hidden. Such a group is left out of membership answers
   * silently: its absence there proves nothing (law L8). A search only knows that its members may be hidden.
   */
  readonly hiddenMembership: boolean;
}

export type GroupAnswer =
  | { readonly status: 'present'; readonly group: GraphGroup }
  | { readonly status: 'absent' }
  | { readonly status: 'failed'; readonly failure: GraphFailure };

export type ObjectType = 'user' | 'group' | 'other';

export interface DirectoryObject {
  readonly id: string;
  readonly type: ObjectType;
}

export interface UsersPage {
  readonly users: readonly GraphUser[];
  /** Entries without an id or of a wrong shape: left out and counted. */
  readonly dropped: number;
}

export interface ListUsersOptions extends CallOptions {
  /** Default USER_ATTRIBUTES. */
  readonly select?: readonly string[];
}

/** Typed reads of the directory. Keys of the maps are the ids as given; every id given has an entry. */
export interface DirectoryReads extends DirectorySearches {
  readPeople(objectIds: readonly string[], options: ReadPeopleOptions): Promise<Map<string, PersonAnswer>>;
  readMailboxSettings(objectIds: readonly string[], options?: CallOptions): Promise<Map<string, MailboxAnswer>>;
  readGroup(groupId: string, options?: CallOptions): Promise<GroupAnswer>;
  readGroups(groupIds: readonly string[], options?: CallOptions): Promise<Map<string, GroupAnswer>>;
  /** Users below a group, through nested groups, each once. Throws GraphFailure (not_found for a missing group). */
  transitiveUsers(groupId: string, options?: ListUsersOptions): AsyncIterable<UsersPage>;
  /** Ids of the groups nested below a group. */
  transitiveGroups(groupId: string, options?: CallOptions): AsyncIterable<readonly string[]>;
  /** The same for several groups, in batches. Throws GraphFailure; a missing group has nothing below it. */
  nestedGroups(groupIds: readonly string[], options?: CallOptions): Promise<Map<string, readonly string[]>>;
  directMembers(groupId: string, options?: CallOptions): AsyncIterable<readonly DirectoryObject[]>;
  /** Those of the ids that exist as one of the types; others are left out. */
  getByIds(
    ids: readonly string[],
    types: readonly ('user' | 'group')[],
    options?: CallOptions,
  ): Promise<DirectoryObject[]>;
}

export type DeltaKind = 'users' | 'groups';

export interface DeltaMember extends DirectoryObject {
  readonly removed: boolean;
}

/** An object that delta names as changed; only a hint (law L2). */
export interface DeltaObject {
  readonly id: string;
  /** `changed`: soft deleted, can come back; `deleted`: for good. */
  readonly removed: null | 'changed' | 'deleted';
  /** Slice of a group's direct membership changes; slices of one group may come on several pages. */
  readonly members?: readonly DeltaMember[];
}

/** A round is pages, then exactly one `end` or `reset`. Keep the new link only when all pages are applied. */
export type DeltaStep =
  | { readonly step: 'page'; readonly objects: readonly DeltaObject[]; readonly dropped: number }
  | { readonly step: 'end'; readonly link: string }
  | DeltaReset;

/**
 * The link is worthless: read everything, then begin again with `deltaLatest` taken before that reading.
 * `refused`: in words that do not say why, so that new links may be refused too.
 */
export interface DeltaReset {
  readonly step: 'reset';
  readonly reason: 'gone' | 'sync_state_not_found' | 'resync_required' | 'refused' | 'foreign_link';
  /** Fresh link that Graph offers with a 410; following it names every object. */
  readonly link: string | null;
}

export interface DeltaOptions extends CallOptions {
  /** Properties whose change counts; frozen into the link. Default: USER_ATTRIBUTES, or displayName and members. */
  readonly select?: readonly string[];
}

export interface DeltaReads {
  /** A link that names changes from now on, without reading anything. */
  deltaLatest(kind: DeltaKind, options?: DeltaOptions): Promise<string>;
  /** `link` null: a first round, which names every object. Throws GraphFailure when a page cannot be read. */
  deltaRound(kind: DeltaKind, link: string | null, options?: DeltaOptions): AsyncIterable<DeltaStep>;
}

export type { CalendarReads } from './calendar-types.js';
export type {
  GraphSubscription,
  NewSubscription,
  SubscriptionCalls,
  SubscriptionRenewed,
} from './subscription-types.js';

/** Microsoft Graph as one tenant sees it. */
export interface TenantGraph extends GraphCalls, DirectoryReads, CalendarReads, DeltaReads, SubscriptionCalls {
  readonly tenantId: string;
}

export interface Graph {
  forTenant(tenantId: string, options: { readonly budget: Budget }): TenantGraph;
}
