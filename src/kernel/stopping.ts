import { messageOf } from './app-error.js';
import type { Log } from './log.js';

export interface StopPhase {
  /** What this phase ends, for the log: "http", "workers", "database". */
  readonly name: string;
  readonly limitMs: number;
  stop(): Promise<void> | void;
}

export interface Stopping {
  /** Phases run in the reverse order of their registration. */
  add(phase: StopPhase): void;
  /** Runs every phase once; a failing or late phase is logged and does not keep the next from running. */
  stop(): Promise<boolean>;
}

export function createStopping(log: Log): Stopping {
  const phases: StopPhase[] = [];
  let stopped: Promise<boolean> | null = null;

  return { add: (phase) => phases.push(phase), stop: () => (stopped ??= run()) };

  async function run(): Promise<boolean> {
    let clean = true;
    for (const phase of phases.toReversed()) {
      const error = await bounded(phase);
      if (error !== null) clean = false;
      if (error === null) log.info({ event: 'stop.phase', phase: phase.name }, 'stopped');
      else log.error({ event: 'stop.phase', phase: phase.name, error }, 'did not stop cleanly');
    }
    return clean;
  }
}

async function bounded(phase: StopPhase): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`took longer than ${phase.limitMs} ms`), phase.limitMs);
  });
  const done = (async () => phase.stop())().then(() => null, messageOf);
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
