import { project } from '../../../../src/projection/project.js';
import type { Projection } from '../../../../src/projection/types.js';
import { aMapping, aMembership, anInput, aRecord, present, someRules } from '../a-projection-input.js';

function teamChanges({ gives, takes }: Projection): string[] {
  return [...gives, ...takes.map(({ change }) => change)].flatMap((change) => {
    if (change.kind === 'join') return [`join ${change.teamId} [${change.before}] [${change.after}]`];
    return change.kind === 'leave' ? [`leave ${change.teamId} [${change.before}]`] : [];
  });
}

function codes({ problems }: Projection): string[] {
  return problems.map(({ code, subject }) => `${code} ${subject}`);
}

const sameTeam = someRules({
  mappings: [aMapping({ id: '1', teamId: 'team' }), aMapping({ id: '2', teamId: 'team' })],
});

test('two mapped groups lead to two teams', () => {
  const projection = project(anInput({ reading: present({}, { groupIds: ['group-1', 'group-2'] }) }));
  expect(teamChanges(projection)).toEqual(['join team-2 [] [2]']);
  expect(projection.gives[0]?.why).toContain('group-2');
});

test('one group may be mapped to two teams', () => {
  const rules = someRules({ mappings: [aMapping({ id: '1' }), aMapping({ id: '2', groupId: 'group-1' })] });
  expect(teamChanges(project(anInput({ rules })))).toEqual(['join team-2 [] [2]']);
});

test('two groups of one team are one membership with two reasons, which goes with the last', () => {
  const both = present({}, { groupIds: ['group-2', 'group-1'] });
  const one = aRecord({ memberships: [aMembership({ teamId: 'team', mappingIds: ['1'] })] });
  expect(teamChanges(project(anInput({ rules: sameTeam, reading: both, record: one })))).toEqual([
    'join team [1] [1,2]',
  ]);
  const two = aRecord({ memberships: [aMembership({ teamId: 'team', mappingIds: ['1', '2'] })] });
  expect(teamChanges(project(anInput({ rules: sameTeam, record: two })))).toEqual(['join team [1,2] [1]']);
  const none = project(anInput({ rules: sameTeam, record: two, reading: present({}, { groupIds: [] }) }));
  expect(teamChanges(none)).toEqual(['leave team [1,2]']);
  expect(none.takes.map(({ taking }) => taking)).toEqual(['team_removal']);
});

test('a manual membership stays and only loses its mappings, as a give', () => {
  const record = aRecord({ memberships: [aMembership({ teamId: 'team-1', mappingIds: ['1'], manual: true })] });
  const projection = project(anInput({ record, reading: present({}, { groupIds: ['group-2'] }) }));
  expect(teamChanges(projection)).toEqual(['join team-1 [1] []', 'join team-2 [] [2]']);
  expect(projection.takes).toEqual([]);
});

test('a purely manual membership is never touched', () => {
  const record = aRecord({ memberships: [aMembership({ teamId: 'team-2', manual: true })] });
  expect(teamChanges(project(anInput({ record })))).toEqual(['join team-1 [] [1]']);
});

test.each(['missing', 'hidden', 'unreadable'] as const)('a group that is %s neither gives nor takes', (state) => {
  const groups = new Map([
    ['group-1', state],
    ['group-2', state],
  ]);
  expect(teamChanges(project(anInput({ groups, reading: present({}, { groupIds: [] }) })))).toEqual([]);
  const into = project(anInput({ groups, reading: present({}, { groupIds: ['group-1', 'group-2'] }) }));
  expect(teamChanges(into)).toEqual([]);
  expect(into.isMember).toBe(false);
});

test('a group of which nothing was read is no evidence', () => {
  expect(teamChanges(project(anInput({ groups: new Map(), reading: present({}, { groupIds: [] }) })))).toEqual([]);
});

test('a mapping to a team that is gone is skipped and the others go on', () => {
  const { teams } = anInput();
  const left = new Map([...teams].filter(([teamId]) => teamId === 'team-2'));
  const projection = project(anInput({ teams: left, reading: present({}, { groupIds: ['group-1', 'group-2'] }) }));
  expect(teamChanges(projection)).toEqual(['join team-2 [] [2]']);
});

test('a removed mapping takes what it gave', () => {
  const rules = someRules({ mappings: [aMapping({ id: '2' })] });
  const { teams } = anInput();
  const projection = project(anInput({ rules, teams, reading: present({}, { groupIds: ['group-2'] }) }));
  expect(teamChanges(projection)).toEqual(['join team-2 [] [2]', 'leave team-1 [1]']);
  expect(projection.takes[0]?.change.why).toContain('removed');
});

const leading = aRecord({ memberships: [aMembership({ teamId: 'team-1', mappingIds: ['1'], isLeader: true })] });

test.each([
  [1, false],
  [2, false],
  [3, true],
])('a leader of a team with %i leaders may leave: %s', (leaderCount, mayLeave) => {
  const teams = new Map([['team-1', { id: 'team-1', organisationId: 'org-a', leaderCount }]]);
  const projection = project(anInput({ record: leading, teams, reading: present({}, { groupIds: [] }) }));
  expect(projection.takes).toHaveLength(mayLeave ? 1 : 0);
  expect(codes(projection).includes('leader_removal_blocked team-1')).toBe(!mayLeave);
});

test('an archived leader is counted only once they are back', () => {
  const record = { ...leading, status: 'archived', archivedReason: 'sync_disabled' } as const;
  const back = (leaderCount: number) => {
    const teams = new Map(['team-1', 'team-2'].map((id) => [id, { id, organisationId: 'org-a', leaderCount }]));
    return project(anInput({ record, teams, reading: present({}, { groupIds: ['group-2'] }) }));
  };
  expect(back(1).takes).toEqual([]);
  expect(back(2).takes).toHaveLength(1);
});

const twoOrganisations = someRules({
  mappings: [
    aMapping({ id: '1' }),
    aMapping({ id: '2', organisationId: 'org-b', priority: 0 }),
    aMapping({ id: '3', organisationId: 'org-b', priority: 0, createdAt: '2025-01-01T00:00:00Z' }),
  ],
});

test('an existing user keeps the home organisation and is warned of the mapping that is not applied', () => {
  const reading = present({}, { groupIds: ['group-1', 'group-2'] });
  const projection = project(anInput({ rules: twoOrganisations, reading }));
  expect(teamChanges(projection)).toEqual([]);
  expect(codes(projection)).toEqual(['multi_org_conflict 2']);
});

test('moving to a group of another organisation takes the synced membership and moves nobody', () => {
  const projection = project(anInput({ rules: twoOrganisations, reading: present({}, { groupIds: ['group-2'] }) }));
  expect(teamChanges(projection)).toEqual(['leave team-1 [1]']);
  expect(codes(projection)).toEqual(['multi_org_conflict 2']);
  expect(projection.isMember).toBe(true);
});

test('a newcomer gets the organisation of the first mapping: priority, then age, then id', () => {
  const reading = present({}, { groupIds: ['group-1', 'group-2', 'group-3'] });
  const projection = project(anInput({ record: null, rules: twoOrganisations, reading }));
  expect(projection.gives[0]).toMatchObject({ kind: 'create', organisationId: 'org-b' });
  expect(teamChanges(projection)).toEqual(['join team-3 [] [3]', 'join team-2 [] [2]']);
  expect(codes(projection)).toEqual(['multi_org_conflict 1']);
});
