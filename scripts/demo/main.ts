import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { AppError, messageOf } from '../../src/kernel/app-error.js';
import { createLog } from '../../src/kernel/log.js';
import { createStopping } from '../../src/kernel/stopping.js';
import { endOnSignals } from '../stage/end-on-signals.js';
import { runCheck } from './run-check.js';
import { runDemo } from './run-demo.js';

interface Options {
  readonly json?: boolean;
  readonly check?: boolean;
  readonly people: number;
  readonly port: number;
  readonly simulatorPort: number;
}

/** Exit codes of CONTRACT section 1. */
const EXIT = { done: 0, failed: 1, badUsage: 2 };

let isAnswered = false;

await main(process.argv);

/** The one JSON document on stdout: what fails after it was printed is said in words only. */
function answer(document: object): void {
  if (!isAnswered) console.log(JSON.stringify(document));
  isAnswered = true;
}

async function main(argv: readonly string[]): Promise<void> {
  const isJson = argv.includes('--json');
  try {
    await createCommand().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const isUsage = error instanceof CommanderError;
    const { code, field } = error instanceof AppError ? error : { code: isUsage ? 'bad_usage' : 'failed' };
    if (isJson) answer({ error: { code, message: messageOf(error), ...(field && { field }) } });
    if (!isUsage) console.error(messageOf(error));
    process.exitCode = isUsage ? EXIT.badUsage : EXIT.failed;
  }
}

function createCommand(): Command {
  return new Command('demo')
    .description('Everything on this machine, no account anywhere: MongoDB, a simulated Entra tenant, the service')
    .option('--check', 'run the whole story unattended in a temporary folder: a line a step, then one JSON line')
    .option('--json', 'one JSON line when ready')
    .option('--people <number>', 'people in the simulated tenant', whole(40, 100_000), 60)
    .option('--port <number>', 'port of the service; 0 takes a free one', whole(0, 65_535), 0)
    .option('--simulator-port <number>', 'port of the simulated Microsoft; 0 takes a free one', whole(0, 65_535), 0)
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(text) })
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { json: isJson = false, check: isCheck = false, people, port, simulatorPort } = options;
  const stopping = createStopping(createLog('silent'));
  const stop = new AbortController();
  const children = new Set<number>();
  endOnSignals(() => stop.abort(new AppError('stopped', 'Stopped.')), children);
  const say = (line: string) => (isJson ? console.error(line) : console.log(line));
  const surroundings = { inherit: process.env, mongodBinary: process.env['MONGOD_BINARY'], signal: stop.signal };
  const parts = { ...surroundings, people, groups: 8, stopping, children, say };
  if (isCheck) {
    const checked = await runCheck(parts);
    answer(checked);
    process.exit(checked.ok ? EXIT.done : EXIT.failed);
  }
  try {
    const dataDir = resolve(process.env['DATA_DIR'] || './.data');
    await runDemo({
      ...{ ...parts, dataDir, port, simulatorPort, eventsPerPerson: 2 },
      ready: (document) => {
        if (isJson) answer(document);
      },
    });
  } finally {
    // Ends what still waits for something, where it was not a signal that brought us here.
    stop.abort(new AppError('stopped', 'Stopped.'));
    await stopping.stop();
  }
  process.exit(EXIT.done);
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}
