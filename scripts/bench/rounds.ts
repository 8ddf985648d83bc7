/** Median, least and most of the rounds of one candidate. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const ROUNDS = 5;

/**
 * Measures every candidate once a round, in an order that is mixed anew each round, so that nobody always has the
 * warm or the worn machine.
 */
export async function measureRounds<Name extends string>(
  candidates: Readonly<Record<Name, (round: number) => Promise<number>>>,
  options: { rounds: number; random: () => number; say: (line: string) => void },
): Promise<Record<Name, Spread>> {
  const names = namesOf(candidates);
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of mixed(names, options.random)) {
      const figure = await candidates[name](round);
      figures.get(name)?.push(figure);
      options.say(`  round ${round} ${name}: ${Math.round(figure).toLocaleString('en')}`);
    }
  }
  const spreads: Partial<Record<Name, Spread>> = {};
  for (const [name, values] of figures) spreads[name] = spreadOf(values);
  return spreads as Record<Name, Spread>;
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}

/** The figure below which that share of them lies. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Fisher-Yates. */
export function mixed<T>(items: readonly T[], random: () => number): readonly T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a];
  }
  return order;
}

function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(record) as Name[];
}
