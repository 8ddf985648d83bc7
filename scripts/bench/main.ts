import { messageOf } from '../../src/kernel/app-error.js';
import { endOnSignals } from '../stage/end-on-signals.js';
import { refuseUnknown } from '../stage/options.js';
import { BENCHES } from './benches.js';
import { type Bench, linesOf } from './report.js';

/** Exit codes of CONTRACT section 1. */
const EXIT = { failed: 1, badUsage: 2 };

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const name = args.find((arg) => !arg.startsWith('-'));
  const bench = BENCHES.find((each) => each.name === name);
  if (args.includes('--help')) return console.error(usageOf(bench ? [bench] : BENCHES));
  if (bench === undefined) return refuse(args, { message: 'Name one benchmark.', field: 'name' });
  try {
    refuseUnknown(args, usageOf([bench]));
  } catch (error) {
    return refuse(args, { message: messageOf(error) });
  }
  const stop = new AbortController();
  endOnSignals(() => stop.abort(new Error('Stopped.')), new Set());
  // What is stopped in the middle of its work fails in its own ways, and nobody waits for it.
  stop.signal.addEventListener('abort', () => process.on('unhandledRejection', () => undefined));
  // Whoever reads our words may stop early, as `head` does.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => stop.abort(new Error('Nobody reads what is said.')));
  const { signal } = stop;
  try {
    const report = await bench.run({ say: (line) => console.error(line), args, environment: process.env, signal });
    for (const line of linesOf(report)) console.error(line);
    // Always the last line of stdout; the words for people go to stderr.
    console.log(JSON.stringify(report));
    if (!report.ok) process.exitCode = EXIT.failed;
  } catch (error) {
    console.error(messageOf(error));
    answer(args, { code: 'bench_failed', message: messageOf(error) });
    // What was stopped in the middle of its work still waits for something.
    process.exit(EXIT.failed);
  }
}

function usageOf(benches: readonly Bench[]): string {
  const lines = benches.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`);
  return ['Usage: npm run bench -- NAME [--json]', ...lines].join('\n');
}

function refuse(args: readonly string[], error: { message: string; field?: string }): void {
  console.error(`${error.message}\n${usageOf(BENCHES)}`);
  answer(args, { code: 'bad_usage', ...error });
  process.exitCode = EXIT.badUsage;
}

function answer(args: readonly string[], error: { code: string; message: string; field?: string }): void {
  if (args.includes('--json')) console.log(JSON.stringify({ error }));
}
