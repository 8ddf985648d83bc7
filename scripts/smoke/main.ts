import { runTrial } from '../stage/run-trial.js';
import { runSmoke } from './run-smoke.js';

await runTrial({
  usage: `Usage: npm run smoke [-- --keep]
The processes of compose.yaml without containers, and a simulated Microsoft: a replica set of three, two intakes, two
workers and the portal. A change arrives, a worker and the primary are killed and it goes on, Prometheus is asked where
it is on the PATH; everything that was started is ended. A line a step on stderr; the last line of stdout is one JSON
document.`,
  parse: (args) => ({ keep: args.includes('--keep') }),
  run: (asked, { environment: inherit, ...surroundings }) => runSmoke({ ...asked, ...surroundings, inherit }),
});
