import { messageOf } from '../../src/kernel/app-error.js';
import { wholeOption } from '../bench/options.js';
import { endOnSignals } from '../demo/stage/end-on-signals.js';
import { runSoak } from './run-soak.js';

/** Exit codes of CONTRACT section 1. */
const EXIT = { done: 0, failed: 1, badUsage: 2 };
const USAGE = `Usage: npm run test:soak -- [--minutes 10] [--rate 30]
A steady load on one process of the service: memory, handles, connections and open changes stay as they are, and nothing
is lost. Words go to stderr; the last line of stdout is one JSON document.`;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.error(USAGE);
    return;
  }
  let asked: { minutes: number; rate: number };
  try {
    asked = { minutes: minutesOf(args), rate: wholeOption(args, 'rate', 30) };
  } catch (error) {
    console.error(`${messageOf(error)}\n${USAGE}`);
    console.log(JSON.stringify({ error: { code: 'bad_usage', message: messageOf(error) } }));
    process.exitCode = EXIT.badUsage;
    return;
  }
  const stop = new AbortController();
  endOnSignals(() => stop.abort(new Error('Stopped.')), new Set());
  const say = (line: string) => console.error(line);
  try {
    const answer = await runSoak({ ...asked, environment: process.env, signal: stop.signal, say });
    console.log(JSON.stringify(answer));
    process.exit(answer.ok ? EXIT.done : EXIT.failed);
  } catch (error) {
    console.error(messageOf(error));
    console.log(JSON.stringify({ error: { code: 'soak_failed', message: messageOf(error) } }));
    process.exit(EXIT.failed);
  }
}

/** Parts of a minute too, such as `--minutes 0.5`. */
function minutesOf(args: readonly string[]): number {
  const at = args.indexOf('--minutes');
  if (at === -1) return 10;
  const minutes = Number(args[at + 1]);
  if (minutes > 0 && minutes <= 7 * 24 * 60) return minutes;
  throw new Error('--minutes needs a number above 0, such as --minutes 10.');
}
