import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

export interface Ended {
  readonly code: number | null;
  /** Lines of stdout. */
  readonly lines: readonly string[];
  readonly stderr: string;
  /** What it left in its temporary folder. */
  readonly left: readonly string[];
}

export interface BuiltOptions {
  readonly limitMs: number;
  /** Ends it once it has said this on stderr: by SIGTERM, or by reading it no more. */
  readonly stop?: { readonly when: RegExp; readonly by: 'signal' | 'deafness' };
}

/** Runs a program of `dist` to its end, bounded in time, in a temporary folder of its own. */
export async function runBuilt(
  program: string,
  args: readonly string[],
  { limitMs, stop }: BuiltOptions,
): Promise<Ended> {
  const file = join(root, 'dist', program);
  if (!existsSync(file)) throw new Error(`There is no dist/${program}: run "npm run build" first.`);
  const temporary = await mkdtemp(join(tmpdir(), 'ghs-e2e-'));
  const env = { ...process.env, TMPDIR: temporary };
  const options = { cwd: root, env, timeout: limitMs, maxBuffer: 16 * 1024 * 1024 };
  const { code, stdout, stderr } = await new Promise<{ code: number | null; stdout: string; stderr: string }>(
    (resolve) => {
      const child = execFile(process.execPath, [file, ...args], options, (_error, out, said) =>
        resolve({ code: child.exitCode, stdout: out, stderr: said }),
      );
      child.stderr?.on('data', (text: string) => {
        if (!stop?.when.test(text)) return;
        if (stop.by === 'signal') child.kill('SIGTERM');
        else child.stderr?.destroy();
      });
    },
  );
  const left = await readdir(temporary);
  if (left.length === 0) await rmdir(temporary);
  return { code, lines: stdout.trimEnd().split('\n'), stderr, left };
}
