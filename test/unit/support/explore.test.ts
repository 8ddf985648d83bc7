import { type ExploreDeps, explore } from '../../explore/explore.js';

const said: string[] = [];

function playing(failsWith: number): ExploreDeps {
  let seed = 40;
  return {
    newSeed: () => ++seed,
    play: async (played) => (played === failsWith ? ['two wishes end in one address'] : []),
    say: (line) => said.push(line),
  };
}

beforeEach(() => {
  said.length = 0;
});

test('each round has a seed of its own, which is told before it is played', async () => {
  expect(await explore(3, playing(0))).toEqual({ ok: true, rounds: 3, seeds: [41, 42, 43], failed: null });
  expect(said).toEqual(['round 1 of 3: seed 41', 'round 2 of 3: seed 42', 'round 3 of 3: seed 43']);
});

test('it stops at the first failure and says how to see it again', async () => {
  const failed = { seed: 42, tests: ['two wishes end in one address'] };
  expect(await explore(3, playing(42))).toEqual({ ok: false, rounds: 2, seeds: [41, 42], failed });
  expect(said.at(-1)).toBe('To see it again: PROPERTY_SEED=42 npx jest test/property');
});
