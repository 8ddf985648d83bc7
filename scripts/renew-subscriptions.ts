import { runCli } from '../src/cli/run-cli.js';

/** Renews subscriptions with the service up or down: `ghs subscriptions renew` under a name of its own, for cron. */
const { stdout, stderr, env, argv } = process;
process.exitCode = await runCli(['subscriptions', 'renew', ...argv.slice(2)], { stdout, stderr, env });
