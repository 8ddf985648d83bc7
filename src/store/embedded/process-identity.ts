import { readFile } from 'node:fs/promises';

/**
 * What tells a process from a later one that got the same pid: on Linux its start in clock ticks and the boot it
 * belongs to (proc(5)); elsewhere an empty text, and the pid alone has to do.
 */
export async function birthOf(pid: number): Promise<string> {
  const stat = await statOf(pid);
  if (stat === null) return '';
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${stat.startTicks}@${boot.trim().slice(0, 8)}`;
}

/** Whether the process runs; one that has ended and was never collected by its parent does not. */
export async function isRunning(pid: number, birth = ''): Promise<boolean> {
  if (!signalReaches(pid)) return false;
  const stat = await statOf(pid);
  if (stat === null) return process.platform !== 'linux';
  // A zombie whose other threads are still ending keeps its ports and file locks until the last of them has gone.
  if (stat.state === 'X' || (stat.state === 'Z' && stat.threads <= 1)) return false;
  return birth === '' || birth === (await birthOf(pid));
}

/** The arguments a process was started with, or null where the system does not say. */
export async function argumentsOf(pid: number): Promise<readonly string[] | null> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return text === null ? null : text.split('\0').slice(0, -1);
}

/** Sends a signal; nothing happens to a process that has ended since somebody looked. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

function signalReaches(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but as somebody else.
    return codeOf(error) === 'EPERM';
  }
}

/** The code of a system error; errors of Node's own modules are no instance of our `Error` inside Jest. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

async function statOf(pid: number): Promise<{ state: string; threads: number; startTicks: string } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The second field is the program's name in parentheses and may hold spaces; state is field 3, num_threads 20, starttime 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', threads: Number(fields[17]), startTicks: fields[19] ?? '' };
}
