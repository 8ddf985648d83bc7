import { readFileSync, writeFileSync } from 'node:fs';

/** Most memory a process held since `forgetPeak`, in MB; NaN where the system does not tell (Linux only). */
export function peakMemoryMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024);
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
