const Sequencer = require('@jest/test-sequencer').default;

/** Minutes long but in small files: Jest would begin with them last, beside nothing any more. */
const LONG = /\/test\/(convergence\/|e2e\/(demo|kill|smoke|soak)\.test\.ts$)/;

module.exports = class LongOnesFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => LONG.test(path);
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
