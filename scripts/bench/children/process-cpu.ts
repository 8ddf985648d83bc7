import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second whatever the processor (manual, proc_pid_stat(5): utime and stime). */
const TICK_MS = 10;

/** CPU time that a process has had of all cores, in ms; NaN where the system does not tell (Linux only). */
export function cpuMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; utime and stime are the 14th and 15th, counted from 1.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}
