import { CommanderError } from 'commander';
import { AppError, messageOf } from '../kernel/app-error.js';
import { type CliIo, createCli } from './frame/cli.js';
import { UsageError } from './frame/usage-error.js';
import { createProgram } from './program.js';

/** Done; failed or findings; bad usage (CONTRACT section 1). */
export type ExitCode = 0 | 1 | 2;

/** Runs one command and answers with its exit code. With `--json` exactly one document goes to stdout. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const json = argv.slice(0, endOfOptions(argv)).includes('--json');
  const { cli, foundSomething, close } = createCli(io, { json });
  const program = createProgram(cli, {
    // Help is what was asked for: words for people, a document where a document was asked for.
    writeOut: (text) => io.stdout.write(json ? `${JSON.stringify({ help: text })}\n` : text),
    writeErr: (text) => io.stderr.write(text),
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return foundSomething() ? 1 : 0;
  } catch (error) {
    return fail(error, { io, json });
  } finally {
    await close().catch((error: unknown) => cli.say(`While closing: ${messageOf(error)}`));
  }
}

function endOfOptions(argv: readonly string[]): number {
  const index = argv.indexOf('--');
  return index < 0 ? argv.length : index;
}

function fail(error: unknown, { io, json }: { io: CliIo; json: boolean }): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const { code, message, field } = documentOf(error);
  if (json) io.stdout.write(`${JSON.stringify({ error: { code, message, ...(field ? { field } : {}) } })}\n`);
  // commander has said its own errors already.
  if (!(error instanceof CommanderError)) io.stderr.write(`error: ${message}\n`);
  return isUsage(error) ? 2 : 1;
}

function documentOf(error: unknown): { code: string; message: string; field?: string | undefined } {
  if (error instanceof AppError) return { ...error, message: withCommand(error) };
  if (error instanceof CommanderError) {
    const message = error.code === 'commander.help' ? 'Say which command; see --help.' : error.message;
    return { code: 'bad_usage', message: message.replace(/^error: /, '') };
  }
  return { code: 'internal', message: messageOf(error) };
}

function withCommand({ message, command }: AppError): string {
  return command === undefined ? message : `${message} See: ${command}`;
}

/** Whatever can be seen from the command line alone: its syntax, and values that cannot be read. */
function isUsage(error: unknown): boolean {
  if (error instanceof UsageError || error instanceof CommanderError) return true;
  return error instanceof AppError && error.status === 400 && error.field !== undefined;
}
