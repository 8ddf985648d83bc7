import { project } from '../../../src/projection/project.js';
import type { Projection, ProjectionInput } from '../../../src/projection/types.js';
import { aMapping, aMembership, anInput, aRecord, present, someRules } from './a-projection-input.js';

/** Every change and problem of a projection, with what tells them apart. */
function outline({ gives, takes, problems }: Projection): string[] {
  const detail = (change: Projection['gives'][number]) => {
    if (change.kind === 'join') return ` ${change.teamId} [${change.after}]`;
    if (change.kind === 'leave') return ` ${change.teamId}`;
    if (change.kind === 'archive') return ` ${change.reason}`;
    if (change.kind === 'restore') return ` as ${change.after}`;
    return change.kind === 'update' ? ` ${change.field}` : '';
  };
  return [
    ...[...gives, ...takes.map(({ change }) => change)].map((change) => `${change.kind}${detail(change)}`),
    ...problems.map(({ code, subject }) => (subject === null ? code : `${code} ${subject}`)),
  ];
}

const outside = present({}, { groupIds: [] });
const disabled = present({}, { accountEnabled: false });
const softly = { state: 'soft_deleted' } as const;
const gone = { state: 'absent', confirmed: true } as const;
const archives = someRules({ onLeaveAllGroups: 'archive' });
const keeps = someRules({ onDisabledOrDeleted: 'keep' });
const twoGroups = someRules({ mappings: [aMapping({ id: '1' }), aMapping({ id: '3', teamId: 'team-1' })] });
const needed = new Map([['team-1', { id: 'team-1', organisationId: 'org-a', leaderCount: 2 }]]);

const oneLeader = new Map([['team-1', { id: 'team-1', organisationId: 'org-a', leaderCount: 1 }]]);
const oneHidden = new Map([
  ['group-1', 'ok' as const],
  ['group-2', 'hidden' as const],
]);

const inTeams = (...memberships: Parameters<typeof aMembership>[0][]) =>
  aRecord({ memberships: memberships.map(aMembership) });
const synced = { teamId: 'team-1', mappingIds: ['1'] };
const archivedAs = (change: Parameters<typeof aRecord>[0]) => aRecord({ status: 'archived', ...change });

const cases: readonly [string, Partial<ProjectionInput>, readonly string[]][] = [
  [
    'E5: removed from one mapped group, its team goes and that of another group stays',
    { record: inTeams(synced, { teamId: 'team-2', mappingIds: ['2'] }), reading: present() },
    ['leave team-2'],
  ],
  [
    'E5: a team that somebody gave by hand stays, without the group as a reason',
    { record: inTeams({ ...synced, manual: true }), reading: outside },
    ['join team-1 []', 'no_mapped_group'],
  ],
  [
    'E5: a team that another group justifies stays, for that one',
    { rules: twoGroups, record: inTeams({ teamId: 'team-1', mappingIds: ['1', '3'] }), reading: present() },
    ['join team-1 [1]'],
  ],
  [
    'E5: somebody in the field keeps the team whose leaders get the alerts, until the activity is finished',
    { record: aRecord({ memberships: [aMembership(synced)], hasOpenActivity: true }), reading: outside },
    ['no_mapped_group', 'active_activity_deferred team-1'],
  ],
  [
    'E6: removed from all mapped groups, the profile is kept and flagged',
    { reading: outside },
    ['leave team-1', 'no_mapped_group'],
  ],
  [
    'E6: it is archived only where the setting says so',
    { rules: archives, reading: outside },
    ['leave team-1', 'archive sync_out_of_scope'],
  ],
  [
    'E6: somebody without a team is still flagged at the next sync',
    { record: inTeams(), reading: outside },
    ['no_mapped_group'],
  ],
  [
    'E7: one of the last two leaders is not taken off the team',
    { record: inTeams({ ...synced, isLeader: true }), teams: needed, reading: outside },
    ['no_mapped_group', 'leader_removal_blocked team-1'],
  ],
  [
    'E7: nor archived when the account is disabled',
    { record: inTeams({ ...synced, isLeader: true }), teams: needed, reading: disabled },
    ['leader_removal_blocked team-1'],
  ],
  [
    'E7: a leader beside two others goes',
    { record: inTeams({ ...synced, isLeader: true }), reading: outside },
    ['leave team-1', 'no_mapped_group'],
  ],
  ['E8: a disabled account is not imported', { record: null, reading: disabled }, ['account_disabled']],
  ['E8: the profile of a disabled account is archived', { reading: disabled }, ['archive sync_disabled']],
  ['E8: or kept, where the setting says so', { rules: keeps, reading: disabled }, ['account_disabled']],
  [
    'E8: enabled again it comes back as what it was, if the sync archived it',
    { record: archivedAs({ archivedReason: 'sync_disabled', statusBeforeArchive: 'invited' }) },
    ['restore as invited'],
  ],
  ['E8: but not if an administrator did', { record: archivedAs({ archivedReason: 'admin' }) }, ['archived_by_admin']],
  ['E9: the profile of a deleted account is archived', { reading: softly }, ['archive sync_deleted']],
  ['E9: deleted for good is deleted too', { reading: gone }, ['archive sync_deleted']],
  ['E9: or kept, where the setting says so', { rules: keeps, reading: gone }, ['account_disabled']],
  [
    'E9: restored with the same object id it is the same profile',
    { record: archivedAs({ archivedReason: 'sync_deleted', statusBeforeArchive: 'active' }) },
    ['restore as active'],
  ],
  ...(['sync_disabled', 'sync_deleted'] as const).flatMap((archivedReason) => {
    const record = archivedAs({ archivedReason, memberships: [] });
    const lastTwo = { ...record, memberships: [aMembership({ teamId: 'team-1', manual: true, isLeader: true })] };
    const without = (input: Partial<ProjectionInput>) => ({ record, reading: outside, ...input });
    return [
      [
        `E8, E9: archived as ${archivedReason}, in no group, kept`,
        without({}),
        ['restore as active', 'no_mapped_group'],
      ],
      [`E6: archived as ${archivedReason}, in no group, who would go`, without({ rules: archives }), []],
      [
        `E12: archived as ${archivedReason}, a group that cannot be read has nobody leave`,
        without({ rules: archives, groups: oneHidden }),
        ['restore as active'],
      ],
      [
        `E19: archived as ${archivedReason}, an account administrator by now`,
        without({ rules: archives, record: { ...record, isAccountAdmin: true } }),
        ['restore as active', 'no_mapped_group'],
      ],
      [
        `E7: archived as ${archivedReason}, a leader whom the team cannot spare`,
        without({ rules: archives, record: lastTwo, teams: oneLeader }),
        ['restore as active', 'leader_removal_blocked team-1'],
      ],
      [
        `E7: archived as ${archivedReason}, a leader whom it can`,
        without({ rules: archives, record: lastTwo, teams: needed }),
        [],
      ],
    ] satisfies (readonly [string, Partial<ProjectionInput>, readonly string[]])[];
  }),
  [
    'E6: archived for having left, somebody comes back by a mapped group only',
    { record: archivedAs({ archivedReason: 'sync_out_of_scope' }), reading: outside },
    [],
  ],
  ['E9: another object id is another person', { objectId: 'anna-again', record: null }, ['create', 'join team-1 [1]']],
  ...(
    [
      ['disabled', { reading: disabled }, []],
      ['deleted', { reading: softly }, []],
      ['gone for good', { reading: gone }, []],
      // Nor taken out of a team, whose leaders get the alerts.
      ['out of all groups', { rules: archives, reading: outside }, ['active_activity_deferred team-1']],
    ] as const
  ).map(([how, input, others]): [string, Partial<ProjectionInput>, readonly string[]] => [
    `E10: nobody who is ${how} is archived while an activity is open`,
    { ...input, record: aRecord({ hasOpenActivity: true }) },
    ['active_activity_deferred', ...others],
  ]),
  [
    'E10: where the profile is kept anyway nothing is put off',
    { rules: keeps, reading: disabled, record: aRecord({ hasOpenActivity: true }) },
    ['account_disabled'],
  ],
  [
    'E19: an account administrator in a mapped group gets fields and teams',
    { record: aRecord({ isAccountAdmin: true, memberships: [] }), reading: present({ givenName: 'Annie' }) },
    ['update firstName', 'join team-1 [1]'],
  ],
  ...([disabled, softly, gone] as const).map((reading): [string, Partial<ProjectionInput>, readonly string[]] => [
    `E19: an account administrator is never archived by the sync (${reading.state})`,
    { record: aRecord({ isAccountAdmin: true }), reading },
    ['account_disabled'],
  ]),
];

test.each(cases)('%s', (_, input, expected) => {
  expect(outline(project(anInput(input)))).toEqual(expected);
});

test('E7, E19: no projection has a word about who leads or administers', () => {
  const words = cases.map(([, input]) => JSON.stringify(project(anInput(input)).gives)).join();
  expect(words).not.toMatch(/isLeader|isAccountAdmin/);
});
