/** What a service held at one moment. */
export interface Sample {
  readonly heapMb: number;
  readonly sockets: number;
  readonly timers: number;
  /** Connections that the database has, all of them. */
  readonly connections: number;
  /** Accepted items that are open. */
  readonly openChanges: number;
}

/** One thing that should stay as it is. */
export interface Flatness {
  readonly first: number;
  readonly last: number;
}

/** How much more the last third may have than the first one: a share of that, and so many. */
interface Tolerance {
  readonly share: number;
  readonly more: number;
  /** What stands for a third: memory by its least, everything else by its median. */
  readonly by: 'least' | 'median';
}

/**
 * Memory: code that is compiled while it runs and caches that fill make some of the first minutes. Sockets and
 * connections: pools breathe. Open changes: some seconds of the load, for a machine that is busy with other things.
 */
export const TOLERANCES: Readonly<Record<keyof Sample, Tolerance>> = {
  heapMb: { share: 0.1, more: 8, by: 'least' },
  sockets: { share: 0.25, more: 10, by: 'median' },
  timers: { share: 0.25, more: 20, by: 'median' },
  connections: { share: 0.25, more: 10, by: 'median' },
  openChanges: { share: 0.5, more: 200, by: 'median' },
};

/** Compares the first third of the samples with the last one; `grown` names what became more than it may. */
export function compareThirds(samples: readonly Sample[]): {
  readonly figures: Readonly<Record<keyof Sample, Flatness>>;
  readonly grown: readonly string[];
} {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const figure = (name: keyof Sample): Flatness => ({
    first: standFor(samples.slice(0, third), name),
    last: standFor(samples.slice(-third), name),
  });
  const figures = {
    heapMb: figure('heapMb'),
    sockets: figure('sockets'),
    timers: figure('timers'),
    connections: figure('connections'),
    openChanges: figure('openChanges'),
  };
  const grown = Object.entries(figures).flatMap(([name, { first, last }]) => {
    const { share, more } = TOLERANCES[name as keyof Sample];
    const most = first * (1 + share) + more;
    return last <= most ? [] : [`${name} grew from ${first} to ${last}, at most ${Math.round(most)}`];
  });
  return { figures, grown };
}

function standFor(samples: readonly Sample[], name: keyof Sample): number {
  const sorted = samples.map((sample) => sample[name]).sort((a, b) => a - b);
  return sorted[TOLERANCES[name].by === 'least' ? 0 : Math.floor(sorted.length / 2)] ?? Number.NaN;
}
