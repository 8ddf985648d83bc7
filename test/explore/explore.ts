/** A property that does not hold, and the seed that shows it. */
export interface Broken {
  readonly seed: number;
  readonly tests: readonly string[];
}

export interface ExploreAnswer {
  readonly ok: boolean;
  /** Those played, the failing one among them. */
  readonly rounds: number;
  readonly seeds: readonly number[];
  readonly failed: Broken | null;
}

export interface ExploreDeps {
  /** A seed nobody has tried. */
  newSeed(): number;
  /** Tries every property with a seed; @returns those that fail */
  play(seed: number): Promise<readonly string[]>;
  say(line: string): void;
}

/** Tries properties with one seed after the other, until one fails or the rounds are over. */
export async function explore(rounds: number, { newSeed, play, say }: ExploreDeps): Promise<ExploreAnswer> {
  const seeds: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const seed = newSeed();
    seeds.push(seed);
    say(`round ${round} of ${rounds}: seed ${seed}`);
    const tests = await play(seed);
    if (tests.length === 0) continue;
    say(`To see it again: PROPERTY_SEED=${seed} npx jest test/property`);
    return { ok: false, rounds: round, seeds, failed: { seed, tests } };
  }
  return { ok: true, rounds, seeds, failed: null };
}
