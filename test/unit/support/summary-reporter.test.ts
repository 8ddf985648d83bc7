import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const reporter = join(__dirname, '..', '..', 'support', 'summary-reporter.cjs');
const counts = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] };

describe('the last line of a test run', () => {
  it('counts what passed and failed', () => {
    expect(linesFor(counts)).toEqual(['3 passed, 1 failed']);
  });

  it('names what was skipped, where any', () => {
    expect(linesFor({ ...counts, numPendingTests: 1, numTodoTests: 1 })).toEqual(['3 passed, 1 failed, 2 skipped']);
  });

  it('counts a suite that could not run as failed', () => {
    const broken = { testExecError: { message: 'syntax' }, failureMessage: 'syntax', numFailingTests: 0 };
    const failed = { failureMessage: 'a test failed', numFailingTests: 1 };
    expect(linesFor({ ...counts, testResults: [broken, failed] })).toEqual(['3 passed, 2 failed']);
  });

  it('comes after everything else that is printed', () => {
    const after = "setTimeout(() => console.log('global teardown'), 10);";
    expect(linesFor(counts, after)).toEqual(['global teardown', '3 passed, 1 failed']);
  });
});

function linesFor(results: object, after = ''): string[] {
  const script = `new (require(process.argv[1]))().onRunComplete(null, ${JSON.stringify(results)});${after}`;
  return execFileSync(process.execPath, ['-e', script, reporter], { encoding: 'utf8' }).trim().split('\n');
}
