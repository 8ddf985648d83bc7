import { settleLeaders } from '../../../src/projection/leaders.js';
import { project } from '../../../src/projection/project.js';
import type { Reading } from '../../../src/projection/types.js';
import { aMembership, anInput, aRecord, present } from './a-projection-input.js';

const record = aRecord({ memberships: [aMembership({ teamId: 'team-1', mappingIds: ['1'], isLeader: true })] });
const outside = present({}, { groupIds: [] });

function leaders(readings: Record<string, Reading>) {
  return Object.entries(readings).map(([objectId, reading]) => ({
    projection: project(anInput({ objectId, reading, record })),
    record,
  }));
}

function taken(people: ReturnType<typeof leaders>): string[] {
  const { teams } = anInput();
  return settleLeaders({ people, teams }).map(({ objectId, takes }) => `${objectId} ${takes.length}`);
}

test('of three leaders who leave at once only one goes, whatever the order', () => {
  const people = leaders({ a: outside, b: outside, c: outside });
  expect(taken(people)).toEqual(['a 1', 'b 0', 'c 0']);
  expect(taken([...people].reverse())).toEqual(['c 0', 'b 0', 'a 1']);
});

test('archiving a leader counts like leaving', () => {
  expect(taken(leaders({ a: present({}, { accountEnabled: false }), b: outside }))).toEqual(['a 1', 'b 0']);
  expect(taken(leaders({ a: outside, b: { state: 'soft_deleted' } }))).toEqual(['a 1', 'b 0']);
});

test('who must stay says why', () => {
  const { teams } = anInput();
  const [, second] = settleLeaders({ people: leaders({ a: outside, b: outside }), teams });
  expect(second?.problems.map(({ code, subject }) => [code, subject])).toContainEqual([
    'leader_removal_blocked',
    'team-1',
  ]);
});

test('people who lead nothing are left alone', () => {
  const plain = { projection: project(anInput({ reading: outside })), record: aRecord() };
  const { teams } = anInput();
  expect(settleLeaders({ people: [plain], teams })).toEqual([plain.projection]);
});
