import { DEFAULT_FIELD_MAPPINGS } from '../../../src/projection/default-field-mappings.js';
import {
  type Attributes,
  FIELD_SOURCES,
  type FieldSource,
  type Membership,
  type PresentRecord,
  type ProjectionInput,
  type Reading,
  type SyncRules,
  type TeamMapping,
} from '../../../src/projection/types.js';

export function aMapping(mapping: Partial<TeamMapping> & { id: string }): TeamMapping {
  return {
    groupId: `group-${mapping.id}`,
    teamId: `team-${mapping.id}`,
    organisationId: 'org-a',
    priority: 1,
    createdAt: '2026-01-01T00:00:00Z',
    ...mapping,
  };
}

export function someRules(rules: Partial<SyncRules> = {}): SyncRules {
  return {
    fields: DEFAULT_FIELD_MAPPINGS,
    mappings: [aMapping({ id: '1' }), aMapping({ id: '2' })],
    onLeaveAllGroups: 'keep',
    onDisabledOrDeleted: 'archive',
    includeGuests: false,
    removalBrakePercent: 25,
    ...rules,
  };
}

/** Raw text by source; undefined takes the source out, as if it had not been read. */
export type Values = Readonly<{ [Source in FieldSource]?: string | null | undefined }>;

export const ANNA: Values = {
  givenName: 'Anna',
  surname: 'Aroha',
  mail: 'Anna@contoso.com',
  mobilePhone: '022 518 9900',
  country: 'New Zealand',
  'mailboxSettings.timeZone': 'New Zealand Standard Time',
};

/** A reading of Anna, in group-1 unless said otherwise. */
export function present(
  values: Values = {},
  { groupIds = ['group-1'], ...attributes }: Partial<Attributes> & { groupIds?: readonly string[] } = {},
): Reading {
  return {
    state: 'present',
    groupIds,
    attributes: {
      accountEnabled: true,
      userType: 'Member',
      userPrincipalName: 'anna@contoso.com',
      ...attributes,
      values: known({ ...ANNA, ...values }),
    },
  };
}

function known(values: Values): Attributes['values'] {
  const read: { [Source in FieldSource]?: string | null } = {};
  for (const source of FIELD_SOURCES) {
    const value = values[source];
    if (value !== undefined) read[source] = value;
  }
  return read;
}

/** Anna as the sync left her: in step with `present()`. */
export function aRecord(record: Partial<PresentRecord> = {}): PresentRecord {
  const fields = {
    firstName: 'Anna',
    lastName: 'Aroha',
    email: 'Anna@contoso.com',
    mobilePhone: '+64225189900',
    country: 'NZ',
    timeZone: 'Pacific/Auckland',
  };
  return {
    id: 'record-1',
    organisationId: 'org-a',
    status: 'active',
    archivedReason: null,
    fields,
    lastSynced: fields,
    memberships: [aMembership({ teamId: 'team-1', mappingIds: ['1'] })],
    isAccountAdmin: false,
    hasOpenActivity: false,
    ...record,
  };
}

export function aMembership(membership: Partial<Membership> & { teamId: string }): Membership {
  return { isLeader: false, manual: false, mappingIds: [], ...membership };
}

/** All groups readable, teams as mapped with three leaders each, organisations A (NZ) and B (AU). */
export function anInput(input: Partial<ProjectionInput> = {}): ProjectionInput {
  const rules = input.rules ?? someRules();
  return {
    objectId: 'anna',
    reading: present(),
    record: aRecord(),
    rules,
    organisations: new Map([
      ['org-a', { id: 'org-a', country: 'NZ', zone: 'Pacific/Auckland' }],
      ['org-b', { id: 'org-b', country: 'AU', zone: 'Australia/Sydney' }],
    ]),
    teams: new Map(
      rules.mappings.map(({ teamId, organisationId }) => [teamId, { id: teamId, organisationId, leaderCount: 3 }]),
    ),
    groups: new Map(rules.mappings.map(({ groupId }) => [groupId, 'ok' as const])),
    ...input,
  };
}
