import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A process of the benchmark's own: with its own heap, compiler and event loop, so that its memory can be measured. */
export interface Child {
  readonly pid: number;
  /** What it told when it was ready. */
  readonly told: unknown;
  /** Ends it and waits for that. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  /** The whole environment of the child beside PATH and NODE_OPTIONS. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly inherit: Readonly<Record<string, string | undefined>>;
}

const errorSchema = z.object({ error: z.string() });
/** Longest wait for the first word of a child. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;
/** What is kept of what a child says on stderr, to tell why it ended. */
const KEPT_CHARACTERS = 4_000;

/** Starts a module beside this one by its name; it tells its parent once when it is ready, and ends with its parent. */
export async function startChild(name: string, options: ChildOptions): Promise<Child> {
  const here = fileURLToPath(import.meta.url);
  return forkAndWait(fileURLToPath(new URL(`./${name}${extname(here)}`, import.meta.url)), options);
}

/** The same for a plain JavaScript file. */
export async function forkAndWait(file: string, options: ChildOptions): Promise<Child> {
  const { args = [], environment = {}, inherit } = options;
  const env: Record<string, string> = { ...environment };
  for (const key of ['PATH', 'NODE_OPTIONS', 'HOME']) if (inherit[key] !== undefined) env[key] = inherit[key];
  const child = fork(file, [...args], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_CHARACTERS);
  });
  const told = await firstWord(child, file, () => said);
  return { pid: child.pid ?? 0, told, stop: () => stopped(child) };
}

function firstWord(child: ChildProcess, file: string, said: () => string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error(`${file} was not ready within ${READY_WITHIN_MS} ms. ${said()}`));
    }, READY_WITHIN_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${file} ended with ${code}. ${said()}`));
    });
    child.once('message', (message) => {
      clearTimeout(timer);
      const failed = errorSchema.safeParse(message);
      if (failed.success) reject(new Error(failed.data.error));
      else resolve(message);
    });
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
