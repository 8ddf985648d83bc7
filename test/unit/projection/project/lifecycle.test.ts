import { project } from '../../../../src/projection/project.js';
import type { PresentRecord, Projection, ProjectionInput } from '../../../../src/projection/types.js';
import { aMembership, anInput, aRecord, present, someRules } from '../a-projection-input.js';

function outline({ gives, takes, problems }: Projection): string[] {
  return [
    ...gives.map(({ kind }) => kind),
    ...takes.map(({ taking, change }) => `take ${taking}${change.kind === 'archive' ? ` ${change.reason}` : ''}`),
    ...problems.map(({ code, severity }) => `${severity} ${code}`),
  ];
}

const gone: ProjectionInput['reading'] = { state: 'absent', confirmed: true };
const disabled = present({}, { accountEnabled: false });
const outside = present({}, { groupIds: [] });
const softly: ProjectionInput['reading'] = { state: 'soft_deleted' };

test.each([
  ['disabled', disabled, 'take archive sync_disabled'],
  ['softly deleted', softly, 'take archive sync_deleted'],
  ['gone for certain', gone, 'take archive sync_deleted'],
])('a person who is %s is archived', (_, reading, taking) => {
  const projection = project(anInput({ reading }));
  expect(outline(projection)).toEqual([taking]);
  expect(projection.wantedEmailKey).toBeNull();
});

test('a person who was not found once loses nothing', () => {
  const projection = project(anInput({ reading: { state: 'absent', confirmed: false } }));
  expect(outline(projection)).toEqual([]);
  expect(projection.wantedEmailKey).toBe('anna@contoso.com');
});

test.each([
  ['disabled', disabled],
  ['deleted', gone],
])('a person who is %s stays where the settings say so, with a warning', (_, reading) => {
  const rules = someRules({ onDisabledOrDeleted: 'keep' });
  expect(outline(project(anInput({ rules, reading })))).toEqual(['warning account_disabled']);
});

test('leaving all groups takes the teams and keeps the profile, with a warning', () => {
  const projection = project(anInput({ reading: outside }));
  expect(outline(projection)).toEqual(['take team_removal', 'warning no_mapped_group']);
  expect(projection.isMember).toBe(false);
});

test('leaving all groups archives too where the settings say so', () => {
  const rules = someRules({ onLeaveAllGroups: 'archive' });
  const projection = project(anInput({ rules, reading: outside }));
  expect(outline(projection)).toEqual(['take team_removal', 'take archive sync_out_of_scope']);
});

test('nobody has left all groups while one of them cannot be read', () => {
  const rules = someRules({ onLeaveAllGroups: 'archive' });
  const groups = new Map([
    ['group-1', 'ok' as const],
    ['group-2', 'hidden' as const],
  ]);
  expect(outline(project(anInput({ rules, groups, reading: outside })))).toEqual(['take team_removal']);
});

test('somebody in a group whose team is gone has not left all groups', () => {
  const rules = someRules({ onLeaveAllGroups: 'archive' });
  expect(outline(project(anInput({ rules, teams: new Map() })))).toEqual([]);
});

test('without any mapping nobody is archived for leaving', () => {
  const rules = someRules({ mappings: [], onLeaveAllGroups: 'archive' });
  const { teams } = anInput();
  expect(outline(project(anInput({ rules, teams })))).toEqual(['take team_removal']);
});

test.each([
  ['disabled', disabled, someRules(), 'warning account_disabled'],
  ['outside', outside, someRules({ onLeaveAllGroups: 'archive' }), 'warning no_mapped_group'],
])('an account administrator who is %s is never archived', (_, reading, rules, warning) => {
  const record = aRecord({ isAccountAdmin: true, memberships: [] });
  const groupless = reading.state === 'present' ? { ...reading, groupIds: [] } : reading;
  expect(outline(project(anInput({ rules, record, reading: groupless })))).toEqual([warning]);
});

test('archiving waits while an activity is open', () => {
  const record = aRecord({ hasOpenActivity: true });
  expect(outline(project(anInput({ record, reading: disabled })))).toEqual(['warning active_activity_deferred']);
});

test('one of the last two leaders of a team is not archived', () => {
  const record = aRecord({ memberships: [aMembership({ teamId: 'team-1', isLeader: true, manual: true })] });
  const teams = new Map([['team-1', { id: 'team-1', organisationId: 'org-a', leaderCount: 2 }]]);
  expect(outline(project(anInput({ record, teams, reading: gone })))).toEqual(['warning leader_removal_blocked']);
});

test('a disabled account that is about to be archived still gets its other fields, but no new address', () => {
  const reading = present({ givenName: 'Annie', mail: 'new@contoso.com' }, { accountEnabled: false });
  const projection = project(anInput({ reading }));
  expect(outline(projection)).toEqual(['update', 'take archive sync_disabled']);
  expect(projection.lastSynced.email).toBeUndefined();
});

const archivedBy = (archivedReason: PresentRecord['archivedReason']) => aRecord({ status: 'archived', archivedReason });

test.each(['sync_disabled', 'sync_deleted', 'sync_out_of_scope'] as const)(
  'a profile archived as %s comes back with teams and fields',
  (reason) => {
    const record = { ...archivedBy(reason), memberships: [] };
    const projection = project(anInput({ record, reading: present({ givenName: 'Annie', mail: 'new@contoso.com' }) }));
    expect(outline(projection)).toEqual(['restore', 'update', 'update', 'join']);
    expect(projection.wantedEmailKey).toBe('new@contoso.com');
  },
);

test.each([['admin' as const], ['support_merge' as const], [null]])(
  'a profile archived as %s stays archived, which is a problem while the person is a member',
  (reason) => {
    const record = archivedBy(reason);
    expect(outline(project(anInput({ record })))).toEqual(['error archived_by_admin']);
    expect(outline(project(anInput({ record, reading: outside })))).toEqual([]);
  },
);

test.each([
  ['disabled', disabled],
  ['a guest', present({}, { userType: 'Guest' })],
  ['softly deleted', softly],
  ['absent', gone],
])('an archived profile of somebody %s stays as it is', (_, reading) => {
  const projection = project(anInput({ record: archivedBy('sync_disabled'), reading }));
  expect(outline(projection)).toEqual([]);
  expect(projection.wantedEmailKey).toBeNull();
});
