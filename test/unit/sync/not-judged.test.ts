import type { Problem, ProblemCode, Projection, TakingKind } from '../../../src/projection/types.js';
import { notJudged } from '../../../src/sync/plan/evidence/not-judged.js';

const problem = (code: ProblemCode, subject: string | null = null): Problem => {
  return { code, severity: 'warning', subject, message: code, remedy: '' };
};
const OPEN = [
  problem('duplicate_email', 'email'),
  problem('duplicate_email_in_source', 'email'),
  problem('held'),
  problem('field_blank', 'country'),
];
const WAITS = ['activity:u', 'approval:t', 'email:a@b.test', 'leader:x'];

function draft(takings: readonly TakingKind[], mayTake: boolean) {
  const takes = takings.map((taking) => ({ taking, change: {} }));
  return { mayTake, projection: { takes } as unknown as Projection };
}

function stays(takings: readonly TakingKind[], mayTake: boolean) {
  const { problems, waits } = notJudged(draft(takings, mayTake));
  return { problems: problems(OPEN).map(({ code }) => code), waits: waits(WAITS) };
}

test('where nothing is to be taken, or it is taken now, everything is judged', () => {
  for (const judged of [stays([], false), stays(['email_change', 'archive'], true)])
    expect(judged).toEqual({ problems: [], waits: [] });
});

test('L8: a change of address that has to wait leaves what was said of the address, and what is held', () => {
  expect(stays(['email_change'], false)).toEqual({
    problems: ['duplicate_email', 'duplicate_email_in_source', 'held'],
    waits: ['approval:t', 'email:a@b.test'],
  });
});

test('somebody whose team ripens, and who wants no other address, has no problem with one any more', () => {
  expect(stays(['team_removal'], false)).toEqual({ problems: ['held'], waits: ['approval:t'] });
});

test('a verdict about an address that is not judged now is not over, any other may be', () => {
  const { concerns } = notJudged(draft(['email_change', 'archive'], false));
  const subjects = ['problem:duplicate_email:email', 'problem:duplicate_email_in_source:email', 'problem:held'];
  expect(subjects.map((subject) => concerns({ subject }))).toEqual([true, true, true]);
  expect(['problem:field_blank:country', 'archive', 'problem:drift'].map((subject) => concerns({ subject }))).toEqual([
    false,
    false,
    false,
  ]);
});
