import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { AppError } from '../../src/kernel/app-error.js';
import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { SERVICE_FLAGS, SERVICE_PROGRAM } from './program-paths.js';

const READY_WITHIN_MS = 45 * SECOND_MS;
const STOP_WITHIN_MS = 20 * SECOND_MS;
const LOG_LINES_SHOWN = 5;

/** The service as a process of its own. */
export interface ServiceProcess {
  readonly pid: number;
  /** Resolves when it has ended, with words for how. */
  readonly ended: Promise<string>;
  /** Does nothing where it has ended. */
  send(signal: NodeJS.Signals): void;
  /** In the ordinary way, within a bound. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** Starts the service and waits until it says that it is ready; what it logs goes to `logFile`. */
export async function startServiceProcess(options: {
  environment: Readonly<Record<string, string>>;
  logFile: string;
  signal: AbortSignal;
}): Promise<ServiceProcess> {
  const log = openSync(options.logFile, 'a');
  // A process group of its own: Ctrl-C in the terminal is ours, and we stop it in our order.
  const child = spawn(process.execPath, [...SERVICE_FLAGS, SERVICE_PROGRAM], {
    stdio: ['ignore', log, log, 'ipc'],
    env: options.environment,
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`it did not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `it was ended by ${signal}` : `it ended with ${code}`));
  });
  const running: ServiceProcess = { pid: child.pid ?? 0, ended, send: (signal) => void child.kill(signal), stop, kill };
  try {
    await ready(child, ended, options);
    return running;
  } catch (error) {
    await kill();
    throw error;
  }

  async function stop(): Promise<void> {
    if (hasEnded(child)) return;
    child.kill('SIGTERM');
    const enough = new AbortController();
    await Promise.race([ended, systemClock.sleep(STOP_WITHIN_MS, enough.signal).catch(() => undefined)]);
    enough.abort();
    await kill();
  }

  async function kill(): Promise<void> {
    if (!hasEnded(child)) child.kill('SIGKILL');
    await ended;
  }
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}

async function ready(
  child: ChildProcess,
  ended: Promise<string>,
  { logFile, signal }: { logFile: string; signal: AbortSignal },
): Promise<void> {
  const enough = new AbortController();
  const limit = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(READY_WITHIN_MS)]);
  try {
    const end = await Promise.race([once(child, 'message', { signal: limit }).then(() => null), ended]);
    if (end !== null) throw new AppError('service_ended', `The service did not become ready, ${end}. ${tail(logFile)}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw new AppError('service_silent', `The service was not ready in ${READY_WITHIN_MS} ms. ${tail(logFile)}`);
  } finally {
    enough.abort();
  }
}

/** The last lines of a log. */
export function tail(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
  return `It said last:\n${lines.join('\n')}`;
}
