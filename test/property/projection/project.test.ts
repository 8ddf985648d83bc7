import fc from 'fast-check';
import { project } from '../../../src/projection/project.js';
import {
  FIELD_SOURCES,
  FIELD_TARGETS,
  type Fields,
  type FieldTarget,
  type Membership,
  type PresentRecord,
  type ProjectionInput,
  type Reading,
  type SyncRules,
} from '../../../src/projection/types.js';
import { applyProjection } from './apply-projection.js';

const GROUPS = ['g1', 'g2', 'g3', 'g4'];
const TEAMS = ['t1', 't2', 't3', 't4'];
const MAPPINGS = ['m1', 'm2', 'm3', 'm4', 'm5'];
const RUNS = { numRuns: 2_000 };

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

const organisationOf = (teamId: string) => (teamId === 't4' ? 'org-b' : 'org-a');

const reading: fc.Arbitrary<Reading> = fc.oneof(
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

const rules: fc.Arbitrary<SyncRules> = fc.record({
  fields: fc.record({
    firstName: fc.constantFrom('givenName', 'displayName', null),
    lastName: fc.constantFrom('surname', 'extensionAttribute3', null),
    email: fc.constantFrom('mail', 'userPrincipalName'),
    mobilePhone: fc.constantFrom('mobilePhone', 'businessPhones', null),
    country: fc.constantFrom('country', 'usageLocation', null),
    timeZone: fc.constantFrom('mailboxSettings.timeZone', null),
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

const record: fc.Arbitrary<PresentRecord> = fc
  .record({
    id: fc.constant('record'),
    organisationId: fc.constantFrom('org-a', 'org-b'),
    state: fc.constantFrom(
      ...(['invited', 'active'] as const).map((status) => ({ status, archivedReason: null })),
      ...(['admin', 'sync_disabled', 'sync_deleted', 'sync_out_of_scope'] as const).map((archivedReason) => ({
        status: 'archived' as const,
        archivedReason,
      })),
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

const input: fc.Arbitrary<ProjectionInput> = fc.record({
  objectId: fc.constant('anna'),
  reading,
  record: fc.option(record, { freq: 5 }),
  rules,
  organisations: fc.constant(
    new Map([
      ['org-a', { id: 'org-a', country: 'NZ', zone: 'Pacific/Auckland' }],
      ['org-b', { id: 'org-b', country: null, zone: 'UTC' }],
    ]),
  ),
  teams: fc
    .array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 })
    .map(
      (counts) =>
        new Map(
          TEAMS.map((id, index) => [id, { id, organisationId: organisationOf(id), leaderCount: counts[index] ?? 0 }]),
        ),
    ),
  groups: fc
    .array(fc.constantFrom('ok', 'ok', 'ok', 'missing', 'hidden', 'unreadable'), { minLength: 4, maxLength: 4 })
    .map((states) => new Map(GROUPS.map((id, index) => [id, states[index] ?? 'ok']))),
});

test('once gives and takes are written, the same reading changes nothing more', () => {
  fc.assert(
    fc.property(input, (given) => {
      const first = project(given);
      const after = applyProjection(given.record, first);
      const second = project({ ...given, record: after, teams: leadersAfter(given, after) });
      expect(second.gives).toEqual([]);
      expect(second.takes).toEqual([]);
      expect({ ...after?.lastSynced, ...second.lastSynced }).toEqual(after?.lastSynced ?? {});
    }),
    RUNS,
  );
});

test('nothing is taken but what the sync gave, on evidence of the very group, and never the last two leaders', () => {
  fc.assert(
    fc.property(input, (given) => {
      for (const { change } of project(given).takes) {
        if (change.kind === 'leave') expectFoundedLeave(given, change);
        if (change.kind === 'update' && change.after === null) expectFoundedClear(given, change);
        if (change.kind === 'archive') expectFoundedArchive(given);
      }
    }),
    RUNS,
  );
});

function expectFoundedLeave(given: ProjectionInput, { teamId }: { teamId: string }): void {
  const { record: before, rules: wanted, groups, teams } = given;
  const membership = before?.memberships.find((candidate) => candidate.teamId === teamId);
  expect(membership).toMatchObject({ manual: false, mappingIds: expect.arrayContaining([expect.any(String)]) });
  const team = teams.get(teamId);
  const leadersLeft = (team?.leaderCount ?? 0) + Number(before?.status === 'archived') - 1;
  if (membership?.isLeader) expect(leadersLeft).toBeGreaterThanOrEqual(2);
  const justifying = wanted.mappings.filter(({ id, ...mapping }) => {
    return membership?.mappingIds.includes(id) && mapping.teamId === teamId;
  });
  const inNow = given.reading.state === 'present' ? given.reading.groupIds : [];
  expect(justifying.filter(({ groupId }) => groups.get(groupId) !== 'ok')).toEqual([]);
  const isHome = team?.organisationId === before?.organisationId;
  expect(justifying.filter(({ groupId }) => isHome && inNow.includes(groupId))).toEqual([]);
}

function expectFoundedClear(given: ProjectionInput, { field, before }: { field: FieldTarget; before: string | null }) {
  expect(given.record?.lastSynced[field]).toBe(before);
  const source = given.rules.fields[field];
  const values = given.reading.state === 'present' ? given.reading.attributes.values : {};
  const raw = source === null ? undefined : values[source];
  expect(raw?.trim() ?? raw).not.toBeUndefined();
  expect(raw?.trim() || null).toBeNull();
}

function expectFoundedArchive({ record: before, reading: read }: ProjectionInput): void {
  expect(before).toMatchObject({ isAccountAdmin: false, hasOpenActivity: false });
  expect(read).not.toEqual({ state: 'absent', confirmed: false });
}

test('the order of mappings and groups does not matter', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { reading: read, rules: wanted } = given;
      const turned = {
        ...given,
        rules: { ...wanted, mappings: [...wanted.mappings].reverse() },
        reading: read.state === 'present' ? { ...read, groupIds: [...read.groupIds].reverse() } : read,
      };
      expect(applyProjection(given.record, project(turned))).toEqual(applyProjection(given.record, project(given)));
    }),
    RUNS,
  );
});

/** Who left a team leads it no longer. */
function leadersAfter(
  { teams, record: before }: ProjectionInput,
  after: PresentRecord | null,
): ProjectionInput['teams'] {
  const leads = (user: PresentRecord | null, team: string) =>
    user?.status !== 'archived' &&
    (user?.memberships.some(({ teamId, isLeader }) => isLeader && teamId === team) ?? false);
  return new Map(
    [...teams].map(([id, team]) => {
      const lost = Number(leads(before, id)) - Number(leads(after, id));
      return [id, { ...team, leaderCount: team.leaderCount - lost }];
    }),
  );
}
