/** What the oracle judges by: the directory, GetHomeSafe's settings and records, and what people did, in plain words. */

export interface DirectoryFacts {
  readonly objectId: string;
  readonly state: 'present' | 'in_bin' | 'gone';
  readonly isEnabled: boolean;
  readonly isGuest: boolean;
  readonly mail: string | null;
  /** Raw texts by property. */
  readonly properties: Readonly<Record<string, string | null>>;
  /** Mapped groups that hold the person, directly or through others. */
  readonly groupIds: readonly string[];
  /** Everything that the directory ever said of them, raw, by property. */
  readonly past: Readonly<Record<string, readonly (string | null)[]>>;
  /** Mapped groups that ever held the person. */
  readonly pastGroupIds: readonly string[];
}

export interface MappingFacts {
  readonly id: string;
  readonly groupId: string;
  readonly teamId: string;
  readonly organisationId: string;
}

export interface OracleFacts {
  readonly people: readonly DirectoryFacts[];
  readonly records: readonly OracleRecord[];
  readonly mappings: readonly MappingFacts[];
  /** Groups that ever were mapped, with the organisation that each led to. */
  readonly everMapped: readonly Pick<MappingFacts, 'groupId' | 'organisationId'>[];
  /** Mapped groups that are no more: they neither give nor take (E12). */
  readonly lostGroups: ReadonlySet<string>;
  readonly onLeaveAllGroups: 'keep' | 'archive';
  readonly onDisabledOrDeleted: 'keep' | 'archive';
  readonly includeGuests: boolean;
  /** Who waits for an administrator, was declined something, or could not be handled. */
  readonly undecided: ReadonlySet<string>;
  /** What people typed, by object id. */
  readonly typedPhones: ReadonlyMap<string, readonly string[]>;
  /** Ids of records whose activity keeps them as they are: under way, alerted, or not started though it should be. */
  readonly inTheField: ReadonlySet<string>;
}

export interface OracleRecord {
  readonly id: string;
  readonly objectId: string | null;
  readonly status: string;
  readonly archivedReason: string | null;
  readonly organisationId: string;
  readonly isAccountAdmin: boolean;
  readonly fields: Readonly<Record<string, string | null>>;
  readonly memberships: readonly {
    readonly teamId: string;
    readonly isLeader: boolean;
    readonly manual: boolean;
    readonly mappingIds: readonly string[];
  }[];
}
