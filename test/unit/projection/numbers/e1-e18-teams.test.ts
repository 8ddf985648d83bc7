import { project } from '../../../../src/projection/project.js';
import { mappingHealth } from '../../../../src/projection/rules/mapping-status.js';
import type { GroupState, Projection, ProjectionInput, TeamMapping } from '../../../../src/projection/types.js';
import { aMapping, aMembership, anInput, aRecord, present, someRules } from '../a-projection-input.js';

/** Changes of teams as `join TEAM [mappings]` and `leave TEAM`. */
function changes({ gives, takes }: Projection): string[] {
  return [...gives, ...takes.map(({ change }) => change)].flatMap((change) => {
    if (change.kind === 'join') return [`join ${change.teamId} [${change.after.join()}]`];
    return change.kind === 'leave' ? [`leave ${change.teamId}`] : [];
  });
}

function codes({ problems }: Projection): string[] {
  return problems.map(({ code, subject }) => (subject === null ? code : `${code} ${subject}`));
}

/** Somebody as they are, in these groups, under these mappings. */
function placed(
  groupIds: readonly string[],
  { mappings, ...input }: Partial<ProjectionInput> & { mappings?: readonly TeamMapping[] } = {},
): Projection {
  const rules = someRules(mappings ? { mappings } : {});
  return project(anInput({ rules, reading: present({}, { groupIds }), ...input }));
}

const newcomer = { record: null } as const;

test('S27, E1: two groups of one organisation: two teams, one profile, one processing', () => {
  const { gives, problems, wantedEmailKey } = placed(['group-1', 'group-2'], newcomer);
  expect(gives.map(({ kind }) => kind)).toEqual(['create', 'join', 'join']);
  expect(problems).toEqual([]);
  expect(wantedEmailKey).toBe('anna@contoso.com');
});

const oneTeam = [aMapping({ id: '1', teamId: 'team' }), aMapping({ id: '2', teamId: 'team' })];

test.each([
  ['joins both', [], ['group-1', 'group-2'], ['join team [1,2]']],
  ['joins the second', ['1'], ['group-1', 'group-2'], ['join team [1,2]']],
  ['leaves one of both', ['1', '2'], ['group-2'], ['join team [2]']],
  ['leaves the last one', ['2'], [], ['leave team']],
  ['leaves both at once', ['1', '2'], [], ['leave team']],
])('E2: one membership for two groups of one team: somebody who %s', (_case, mappingIds, groupIds, expected) => {
  const memberships = mappingIds.length === 0 ? [] : [aMembership({ teamId: 'team', mappingIds })];
  expect(changes(placed(groupIds, { mappings: oneTeam, record: aRecord({ memberships }) }))).toEqual(expected);
});

const inB = { organisationId: 'org-b' } as const;

test.each([
  ['the lower priority goes first', { priority: 2 }, { priority: 1 }, 'org-b'],
  ['of one priority the older', { createdAt: '2026-02-01' }, { createdAt: '2026-01-01' }, 'org-b'],
  ['then the lower id', {}, {}, 'org-a'],
])('E3: the organisation of somebody new: %s', (_case, first, second, organisationId) => {
  const mappings = [aMapping({ id: '1', ...first }), aMapping({ id: '2', ...inB, ...second })];
  const projection = placed(['group-2', 'group-1'], { mappings, ...newcomer });
  const isB = organisationId === 'org-b';
  expect(projection.gives[0]).toMatchObject({ kind: 'create', organisationId });
  expect(changes(projection)).toEqual([isB ? 'join team-2 [2]' : 'join team-1 [1]']);
  expect(codes(projection)).toEqual([`multi_org_conflict ${isB ? '1' : '2'}`]);
  expect(projection.problems[0]?.message).toContain(isB ? 'group-1' : 'group-2');
});

const twoOrganisations = [aMapping({ id: '1' }), aMapping({ id: '2', ...inB, priority: 0 })];

test('E3: somebody who has an organisation keeps it, whatever the order of the mappings says', () => {
  const projection = placed(['group-1', 'group-2'], { mappings: twoOrganisations });
  expect(changes(projection)).toEqual([]);
  expect(codes(projection)).toEqual(['multi_org_conflict 2']);
});

test('E4: from a group of one organisation to that of another: the team goes, the person is not moved', () => {
  const projection = placed(['group-2'], { mappings: twoOrganisations });
  expect(changes(projection)).toEqual(['leave team-1']);
  expect(codes(projection)).toEqual(['multi_org_conflict 2']);
  expect(projection.problems[0]?.remedy).toContain('Move the person');
  expect(projection.takes.map(({ taking }) => taking)).toEqual(['team_removal']);
});

test('S28: the organisation of a mapping is that of its team now, not that of when it was mapped', () => {
  const moved = new Map([['team-1', { id: 'team-1', organisationId: 'org-b', leaderCount: 3 }]]);
  const mappings = [aMapping({ id: '1', organisationId: 'org-a' })];
  const { gives } = placed(['group-1'], { mappings, teams: moved, ...newcomer });
  expect(gives[0]).toMatchObject({ kind: 'create', organisationId: 'org-b' });
});

const BROKEN: readonly GroupState[] = ['missing', 'unreadable', 'hidden'];

test.each(BROKEN)('E12, E16: a group that is %s is not empty: nobody leaves, nobody is archived', (state) => {
  const groups = new Map<string, GroupState>([
    ['group-1', state],
    ['group-2', 'ok'],
  ]);
  const rules = someRules({ onLeaveAllGroups: 'archive' });
  expect(changes(placed([], { groups }))).toEqual([]);
  const left = project(anInput({ rules, groups, reading: present({}, { groupIds: [] }) }));
  expect([left.gives, left.takes, codes(left)]).toEqual([[], [], []]);
  expect(changes(placed(['group-2'], { groups }))).toEqual(['join team-2 [2]']);
});

test('E2, E12: of two groups of one team the missing one keeps justifying it, the left one does not', () => {
  const record = aRecord({ memberships: [aMembership({ teamId: 'team', mappingIds: ['1', '2'] })] });
  const groups = new Map<string, GroupState>([
    ['group-1', 'missing'],
    ['group-2', 'ok'],
  ]);
  expect(changes(placed([], { mappings: oneTeam, record, groups }))).toEqual(['join team [1]']);
});

test('S40: whoever is in group A only is in the team of A only, and the reason names the group', () => {
  const { gives } = placed(['group-1'], newcomer);
  expect(gives.map((change) => ('teamId' in change ? change.teamId : change.kind))).toEqual(['create', 'team-1']);
  for (const { why } of gives) expect(why).toContain('group-1');
});

test('E13: a mapping to a team that was deleted is skipped, the others go on', () => {
  const teams = new Map([['team-2', { id: 'team-2', organisationId: 'org-a', leaderCount: 3 }]]);
  expect(changes(placed(['group-1', 'group-2'], { teams }))).toEqual(['join team-2 [2]']);
  const alone = placed(['group-1'], { teams, record: null });
  expect([alone.isMember, alone.gives]).toEqual([false, []]);
  const rules = someRules({ onLeaveAllGroups: 'archive' });
  expect(project(anInput({ rules, teams })).takes).toEqual([]);
});

test.each([
  [null, true, 'not_read', null, 'Sync Now'],
  ['ok', true, 'ok', null, null],
  ['missing', true, 'group_missing', null, 'Restore the group'],
  ['hidden', true, 'group_hidden', 'permission_denied', 'Member.Read.Hidden'],
  ['unreadable', true, 'group_unreadable', 'permission_denied', 'GroupMember.Read.All'],
  ['ok', false, 'team_missing', null, 'another team'],
  ['missing', false, 'team_missing', null, 'another team'],
] as const)('S41: a mapping whose group is %s and team there %s is %s', (group, hasTeam, status, code, remedy) => {
  const health = mappingHealth({ group, hasTeam });
  expect(health).toMatchObject({ status, code });
  expect(health.reason === null).toBe(status === 'ok');
  if (remedy) expect(health.remedy).toContain(remedy);
});

const guest = { userType: 'Guest', userPrincipalName: 'anna_home.nz#EXT#@contoso.com' } as const;

test('E17: a guest is skipped and the reason is told', () => {
  const reading = present({}, guest);
  const skipped = project(anInput({ reading, record: null }));
  expect([skipped.gives, codes(skipped)]).toEqual([[], ['guest_skipped']]);
});

test('E17: a guest who is wanted comes with `mail`, never with the user principal name', () => {
  const fields = { ...someRules().fields, email: 'userPrincipalName' } as const;
  const rules = someRules({ includeGuests: true, fields });
  const values = { userPrincipalName: guest.userPrincipalName, mail: 'anna@home.nz' };
  const { gives } = project(anInput({ rules, reading: present(values, guest), record: null }));
  expect(gives[0]).toMatchObject({ kind: 'create', after: { email: 'anna@home.nz' } });
  const without = project(anInput({ rules, reading: present({ ...values, mail: null }, guest), record: null }));
  expect([without.gives, codes(without)]).toEqual([[], ['email_missing email']]);
  const member = present({ ...values, mail: 'anna@partner.nz' }, { ...guest, userType: 'Member' });
  expect(project(anInput({ rules, reading: member, record: null })).gives[0]).toMatchObject({
    after: { email: 'anna@partner.nz' },
  });
});

test('E17: a guest without a type is told by the name, and a member from a partner tenant is no guest', () => {
  const unknown = project(anInput({ reading: present({}, { ...guest, userType: null }), record: null }));
  expect(codes(unknown)).toEqual(['guest_skipped']);
  const member = project(anInput({ reading: present({}, { ...guest, userType: 'Member' }), record: null }));
  expect(member.gives[0]?.kind).toBe('create');
});

test.each([
  ['user', true],
  ['linked', true],
  ['others', true],
  [undefined, true],
  ['shared', false],
  ['room', false],
  ['equipment', false],
  ['Room', false],
] as const)('E18: a mailbox for %s is a person: %s', (userPurpose, isPerson) => {
  const projection = project(anInput({ reading: present({}, { userPurpose }), record: null }));
  expect(projection.gives[0]?.kind).toBe(isPerson ? 'create' : undefined);
  expect(codes(projection)).toEqual(isPerson ? [] : ['not_a_person_mailbox']);
});

test('E18: a room that was only known as such after it was imported is kept, and the problem says so', () => {
  const rules = someRules({ onLeaveAllGroups: 'archive' });
  const room = present({ givenName: 'Room 5' }, { userPurpose: 'room', groupIds: ['group-1', 'group-2'] });
  const projection = project(anInput({ rules, reading: room }));
  expect([projection.gives, projection.takes]).toEqual([[], []]);
  expect(projection.problems).toMatchObject([
    {
      code: 'not_a_person_mailbox',
      message: expect.stringContaining('kept'),
      remedy: expect.stringContaining('Archive'),
    },
  ]);
  const later = project(anInput({ rules, reading: present({}, { userPurpose: 'user' }) }));
  expect(codes(later)).toEqual([]);
});
