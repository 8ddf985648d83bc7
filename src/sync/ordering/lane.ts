/** One thing at a time for a tenant: everything that writes for it passes here in turn (law L4). */
export interface Lane {
  /** Runs `work` after everything that was asked for before it; `urgent` goes ahead of what waits. */
  run<T>(work: () => Promise<T>, options?: { urgent?: boolean }): Promise<T>;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
}

export function createLane(): Lane {
  const waiting: (() => Promise<void>)[] = [];
  let working: Promise<void> | null = null;

  return {
    run: (work, options) =>
      new Promise((resolve, reject) => {
        const job = () => work().then(resolve, reject);
        if (options?.urgent) waiting.unshift(job);
        else waiting.push(job);
        working ??= drain();
      }),
    idle: async () => {
      while (working) await working;
    },
  };

  async function drain(): Promise<void> {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
    working = null;
  }
}
