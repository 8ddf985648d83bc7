import { wholeOption } from '../stage/options.js';
import { runTrial } from '../stage/run-trial.js';
import { runKill } from './run-kill.js';

await runTrial({
  usage: `Usage: npm run test:kill -- [--rounds 20] [--seed 1] [--keep]
Real processes on a replica set of three are killed, stopped and put to sleep while people are edited; nothing that was
answered 202 may be lost. Words go to stderr; the last line of stdout is one JSON document.`,
  parse: (args) => ({
    rounds: wholeOption(args, 'rounds', 20),
    seed: wholeOption(args, 'seed', 1),
    keep: args.includes('--keep'),
  }),
  run: (asked, { environment: inherit, ...surroundings }) => runKill({ ...asked, ...surroundings, inherit }),
});
