import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { AppError, messageOf } from '../src/kernel/app-error.js';
import { readInput } from '../src/simulator/control/control-exchange.js';
import { faultFileSchema } from '../src/simulator/control/fault-controls.js';
import type { FaultRule } from '../src/simulator/server/fault-book.js';
import { type Simulator, startSimulator } from '../src/simulator/server/start-simulator.js';

interface Options {
  readonly port: number;
  readonly seed: number;
  readonly people: number;
  readonly groups: number;
  readonly events: number;
  readonly faults?: string;
  readonly json?: boolean;
}

/** Exit codes of CONTRACT section 1. */
const EXIT = { failed: 1, badUsage: 2 };

await main(process.argv);

async function main(argv: readonly string[]): Promise<void> {
  const isJson = argv.includes('--json');
  try {
    await createCommand().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const isUsage = error instanceof CommanderError;
    const { code, field } = error instanceof AppError ? error : { code: isUsage ? 'bad_usage' : 'failed' };
    if (isJson) console.log(JSON.stringify({ error: { code, message: messageOf(error), ...(field && { field }) } }));
    else if (!isUsage) console.error(messageOf(error));
    process.exitCode = isUsage ? EXIT.badUsage : EXIT.failed;
  }
}

function createCommand(): Command {
  return new Command('simulator')
    .description('A simulated Entra tenant with Microsoft Graph on a loopback port, until stopped')
    .option('--port <number>', 'port to listen on; 0 takes a free one', whole(0, 65_535), 0)
    .option('--seed <number>', 'the same seed gives the same day', whole(0), 1)
    .option('--people <number>', 'people in the tenant', whole(0, 1_000_000), 50)
    .option('--groups <number>', 'groups in the tenant', whole(0, 100_000), 8)
    .option('--events <number>', 'events in each mailbox', whole(0, 10_000), 0)
    .option('--faults <file>', 'JSON file with a list of faults')
    .option('--json', 'one JSON line when ready')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(text) })
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { port, seed, people, groups, events: eventsPerPerson } = options;
  const faults = options.faults === undefined ? [] : readFaults(options.faults);
  const simulator = await startSimulator({ port, seed, people, groups, eventsPerPerson, faults });
  console.log(options.json ? JSON.stringify(readyLine(simulator)) : readyText(simulator));
  const stop = () => void simulator.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function readFaults(file: string): FaultRule[] {
  try {
    return readInput(JSON.parse(readFileSync(file, 'utf8')), faultFileSchema);
  } catch (error) {
    throw new AppError('invalid_faults', `Mend the fault file ${file}: ${messageOf(error)}`, { field: 'faults' });
  }
}

function readyLine({ url, control, pretend, tenants, clientId, clientSecret }: Simulator) {
  return { url, control, pretend, tenants, clientId, clientSecret };
}

function readyText(simulator: Simulator): string {
  const tenants = simulator.tenants.map(({ id, people, groups }) => `  ${id}: ${people} people, ${groups} groups`);
  return [
    `Graph    ${simulator.url}/v1.0`,
    `Tokens   ${simulator.url}/{tenant}/oauth2/v2.0/token`,
    `Control  ${simulator.control}`,
    `By hand  ${simulator.pretend} (a pretend admin center and Outlook)`,
    `Client   ${simulator.clientId}, secret ${simulator.clientSecret}`,
    'Tenants',
    ...tenants,
    'Stop with Ctrl+C.',
  ].join('\n');
}

function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}
