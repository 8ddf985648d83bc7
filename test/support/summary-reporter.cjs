const { writeSync } = require('node:fs');

/** Last line of a run: `N passed, N failed`, with `, N skipped` where any. A suite that could not run counts as failed. */
class SummaryReporter {
  onRunComplete(_contexts, results) {
    const unrunnable = results.testResults.filter(
      (suite) => (suite.testExecError || suite.failureMessage) && suite.numFailingTests === 0,
    ).length;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${results.numFailedTests + unrunnable} failed`;
    // At the very end, because Jest's own summary and the global teardown come after the reporters.
    process.once('exit', () => writeSync(1, `${line}${skipped > 0 ? `, ${skipped} skipped` : ''}\n`));
  }
}

module.exports = SummaryReporter;
