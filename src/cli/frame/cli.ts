import { userInfo } from 'node:os';
import { connectMicrosoft, type MicrosoftServices, openServices, type Services } from '../../compose.js';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment-texts.js';
import { parseConfig, parseStoreConfig } from '../../config/parse-config.js';
import { AppError } from '../../kernel/app-error.js';
import { systemClock } from '../../kernel/clock.js';
import { createLog } from '../../kernel/log.js';
import type { Answer } from './answer.js';
import { UsageError } from './usage-error.js';

/** Where text goes: a process's own stream, or a test's. */
export interface TextSink {
  write(text: string): unknown;
  /** Where the stream can be full. */
  once?(event: 'drain', listener: () => void): unknown;
}

export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Environment;
}

/** What a command may use. Nothing is opened before a command asks for it. */
export interface Cli {
  /** Whom the ledger and the audit log name. */
  readonly who: string;
  /** One JSON document is asked for. */
  readonly json: boolean;
  now(): Date;
  config(): Config;
  services(): Promise<Services>;
  microsoft(): Promise<MicrosoftServices>;
  /** The enterprise that was named, or the only one there is. */
  enterpriseId(named: string | undefined): Promise<string>;
  /** Words for the person at the terminal, on stderr. */
  say(line: string): void;
  /** Text that is the answer itself, such as an export; waits while the reader is behind. */
  print(text: string): Promise<void>;
  answer(answer: Answer): Promise<void>;
}

export interface OpenCli {
  readonly cli: Cli;
  readonly foundSomething: () => boolean;
  close(): Promise<void>;
}

export function createCli(io: CliIo, options: { json: boolean }): OpenCli {
  let opening: Promise<Services> | null = null;
  let microsoft: MicrosoftServices | null = null;
  let hasFindings = false;
  const say = (line: string) => {
    io.stderr.write(`${line}\n`);
  };

  const cli: Cli = {
    who: `cli:${userName()}`,
    json: options.json,
    now: () => systemClock.now(),
    config: () => parseConfig(io.env),
    services: () => (opening ??= open()),
    microsoft: async () => {
      // First: a setting that is missing must not start a database.
      const config = cli.config();
      microsoft ??= connectMicrosoft(await cli.services(), config);
      return microsoft;
    },
    enterpriseId: async (named) => onlyOne(await cli.services(), named),
    say,
    print: async (text) => {
      const { stdout } = io;
      if (stdout.write(text) !== false || stdout.once === undefined) return;
      await new Promise<void>((resolve) => stdout.once?.('drain', resolve));
    },
    answer: async (answer) => {
      hasFindings ||= answer.hasFindings ?? false;
      const text = options.json ? JSON.stringify(answer.document) : answer.lines.join('\n');
      if (text !== '') io.stdout.write(`${text}\n`);
    },
  };
  return {
    cli,
    foundSomething: () => hasFindings,
    close: async () => {
      const services = await opening?.catch(() => null);
      await services?.close();
    },
  };

  async function open(): Promise<Services> {
    // What a command does is said by its answer; the log is for what went wrong, unless asked for more.
    const log = createLog(io.env['LOG_LEVEL'] === undefined ? 'warn' : parseStoreConfig(io.env).logLevel);
    return openServices(parseStoreConfig(io.env), { log, path: io.env['PATH'] ?? '', report: say });
  }
}

async function onlyOne({ structure }: Services, named: string | undefined): Promise<string> {
  if (named !== undefined) return (await structure.getEnterprise(named))._id;
  const [first, ...others] = await structure.listEnterprises();
  if (first === undefined) {
    const text = 'There is no enterprise yet. Create one with "ghs enterprise create --name NAME".';
    throw new AppError('enterprise_not_found', text, { status: 404, field: 'enterprise' });
  }
  if (others.length === 0) return first._id;
  const text = `There are ${others.length + 1} enterprises: say which with --enterprise. See "ghs enterprise list".`;
  throw new UsageError(text, 'enterprise');
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
