import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { argumentsOf, birthOf, isRunning, signalIfThere } from '../../../../src/store/embedded/process-identity.js';
import { waitFor } from '../../../support/wait-for.js';

describe('a process', () => {
  it('runs while it is the one that was born then', async () => {
    expect(await isRunning(process.pid)).toBe(true);
    expect(await isRunning(process.pid, await birthOf(process.pid))).toBe(true);
  });

  it('does not run when its pid belongs to a later one or to none', async () => {
    expect(await isRunning(process.pid, '1@earlier')).toBe(false);
    expect(await isRunning(999_999_999)).toBe(false);
  });

  it('does not run once it has ended, though its parent never collected it', async () => {
    // The shell becomes a program that collects no children.
    const script = '(read _ <&3) & echo $!; exec sleep 60';
    const parent = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
    try {
      const [line] = await once(createInterface(parent.stdout as Readable), 'line');
      // Only then does the child end: the shell itself would collect it.
      const becomes = async () => (await argumentsOf(parent.pid ?? 0))?.[0] === 'sleep';
      await waitFor(becomes, { message: 'the shell stays a shell' });
      (parent.stdio[3] as Writable).end('\n');
      await waitFor(async () => !(await isRunning(Number(line))), { message: 'the zombie still counts as running' });
      expect(process.kill(Number(line), 0)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('that has ended since somebody looked takes no signal and is no fault', async () => {
    const child = spawn('/bin/true', { stdio: 'ignore' });
    await once(child, 'exit');
    expect(() => process.kill(child.pid ?? 0, 'SIGTERM')).toThrow('ESRCH');
    signalIfThere(child.pid ?? 0, 'SIGTERM');
    expect(() => signalIfThere(1.5, 'SIGTERM')).toThrow();
  });

  it('is known by its arguments', async () => {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      expect(await argumentsOf(child.pid ?? 0)).toEqual(['/bin/sleep', '60']);
      expect(await argumentsOf(999_999_999)).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });
});
