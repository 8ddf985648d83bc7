import type { Problem } from '../../../src/projection/types.js';
import { runProblemRows } from '../../../src/records/problems/run-problems.js';
import type { ProblemRow } from '../../../src/records/types.js';

const NOW = new Date('2026-11-26T07:00:00Z');
const about = { enterpriseId: 'e', runId: 'r', objectId: 'o', userId: 'u', now: NOW };

function problem(code: Problem['code'], severity: Problem['severity'], subject: string | null = null): Problem {
  return { code, severity, subject, message: 'm', remedy: 'r' };
}

function open(code: string, subject = ''): ProblemRow {
  return { _id: `e:o:${code}:${subject}` } as ProblemRow;
}

test('a run keeps every error, whether it was known or not', () => {
  const problems = [problem('duplicate_email', 'error', 'email'), problem('guest_skipped', 'error')];
  const rows = runProblemRows({ ...about, present: [open('duplicate_email', 'email')], problems });
  expect(rows.map(({ _id }) => _id)).toEqual(['r:o:duplicate_email:email', 'r:o:guest_skipped:']);
  expect(rows[0]).toMatchObject({ severity: 'error', userId: 'u', message: 'm', remedy: 'r', at: NOW });
});

test('a run keeps a warning only where it meets it for the first time', () => {
  const problems = [problem('field_blank', 'warning', 'country'), problem('field_blank', 'warning', 'lastName')];
  const rows = runProblemRows({ ...about, present: [open('field_blank', 'country')], problems });
  expect(rows.map(({ subject }) => subject)).toEqual(['lastName']);
});
