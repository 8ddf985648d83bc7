import fc from 'fast-check';
import {
  FIELD_SOURCES,
  FIELD_TARGETS,
  type Fields,
  type GroupState,
  type Membership,
  type PresentRecord,
  type ProjectionInput,
  type Reading,
  type SyncRules,
} from '../../../src/projection/types.js';

export const GROUPS = ['g1', 'g2', 'g3', 'g4'];
export const TEAMS = ['t1', 't2', 't3', 't4'];
const MAPPINGS = ['m1', 'm2', 'm3', 'm4', 'm5'];

const text = fc.constantFrom(
  ...[undefined, null, '', '  ', 'Anna', 'New Zealand', 'AU', 'Congo', '022 518 9900', '+64225189900', '0412 345 678'],
  ...[
    'anna@contoso.com',
    'ANNA@contoso.com',
    'not an address',
    'New Zealand Standard Time',
    'Europe/Kiev',
    'x'.repeat(70),
  ],
);
const present = fc.constantFrom(null, 'Anna', 'NZ', 'AU', '+64225189900', 'Pacific/Auckland', 'Europe/Kyiv');
const address = fc.constantFrom('anna@contoso.com', 'Anna@contoso.com', 'other@contoso.com');

export const organisationOf = (teamId: string) => (teamId === 't4' ? 'org-b' : 'org-a');

/** What Entra may say of somebody. */
export const reading: fc.Arbitrary<Reading> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      state: fc.constant('present' as const),
      groupIds: fc.subarray(GROUPS),
      attributes: fc.record({
        accountEnabled: fc.boolean(),
        userType: fc.constantFrom('Member', 'Guest', null),
        userPrincipalName: fc.constantFrom('anna@contoso.com', 'anna_x.com#EXT#@contoso.com'),
        userPurpose: fc.constantFrom(undefined, 'user', 'room'),
        hasNoMailbox: fc.constantFrom(undefined, true),
        values: fc
          .array(fc.tuple(fc.constantFrom(...FIELD_SOURCES), text), { minLength: 5, maxLength: 30 })
          .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined))),
      }),
    }),
  },
  fc.constantFrom<Reading>(
    { state: 'soft_deleted' },
    { state: 'absent', confirmed: true },
    { state: 'absent', confirmed: false },
  ),
);

export const rules: fc.Arbitrary<SyncRules> = fc.record({
  fields: fc.record({
    firstName: fc.constantFrom('givenName', 'displayName', null),
    lastName: fc.constantFrom('surname', 'extensionAttribute3', null),
    email: fc.constantFrom('mail', 'userPrincipalName'),
    mobilePhone: fc.constantFrom('mobilePhone', 'businessPhones', null),
    country: fc.constantFrom('country', 'usageLocation', null),
    timeZone: fc.constantFrom('mailboxSettings.timeZone', 'organisation.timeZone', null),
  }),
  mappings: fc.subarray(MAPPINGS).chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          groupId: fc.constantFrom(...GROUPS),
          teamId: fc.constantFrom(...TEAMS),
          organisationId: fc.constant('org-a'),
          priority: fc.integer({ min: 0, max: 2 }),
          createdAt: fc.constantFrom('2026-01-01', '2026-02-01'),
        }),
      ),
    ),
  ),
  onLeaveAllGroups: fc.constantFrom('keep', 'archive'),
  onDisabledOrDeleted: fc.constantFrom('archive', 'keep'),
  includeGuests: fc.boolean(),
  removalBrakePercent: fc.constant(25),
});

const memberships: fc.Arbitrary<Membership[]> = fc.uniqueArray(
  fc.record({
    teamId: fc.constantFrom(...TEAMS, 'gone'),
    isLeader: fc.boolean(),
    manual: fc.boolean(),
    mappingIds: fc.subarray([...MAPPINGS, 'removed']),
  }),
  { selector: ({ teamId }) => teamId },
);

const fields: fc.Arbitrary<Fields> = fc.record({
  firstName: present,
  lastName: present,
  email: address,
  mobilePhone: present,
  country: present,
  timeZone: present,
});

/** Somebody as GetHomeSafe may have them. */
export const record: fc.Arbitrary<PresentRecord> = fc
  .record({
    id: fc.constant('record'),
    organisationId: fc.constantFrom('org-a', 'org-b'),
    state: fc.constantFrom(
      ...(['invited', 'active'] as const).map((status) => ({ status, archivedReason: null })),
      ...(['admin', 'support_merge', 'sync_disabled', 'sync_deleted', 'sync_out_of_scope'] as const).map(
        (archivedReason) => ({
          status: 'archived' as const,
          archivedReason,
        }),
      ),
    ),
    fields,
    given: fc.subarray([...FIELD_TARGETS]),
    memberships,
    isAccountAdmin: fc.boolean(),
    hasOpenActivity: fc.boolean(),
  })
  .map(({ state, given, ...rest }) => ({
    ...rest,
    ...state,
    lastSynced: Object.fromEntries(given.map((field) => [field, rest.fields[field]])),
  }));

export const ORGANISATIONS = new Map([
  ['org-a', { id: 'org-a', country: 'NZ', zone: 'Pacific/Auckland' }],
  ['org-b', { id: 'org-b', country: null, zone: 'UTC' }],
]);

export const groups: fc.Arbitrary<Map<string, GroupState>> = fc
  .array(fc.constantFrom<GroupState[]>('ok', 'ok', 'ok', 'missing', 'hidden', 'unreadable'), {
    minLength: 4,
    maxLength: 4,
  })
  .map((states) => new Map(GROUPS.map((id, index) => [id, states[index] ?? 'ok'])));

export const input: fc.Arbitrary<ProjectionInput> = fc.record({
  objectId: fc.constant('anna'),
  reading,
  record: fc.option(record, { freq: 5 }),
  rules,
  organisations: fc.constant(ORGANISATIONS),
  teams: fc
    .array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 })
    .map(
      (counts) =>
        new Map(
          TEAMS.map((id, index) => [id, { id, organisationId: organisationOf(id), leaderCount: counts[index] ?? 0 }]),
        ),
    ),
  groups,
});
