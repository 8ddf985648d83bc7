const Sequencer = require('@jest/test-sequencer').default;

/** Histories play for minutes and stand in small files, which Jest would begin with last, beside nothing any more. */
module.exports = class LongOnesFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => path.includes('/test/convergence/');
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
