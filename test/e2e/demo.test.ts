import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const program = join(root, 'dist/scripts/demo/main.js');
const LIMIT_MS = 240_000;

/** CONTRACT section 4, `demo --check`. */
const STEPS = [
  ...['mongodb', 'simulator', 'service', 'connect', 'setup', 'first-run', 'field', 'join', 'join-nested', 'leave'],
  ...['duplicate', 'archive', 'restore', 'event-created', 'event-moved', 'event-private', 'event-cancelled'],
  ...['series', 'started-kept', 'forged', 'foreign-tenant', 'renew', 'recreate', 'crash', 'second-run'],
];

interface Step {
  readonly id: string;
  readonly ok: boolean;
  readonly detail?: string;
}

function runCheck(temporary: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: temporary };
    const options = { cwd: root, env, timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(process.execPath, [program, '--check'], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test(
  'the demo runs its whole story unattended, and leaves nothing behind',
  async () => {
    if (!existsSync(program)) throw new Error('The demo is not built: run "npm run build" first.');
    const temporary = await mkdtemp(join(tmpdir(), 'ghs-e2e-'));
    const { code, stdout, stderr } = await runCheck(temporary);
    const lines = stdout.trimEnd().split('\n');
    const answer = JSON.parse(lines.at(-1) ?? '');
    const failed = answer.steps.filter(({ ok }: Step) => !ok).map(({ id, detail }: Step) => `${id}: ${detail}`);
    expect({ failed, stderr }).toEqual({ failed: [], stderr: '' });
    expect(answer.steps.map(({ id }: Step) => id)).toEqual(STEPS);
    expect(answer).toMatchObject({ ok: true, versions: { node: process.versions.node } });
    expect(answer.versions.mongod).toMatch(/^\d+\.\d+\.\d+/);
    expect(answer.totalMs).toBeLessThan(LIMIT_MS);
    expect(lines).toHaveLength(STEPS.length + 1);
    expect(code).toBe(0);
    expect(await readdir(temporary)).toEqual([]);
    await rmdir(temporary);
  },
  LIMIT_MS + 10_000,
);
