import { messageOf } from '../../src/kernel/app-error.js';
import { BENCHES } from './benches.js';
import { linesOf } from './report.js';

/** Exit codes of CONTRACT section 1. */
const EXIT = { failed: 1, badUsage: 2 };

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const isJson = args.includes('--json');
  const name = args.find((arg) => !arg.startsWith('-'));
  const bench = BENCHES.find((each) => each.name === name);
  if (bench === undefined) {
    const known = BENCHES.map((each) => `  ${each.name.padEnd(10)} ${each.about}`).join('\n');
    console.error(`Usage: npm run bench -- NAME [--json]\n${known}`);
    if (isJson)
      console.log(JSON.stringify({ error: { code: 'bad_usage', message: 'Name one benchmark.', field: 'name' } }));
    process.exitCode = args.includes('--help') ? 0 : EXIT.badUsage;
    return;
  }
  try {
    const report = await bench.run({ say: (line) => console.error(line), args, environment: process.env });
    for (const line of linesOf(report)) console.error(line);
    // Always the last line of stdout; the words for people go to stderr.
    console.log(JSON.stringify(report));
    if (!report.ok) process.exitCode = EXIT.failed;
  } catch (error) {
    console.error(messageOf(error));
    if (isJson) console.log(JSON.stringify({ error: { code: 'bench_failed', message: messageOf(error) } }));
    process.exitCode = EXIT.failed;
  }
}
