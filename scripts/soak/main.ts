import { wholeOption } from '../stage/options.js';
import { runTrial } from '../stage/run-trial.js';
import { runSoak } from './run-soak.js';

await runTrial({
  usage: `Usage: npm run test:soak -- [--minutes 10] [--rate 30]
A steady load on one process of the service: memory, handles, connections and open changes stay as they are, and nothing
is lost. Words go to stderr; the last line of stdout is one JSON document.`,
  parse: (args) => ({ minutes: minutesOf(args), rate: wholeOption(args, 'rate', 30) }),
  run: (asked, surroundings) => runSoak({ ...asked, ...surroundings }),
});

/** Parts of a minute too, such as `--minutes 0.5`. */
function minutesOf(args: readonly string[]): number {
  const at = args.indexOf('--minutes');
  if (at === -1) return 10;
  const minutes = Number(args[at + 1]);
  if (minutes > 0 && minutes <= 7 * 24 * 60) return minutes;
  throw new Error('--minutes needs a number above 0, such as --minutes 10.');
}
