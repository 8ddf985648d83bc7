import { project } from '../../../../src/projection/project.js';
import type { ProjectionInput } from '../../../../src/projection/types.js';
import { type Decision, hashOf, problemSubject } from '../../../../src/projection/verdicts/decision.js';
import { problemsOver, rule, withoutIgnored } from '../../../../src/projection/verdicts/rule.js';
import { aMembership, anInput, aRecord, present } from '../a-projection-input.js';

const now = new Date('2026-11-01T00:00:00Z');

function decided(decision: Partial<Decision> & { subject: string }, value: unknown): Decision {
  return { verdict: 'declined', by: 'maia', at: now, until: null, valueHash: hashOf(value), ...decision };
}

function ruled(input: ProjectionInput, ...decisions: Decision[]) {
  return rule(project(input), { decisions, now }, input);
}

const newName = anInput({ reading: present({ givenName: 'Annabel' }) });

test('a declined value is left alone and shows as drift for as long as the source says the same', () => {
  const { projection, over } = ruled(newName, decided({ subject: 'field:firstName' }, 'Annabel'));
  expect(projection.gives).toEqual([]);
  expect(projection.lastSynced).not.toHaveProperty('firstName');
  expect(projection.problems).toEqual([
    expect.objectContaining({ code: 'drift', subject: 'field:firstName', message: expect.stringContaining('maia') }),
  ]);
  expect(over).toEqual([]);
});

test('another value at the source is another question: it is applied and the decision is over', () => {
  const decision = decided({ subject: 'field:firstName' }, 'Ann');
  const { projection, over } = ruled(newName, decision);
  expect(projection.gives).toMatchObject([{ field: 'firstName', after: 'Annabel' }]);
  expect(projection.problems).toEqual([]);
  expect(over).toEqual([decision]);
});

test('a source that went back by itself ends the decision, an unread one does not', () => {
  const decision = decided({ subject: 'field:firstName' }, 'Annabel');
  expect(ruled(anInput(), decision).over).toEqual([decision]);
  expect(ruled(anInput({ reading: present({ givenName: undefined }) }), decision).over).toEqual([]);
});

test('a declined address is not wanted any more, so that nobody is refused it for this person', () => {
  const input = anInput({ reading: present({ mail: 'new@contoso.com' }) });
  const { projection } = ruled(input, decided({ subject: 'field:email' }, 'new@contoso.com'));
  expect(projection.wantedEmailKey).toBe('anna@contoso.com');
  expect(projection.takes).toEqual([]);
});

test('a declined creation imports nobody and wants no address', () => {
  const { projection } = ruled(anInput({ record: null }), decided({ subject: 'create' }, 'org-a'));
  expect(projection).toMatchObject({ gives: [], wantedEmailKey: null, problems: [{ code: 'drift' }] });
});

test('who is not archived because somebody declined it keeps the address', () => {
  const input = anInput({ reading: present({}, { accountEnabled: false }) });
  const { projection } = ruled(
    input,
    decided({ subject: 'archive', verdict: 'refused', by: 'guard' }, 'sync_disabled'),
  );
  expect(projection.takes).toEqual([]);
  expect(projection.wantedEmailKey).toBe('anna@contoso.com');
  expect(projection.problems.map(({ code }) => code)).toContain('drift');
});

test('a declined archive is over once the account is enabled and in a mapped group again', () => {
  const decision = decided({ subject: 'archive' }, 'sync_disabled');
  expect(ruled(anInput(), decision).over).toEqual([decision]);
});

test('a declined team is over once the groups want something else, unless one of them could not be read', () => {
  const decision = decided({ subject: 'team:team-1' }, []);
  expect(ruled(anInput(), decision).over).toEqual([decision]);
  const unread = anInput({
    groups: new Map([
      ['group-1', 'unreadable'],
      ['group-2', 'ok'],
    ]),
  });
  expect(ruled(unread, decision).over).toEqual([]);
});

test('a kept leader does not end what was declined of the team', () => {
  const memberships = [aMembership({ teamId: 'team-1', mappingIds: ['1'], isLeader: true })];
  const teams = new Map([['team-1', { id: 'team-1', organisationId: 'org-a', leaderCount: 2 }]]);
  const input = anInput({ record: aRecord({ memberships }), reading: present({}, { groupIds: ['group-2'] }), teams });
  expect(ruled(input, decided({ subject: 'team:team-1' }, [])).over).toEqual([]);
});

test('an approval names its taking and changes nothing else', () => {
  const input = anInput({ reading: present({ mobilePhone: null }) });
  const { projection, approved } = ruled(input, decided({ subject: 'field:mobilePhone', verdict: 'approved' }, null));
  expect(projection).toEqual(project(input));
  expect([...approved]).toEqual([projection.takes[0]?.change]);
});

test('what is held is left to the guard', () => {
  const input = anInput({ reading: present({ mobilePhone: null }) });
  const held = decided({ subject: 'field:mobilePhone', verdict: 'held' }, null);
  expect(ruled(input, held)).toMatchObject({ projection: project(input), approved: new Set(), over: [] });
  // After its time it counts as refused.
  const late = ruled(input, { ...held, until: now });
  expect(late.projection.takes).toEqual([]);
  expect(late.refused).toMatchObject([{ taking: 'clear' }]);
});

test('an ignored problem stays away until its words are others, and its verdict ends with the problem', () => {
  const problem = project(anInput({ reading: present({ country: 'Congo' }) })).problems.find(
    ({ code }) => code === 'country_unknown',
  );
  if (!problem) throw new Error('no problem');
  const verdict = decided({ subject: problemSubject(problem), verdict: 'ignored' }, problem.message);
  expect(withoutIgnored([problem], [verdict])).toEqual([]);
  expect(withoutIgnored([{ ...problem, message: 'another' }], [verdict])).toHaveLength(1);
  expect(problemsOver([problem], [verdict])).toEqual([]);
  expect(problemsOver([], [verdict])).toEqual([verdict]);
});

test('what was refused goes on counting for the guard, what was declined by an undo does not', () => {
  const input = anInput({ reading: present({}, { accountEnabled: false }) });
  const refused = decided({ subject: 'archive', verdict: 'refused' }, 'sync_disabled');
  expect(ruled(input, refused).refused).toMatchObject([{ taking: 'archive', at: now }]);
  expect(ruled(input, { ...refused, verdict: 'declined' }).refused).toEqual([]);
});

test.each([
  ['sync_disabled', present({}, { groupIds: [] }), true],
  ['sync_disabled', present({}, { accountEnabled: false }), false],
  ['sync_deleted', present({}, { groupIds: [] }), true],
  ['sync_out_of_scope', present(), true],
] as const)('a decision on an archive (%s) is over once its own reason is gone', (reason, reading, isOver) => {
  const decision = decided({ subject: 'archive', verdict: 'approved' }, reason);
  expect(ruled(anInput({ reading }), decision).over).toEqual(isOver ? [decision] : []);
});

test('a declined team stays declined while the person may join none, because the groups still say the same', () => {
  const decision = decided({ subject: 'team:team-1' }, ['1']);
  const reading = present({}, { userType: 'Guest' });
  expect(ruled(anInput({ record: aRecord({ memberships: [] }), reading }), decision).over).toEqual([]);
});
