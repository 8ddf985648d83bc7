/** The simulated world: tenants with people, groups and subscriptions, and one clock that can be moved. */

import type { Calendars } from './calendar/calendar-types.js';

export interface SimulatedClock {
  /** Milliseconds since 1970 UTC, moved ahead by `advance`. */
  nowMs(): number;
  advance(ms: number): void;
}

/** A directory user as Graph knows it; every selectable property is present, null or [] where never set. */
export interface DirectoryUser {
  readonly id: string;
  /** Place in the tenant's stable order, shared by users and groups. */
  readonly ordinal: number;
  /** Names of properties that once held a value and are null now: delta tells them apart from never set. */
  readonly cleared: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  /** Set while soft deleted (30 days), null while live. */
  readonly deletedAtMs: number | null;
  /** What GET /users/{id}/mailboxSettings answers, or why it cannot. */
  readonly mailbox: MailboxSettings | 'none' | 'blocked';
}

export interface MailboxSettings {
  readonly timeZone: string;
  readonly userPurpose: string;
}

export interface DirectoryGroup {
  readonly id: string;
  readonly ordinal: number;
  readonly cleared: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletedAtMs: number | null;
  /** Direct members (users and groups), in the order they were added. */
  readonly memberIds: ReadonlySet<string>;
  /** Hidden membership: left out of checkMemberGroups silently, refused on /members without Member.Read.Hidden. */
  readonly hiddenMembership: boolean;
}

/** One committed change of a tenant, in commit order; the raw material of notifications, delta and replica lag. */
export interface Commit {
  readonly sequence: number;
  readonly atMs: number;
  readonly kind: 'user' | 'group';
  readonly objectId: string;
  /** `deleted` only for a permanent deletion; creation, edits, membership, soft delete and restore are `updated`. */
  readonly changeType: 'updated' | 'deleted';
  /** Names of the changed properties; empty for membership-only changes. */
  readonly changedProperties: readonly string[];
  /** For groups: ids added to and removed from the direct members by this commit. */
  readonly membersAdded: readonly string[];
  readonly membersRemoved: readonly string[];
}

/** A tenant's directory as one reader sees it: now, or as it was some time ago. */
export interface DirectoryView {
  user(id: string): DirectoryUser | undefined;
  group(id: string): DirectoryGroup | undefined;
  /** The last commit this view shows. */
  readonly sequence: number;
  /** A live user, or undefined; capitals do not matter. */
  userByPrincipalName(principalName: string): DirectoryUser | undefined;
  /** Live and soft-deleted objects in a stable order, those after the given place only. */
  users(afterOrdinal?: number): Iterable<DirectoryUser>;
  groups(afterOrdinal?: number): Iterable<DirectoryGroup>;
  /** Direct parents of a user or group: ids of live groups that hold it. */
  parentsOf(id: string): ReadonlySet<string>;
}

export interface Tenant {
  readonly id: string;
  /** The verified domain, usable in place of the id in addresses. */
  readonly domain: string;
  readonly displayName: string;
  /** Application permissions consented for our app (names such as User.Read.All); empty: the app is not consented. */
  readonly consentedRoles: Set<string>;
  /** People who can sign in at /authorize: user principal name -> object id and directory roles (wids). */
  readonly administrators: Map<string, { objectId: string; password: string; wids: readonly string[] }>;
  /** The directory, `lagMs` behind (0: as it is now). */
  view(lagMs?: number): DirectoryView;
  readonly directory: DirectoryWriter;
  /** The mailboxes' default calendars, by object id of the user. */
  readonly calendars: Calendars;
  /** Commits after `sequence`, oldest first. */
  commitsAfter(sequence: number): readonly Commit[];
  latestSequence(): number;
  /** Called after every commit, synchronously. */
  onCommit(listener: (commit: Commit) => void): void;
}

/** Every edit commits at once and returns its commit. Unknown ids throw `UnknownObject`. */
export interface DirectoryWriter {
  createUser(properties: Record<string, unknown>, mailbox?: DirectoryUser['mailbox']): Commit;
  updateUser(id: string, properties: Record<string, unknown>, mailbox?: DirectoryUser['mailbox']): Commit;
  deleteUser(id: string, permanent: boolean): Commit;
  restoreUser(id: string): Commit;
  createGroup(properties: Record<string, unknown>): Commit;
  updateGroup(id: string, properties: Record<string, unknown>): Commit;
  /** Microsoft 365 groups are soft deleted unless `permanent`; security groups always go for good. */
  deleteGroup(id: string, permanent?: boolean): Commit;
  restoreGroup(id: string): Commit;
  addMember(groupId: string, memberId: string): Commit;
  removeMember(groupId: string, memberId: string): Commit;
}

export interface World {
  readonly clock: SimulatedClock;
  readonly seed: number;
  readonly tenants: Map<string, Tenant>;
  readonly application: {
    readonly clientId: string;
    clientSecret: string;
    /** PEM certificates registered for client assertions. */
    readonly certificates: string[];
    /** On loopback hosts the port does not matter, as at Entra. */
    readonly redirectUris: string[];
    /** Secrets that were right once: AADSTS7000222. */
    readonly expiredSecrets: string[];
    /** What an administrator's consent grants. */
    readonly requestedRoles: readonly string[];
  };
  /** What reference documents call unconfirmed, and what real tenants differ in. */
  readonly switches: Switches;
}

export const RICH_FAULTS = [
  'none',
  'content_signature',
  'unknown_certificate',
  'token_signature',
  'expired_token',
  'foreign_audience',
  'no_tokens',
] as const;
export type RichFault = (typeof RICH_FAULTS)[number];

export interface Switches {
  /** A second subscription for the same resource: 409 (default) or accepted. */
  duplicateSubscriptions: 'conflict' | 'accepted';
  /** How an expired delta token is refused: 400 syncStateNotFound (default), 400 with another code, 410 with Location. */
  expiredDeltaToken: 'bad_request' | 'unsupported' | 'gone';
  /** Whether `members@delta` is sent with group notifications. */
  membersInGroupNotifications: boolean;
  /** Whether one edit of an event is told several times, as Outlook does. */
  eventBursts: boolean;
  /** What is wrong with notifications that carry resource data. */
  richFault: RichFault;
  /** Ten minutes less than the documented 41,760 for directory subscriptions, as Outlook enforces for its own. */
  directoryExpiryTenMinutesLess: boolean;
  /** Default lag of replicas in ms: each read takes one of these at random (seeded). */
  replicaLagsMs: number[];
  /** Resource units each 10 s for app and tenant; null takes Graph's own size classes 3,500/5,000/8,000. */
  resourceUnitsPer10s: number | null;
  /** Whether throttling is on at all. */
  throttling: boolean;
  /** How delta cuts its pages and what it does for the worse. */
  readonly delta: DeltaSwitches;
  /** After this time a list's `$skiptoken` is refused with Directory_ExpiredPageToken. */
  pageTokenLifetimeMs: number;
}

export interface DeltaSwitches {
  /** Objects a page. */
  userPageSize: number;
  groupPageSize: number;
  /** Members a page of groups carries at most; a larger group repeats on the next page with further members. */
  membersPageSize: number;
  /** Shares (0-1) of pages that repeat an object, and of pages that are empty but for their nextLink. */
  replayShare: number;
  emptyPageShare: number;
  /** Whether soft-deleted objects appear as `@removed` in an initial round. */
  removedInInitialRound: boolean;
  /** 7 days for directory objects (Microsoft, delta query overview). */
  tokenLifetimeMs: number;
}

/** A Graph call without its transport, so that `$batch` and HTTP go through the same functions. */
export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Decoded path below /v1.0, for example `/users/{id}`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Absolute address of the Graph root, such as http://127.0.0.1:4000/v1.0, for links in answers. */
  readonly root: string;
  readonly caller: { readonly tenant: Tenant; readonly clientId: string; readonly roles: ReadonlySet<string> };
  /** How far behind the replica is that answers this request. */
  readonly lagMs: number;
  /** Simulated time of the request, and the id it is answered under; made up where the transport gives none. */
  readonly nowMs?: number;
  readonly requestId?: string;
}

export interface GraphResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** undefined: no body (204). */
  readonly body?: unknown;
}

export interface GraphRoute {
  readonly method: GraphRequest['method'];
  /** Matches the whole path, case-insensitively. */
  readonly pattern: RegExp;
  /** Resource units before `$select`, `$expand` and `$top` adjust them (Graph throttling limits, identity). */
  readonly resourceUnits: number;
  /** Any one of these application permissions lets the call through; empty: every valid token does. */
  readonly anyRoleOf: readonly string[];
  handle(request: GraphRequest, match: RegExpMatchArray): GraphResponse | Promise<GraphResponse>;
}
