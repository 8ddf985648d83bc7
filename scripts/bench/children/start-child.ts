import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A process of the benchmark's own: with its own heap, compiler and event loop, so that its memory can be measured. */
export interface Child {
  readonly pid: number;
  /** What it told when it was ready. */
  readonly told: unknown;
  /** Sends it a message and waits for its next word, for that long at the most. */
  ask(message: object, withinMs: number): Promise<unknown>;
  /** Ends it and waits for that. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  /** The whole environment of the child beside PATH and NODE_OPTIONS. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly inherit: Readonly<Record<string, string | undefined>>;
  /** For Node, beside those of the parent. */
  readonly flags?: readonly string[];
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
  const { args = [], environment = {}, inherit, flags = [] } = options;
  const env: Record<string, string> = { ...environment };
  for (const key of ['PATH', 'NODE_OPTIONS', 'HOME']) if (inherit[key] !== undefined) env[key] = inherit[key];
  const execArgv = [...process.execArgv, ...flags];
  const child = fork(file, [...args], { env, execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_CHARACTERS);
  });
  const about = { file, said: () => said };
  const told = await nextWord(child, READY_WITHIN_MS, about);
  const ask = (message: object, withinMs: number) => {
    const answer = nextWord(child, withinMs, about);
    child.send(message);
    return answer;
  };
  return { pid: child.pid ?? 0, told, ask, stop: () => stopped(child) };
}

function nextWord(
  child: ChildProcess,
  withinMs: number,
  { file, said }: { file: string; said: () => string },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      clearTimeout(timer);
      reject(new Error(`${file} ended with ${code}. ${said()}`));
    };
    const timer = setTimeout(() => {
      child.off('exit', onExit).kill();
      reject(new Error(`${file} said nothing within ${withinMs} ms. ${said()}`));
    }, withinMs);
    child.once('exit', onExit);
    child.once('message', (message) => {
      clearTimeout(timer);
      child.off('exit', onExit);
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
