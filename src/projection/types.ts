/** The vocabulary of the pure rules: what Entra said, what an administrator wants, what GetHomeSafe has. */

/** The six fields that a Field Mapping can feed (help article, Field Mappings). */
export const FIELD_TARGETS = ['firstName', 'lastName', 'email', 'mobilePhone', 'country', 'timeZone'] as const;
export type FieldTarget = (typeof FIELD_TARGETS)[number];
export type Fields = Readonly<Record<FieldTarget, string | null>>;

/** What an organisation may use as it likes: Graph gives all of them or none. */
export const EXTENSION_SOURCES = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}` as const);

/**
 * Where a field may come from: the closed list on offer. All of it is selected from Graph always, but for
 * `organisation.timeZone`, which is GetHomeSafe's own: the zone of the person's home organisation.
 */
export const FIELD_SOURCES = [
  'givenName',
  'surname',
  'displayName',
  'mail',
  'userPrincipalName',
  'otherMails',
  'mobilePhone',
  'businessPhones',
  'country',
  'usageLocation',
  'mailboxSettings.timeZone',
  'organisation.timeZone',
  ...EXTENSION_SOURCES,
] as const;
export type FieldSource = (typeof FIELD_SOURCES)[number];
export type FieldMappings = Readonly<Record<FieldTarget, FieldSource | null>>;

/**
 * What a person's own attributes are in Entra. `undefined` means not read (forbidden, failed, never asked) and never
 * clears anything; null means empty at the source.
 */
export interface Attributes {
  readonly accountEnabled: boolean;
  /** Guest or Member; null on old synchronised accounts. */
  readonly userType: string | null;
  readonly userPrincipalName: string | null;
  /** Raw text by source; arrays are reduced to their first entry. */
  readonly values: Readonly<Partial<Record<FieldSource, string | null>>>;
  /** mailboxSettings.userPurpose where known: user, linked, shared, room, equipment, others. */
  readonly userPurpose?: string | undefined;
  /** Exchange said that there is no mailbox, so that a time zone cannot be had from it (E41). */
  readonly hasNoMailbox?: boolean | undefined;
}

/** What Entra said of a person at one moment. */
export type Reading =
  | {
      readonly state: 'present';
      readonly attributes: Attributes;
      /** Mapped groups that hold the person, directly or through nested groups, as they are in effect. */
      readonly groupIds: readonly string[];
    }
  | { readonly state: 'soft_deleted' }
  /** Found neither among users nor among deleted items; `confirmed` once seen so twice, far enough apart (law L8). */
  | { readonly state: 'absent'; readonly confirmed: boolean };

export interface TeamMapping {
  readonly id: string;
  readonly groupId: string;
  readonly teamId: string;
  /** Of the team when it was mapped. The rules ask the team itself, which may be elsewhere by now. */
  readonly organisationId: string;
  /** Lower goes first. */
  readonly priority: number;
  readonly createdAt: string;
}

/** Everything of the integration's settings that the rules look at. */
export interface SyncRules {
  readonly fields: FieldMappings;
  readonly mappings: readonly TeamMapping[];
  readonly onLeaveAllGroups: 'keep' | 'archive';
  readonly onDisabledOrDeleted: 'archive' | 'keep';
  readonly includeGuests: boolean;
  /** Share of people, in percent, above which takings are held (law L12). */
  readonly removalBrakePercent: number;
}

export interface Organisation {
  readonly id: string;
  readonly country: string | null;
  readonly zone: string;
}

export interface Membership {
  readonly teamId: string;
  readonly isLeader: boolean;
  /** Somebody in GetHomeSafe put the person here; the sync never takes that away. */
  readonly manual: boolean;
  /** Mappings that justify the membership, empty where only `manual` does. */
  readonly mappingIds: readonly string[];
}

export type UserStatus = 'invited' | 'active' | 'archived';
export type LivingStatus = Exclude<UserStatus, 'archived'>;
export type ArchivedReason = 'admin' | 'sync_disabled' | 'sync_deleted' | 'sync_out_of_scope' | 'support_merge';

/** A GetHomeSafe user as the rules see it. */
export interface PresentRecord {
  readonly id: string;
  readonly organisationId: string;
  readonly status: UserStatus;
  readonly archivedReason: ArchivedReason | null;
  /** Of an archived profile: what it is again once restored; `active` where that is not known. */
  readonly statusBeforeArchive?: LivingStatus;
  readonly fields: Fields;
  /** Last value of each field that came from Entra: what the sync gave and may take. */
  readonly lastSynced: Readonly<Partial<Record<FieldTarget, string | null>>>;
  readonly memberships: readonly Membership[];
  /** Account administrators are never archived by the sync (E19). */
  readonly isAccountAdmin: boolean;
  /** An activity is active or alerted: archiving waits (E10). */
  readonly hasOpenActivity: boolean;
}

/** A team as the rules see it. */
export interface TeamState {
  readonly id: string;
  readonly organisationId: string;
  /** Leaders that the team has now; the last two are protected (E7). */
  readonly leaderCount: number;
}

/** Why a mapped group cannot be used as evidence now. */
export type GroupState = 'ok' | 'missing' | 'hidden' | 'unreadable';

export interface ProjectionInput {
  readonly objectId: string;
  readonly reading: Reading;
  readonly record: PresentRecord | null;
  readonly rules: SyncRules;
  readonly organisations: ReadonlyMap<string, Organisation>;
  readonly teams: ReadonlyMap<string, TeamState>;
  readonly groups: ReadonlyMap<string, GroupState>;
}

/** What a change would do to the record, with its reason in words. */
export type PlannedChange =
  | { readonly kind: 'create'; readonly organisationId: string; readonly after: Fields; readonly why: string }
  | {
      readonly kind: 'update';
      readonly field: FieldTarget;
      readonly before: string | null;
      readonly after: string | null;
      readonly why: string;
    }
  | {
      readonly kind: 'join';
      readonly teamId: string;
      /** Justifying mappings after the change; `before` those of now (a change of reasons alone is a join too). */
      readonly before: readonly string[];
      readonly after: readonly string[];
      readonly why: string;
    }
  | { readonly kind: 'leave'; readonly teamId: string; readonly before: readonly string[]; readonly why: string }
  | { readonly kind: 'archive'; readonly reason: ArchivedReason; readonly before: UserStatus; readonly why: string }
  | { readonly kind: 'restore'; readonly before: 'archived'; readonly after: LivingStatus; readonly why: string };

/** Kinds of taking that the guard counts (law L12). */
export type TakingKind = 'archive' | 'team_removal' | 'email_change' | 'clear';

export const PROBLEM_CODES = [
  'email_missing',
  'email_invalid',
  'duplicate_email',
  'duplicate_email_in_source',
  'archived_by_admin',
  'phone_unparseable',
  'country_unknown',
  'timezone_unknown',
  'field_blank',
  'guest_skipped',
  'not_a_person_mailbox',
  'account_disabled',
  'multi_org_conflict',
  'leader_removal_blocked',
  'active_activity_deferred',
  'no_mapped_group',
  'held',
  'drift',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface Problem {
  readonly code: ProblemCode;
  /** `error`: the person could not be brought in step; `warning`: they could, something is worth knowing. */
  readonly severity: 'error' | 'warning';
  /** A field, team or mapping the problem is about, where there is one. */
  readonly subject: string | null;
  /** What happened, in words an administrator understands. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

export interface Projection {
  readonly objectId: string;
  /** In at least one usable mapped group now. */
  readonly isMember: boolean;
  /** The normalised address that the person should have, null where none; its uniqueness is decided by the plan. */
  readonly wantedEmailKey: string | null;
  /** Additions, corrections and restores: applied at once. */
  readonly gives: readonly PlannedChange[];
  /** Archive, leave, e-mail change, clear: with their guard kind; applied only on evidence and after ripening. */
  readonly takes: readonly { readonly taking: TakingKind; readonly change: PlannedChange }[];
  readonly problems: readonly Problem[];
  /** Values to remember as last given by Entra when the gives and takes are written. */
  readonly lastSynced: Readonly<Partial<Record<FieldTarget, string | null>>>;
}
