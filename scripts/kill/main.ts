import { messageOf } from '../../src/kernel/app-error.js';
import { wholeOption } from '../bench/options.js';
import { endOnSignals } from '../demo/stage/end-on-signals.js';
import { runKill } from './run-kill.js';

/** Exit codes of CONTRACT section 1. */
const EXIT = { done: 0, failed: 1, badUsage: 2 };
const USAGE = `Usage: npm run test:kill -- [--rounds 20] [--seed 1] [--keep]
Real processes on a replica set of three are killed, stopped and put to sleep while people are edited; nothing that was
answered 202 may be lost. Words go to stderr; the last line of stdout is one JSON document.`;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.error(USAGE);
    return;
  }
  let asked: { rounds: number; seed: number };
  try {
    asked = { rounds: wholeOption(args, 'rounds', 20), seed: wholeOption(args, 'seed', 1) };
  } catch (error) {
    console.error(`${messageOf(error)}\n${USAGE}`);
    console.log(JSON.stringify({ error: { code: 'bad_usage', message: messageOf(error) } }));
    process.exitCode = EXIT.badUsage;
    return;
  }
  const stop = new AbortController();
  const children = new Set<number>();
  endOnSignals(() => stop.abort(new Error('Stopped.')), children);
  const say = (line: string) => console.error(line);
  const surroundings = { inherit: process.env, keep: args.includes('--keep'), signal: stop.signal };
  const answer = await runKill({ ...asked, ...surroundings, children, say });
  console.log(JSON.stringify(answer));
  process.exit(answer.ok ? EXIT.done : EXIT.failed);
}
