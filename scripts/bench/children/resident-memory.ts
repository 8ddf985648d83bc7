import { readFileSync, writeFileSync } from 'node:fs';

/** Most memory a process held since `forgetPeak`, in MB; NaN where the system does not tell (Linux only). */
export function peakMemoryMb(pid: number): number {
  return statusMb(pid, /^VmHWM:\s+(\d+) kB$/m);
}

/** Memory that a process holds at this moment, in MB. */
export function memoryMb(pid: number): number {
  return statusMb(pid, /^VmRSS:\s+(\d+) kB$/m);
}

function statusMb(pid: number, line: RegExp): number {
  try {
    return Math.round(Number(line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
  } catch {
    return Number.NaN;
  }
}

/** Begins the peak anew. Source: Linux manual, proc_pid_clear_refs(5), value 5. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Then the peak is that of the process's whole life, which is never too small.
  }
}
