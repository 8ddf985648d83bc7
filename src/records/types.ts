import type { ArchivedReason, FieldTarget, LivingStatus, ProblemCode, UserStatus } from '../projection/types.js';
import type { Decision } from '../projection/verdicts/decision.js';

/** Why a person is in a team. */
export interface MembershipRow {
  readonly teamId: string;
  readonly isLeader: boolean;
  /** Somebody in GetHomeSafe put the person here. */
  readonly manual: boolean;
  /** Team mappings that justify the membership. */
  readonly mappingIds: readonly string[];
}

/** A GetHomeSafe user. Teams are kept on the person, so that a person is one document and one write. */
export interface UserRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly organisationId: string;
  readonly status: UserStatus;
  /** Present while archived: what the person is again when the profile comes back. */
  readonly statusBeforeArchive?: LivingStatus;
  readonly archivedReason: ArchivedReason | null;
  readonly archivedAt: Date | null;
  readonly origin: 'manual' | 'entra' | 'other_integration';
  readonly isAccountAdmin: boolean;
  readonly email: string | null;
  /** Present only on users who are not archived; unique over all enterprises. */
  readonly emailKey?: string;
  /** What `emailKey` was before archiving. */
  readonly formerEmailKey: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly mobilePhone: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
  readonly memberships: readonly MembershipRow[];
  /** By which the person is found (`search/search-words.ts`); written with the record, and nothing else goes by it. */
  readonly words?: readonly string[];
  /** The directory person this user is; absent on people that only GetHomeSafe knows. */
  readonly entra?: {
    readonly tenantId: string;
    readonly objectId: string;
    readonly linkedBy: 'sync' | 'support_merge';
    readonly linkedAt: Date;
    /** Last value of each field that came from Entra. */
    readonly lastSynced: Readonly<Partial<Record<FieldTarget, string | null>>>;
  };
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Who or what caused a write. */
export type Cause =
  | {
      readonly by: 'notification' | 'catch_up' | 'fan_out' | 'look' | 'recheck' | 'run';
      readonly traceId: string | null;
      readonly runId: string | null;
      /** Graph's own id of the answer that the write rests on. */
      readonly graphRequestId: string | null;
    }
  | { readonly by: 'person' | 'undo'; readonly who: string; readonly reason: string | null };

/** What undo puts back beside `before`: where the former value came from. */
export interface Provenance {
  /** Last value from Entra before an update; absent where Entra had not given any. */
  readonly lastSynced?: string | null;
  /** The membership before a join or leave; null: none. */
  readonly membership?: MembershipRow | null;
  /** Why somebody was archived who was restored. */
  readonly archivedReason?: ArchivedReason | null;
  readonly archivedAt?: Date | null;
  /** Home organisation that a new record got. */
  readonly organisationId?: string;
}

/** One write to a record; never changed afterwards. */
export interface LedgerRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly userId: string;
  readonly objectId: string | null;
  readonly at: Date;
  readonly kind:
    | ('create' | 'update' | 'archive' | 'restore' | 'join' | 'leave' | 'link' | 'remove')
    | ('activity_create' | 'activity_update' | 'activity_cancel');
  /** Field of an update. */
  readonly field: FieldTarget | null;
  /** Team of a join or leave. */
  readonly teamId: string | null;
  /** Activity of an entry about one; `before` and `after` hold what differs. */
  readonly activityId?: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly why: string;
  readonly cause: Cause;
  /** Guard kind where the write took something away, null otherwise. */
  readonly taking: 'archive' | 'team_removal' | 'email_change' | 'clear' | 'cancellation' | null;
  /** Somebody approved the taking: it does not count for the guard (law L12). */
  readonly approved?: true;
  readonly provenance?: Provenance;
  /** Id of the entry that this one undoes. */
  readonly undoes?: string;
}

/** Something that keeps one person from being in step; opens once for a person and code and closes by itself. */
export interface ProblemRow {
  /** `enterprise:objectId:code:subject`. */
  readonly _id: string;
  readonly enterpriseId: string;
  readonly objectId: string;
  readonly userId: string | null;
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  readonly subject: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly openedAt: Date;
  /** Shown from then on, so that the other side of a swap had its chance. */
  readonly visibleAt: Date;
}

/** A verdict on one value for one person (law L11). `held` ones wait for an administrator. */
export interface DecisionRow extends Decision {
  /** `enterprise:objectId:subject`. */
  readonly _id: string;
  readonly enterpriseId: string;
  readonly objectId: string;
  readonly userId: string | null;
  readonly reason?: string | null;
}

export const USERS = 'users';
export const LEDGER = 'ledger';
export const PROBLEMS = 'problems';
export const DECISIONS = 'decisions';
