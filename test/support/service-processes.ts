import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../scripts/stage/free-port.js';

const program = join(__dirname, '..', '..', 'dist', 'src', 'main.js');

/** The built service as a process of its own. */
export interface ServiceProcess {
  /** Resolves when it says that it is ready; rejects with what it said when it ends before. */
  readonly ready: Promise<void>;
  /** Ends it, by SIGTERM unless told, and answers its exit code (null: a signal ended it). */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the built service on a database; it speaks with no Microsoft until a tenant is connected. */
export async function startServiceProcess(mongodbUri: string): Promise<ServiceProcess> {
  if (!existsSync(program)) throw new Error('The service is not built: run "npm run build" first.');
  const [port, opsPort] = [await freePort(), await freePort()];
  const env = {
    ...{ PATH: process.env['PATH'], MONGODB_URI: mongodbUri, PORT: String(port), OPS_PORT: String(opsPort) },
    ...{ AZURE_CLIENT_ID: '12345678-90ab-cdef-1234-567890abcdef', AZURE_CLIENT_SECRET: 'client~secret' },
    ...{ PUBLIC_URL: `http://127.0.0.1:${port}`, APP_SECRET: 'a-secret-for-tests-that-is-long-enough' },
    LOG_LEVEL: 'error',
  };
  const child = fork(program, [], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return { ready: readyOf(child, ended), end };
}

async function readyOf(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const told = new Promise<null>((resolve) => child.once('message', () => resolve(null)));
  const code = await Promise.race([told, ended.then((exit) => ({ exit }))]);
  if (code !== null) throw new Error(`The service ended with ${code.exit}: ${said}`);
}
