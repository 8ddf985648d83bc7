import { runCli } from './run-cli.js';

const { stdout, stderr, env, argv } = process;
// Whoever reads our output may stop early, as `head` does: that is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.exitCode = await runCli(argv.slice(2), { stdout, stderr, env });
