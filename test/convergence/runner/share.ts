import { watchTraffic } from '../machine/traffic.js';
import { playMany, type Told } from './play-many.js';

const HISTORIES = 30;
const LANES = 3;

/**
 * A share of `npm run test:convergence`, which plays as many as one likes. There are several, each in a file of its
 * own, so that they are played beside one another.
 */
export function playShare(seed: string): void {
  let restore: () => void;

  beforeAll(() => {
    restore = watchTraffic();
  });
  afterAll(() => restore());

  test('after any history of edits, faults and crashes everything is as the rules allow', async () => {
    const server = process.env['GHS_TEST_MONGODB_URI'] ?? '';
    const played: Told[] = [];
    let index = 0;
    await playMany({
      lanes: LANES,
      seed,
      uriOf: (lane) => server.replace('/gethomesafe?', `/convergence-${process.pid}-${seed}-${lane}?`),
      next: async () => (index < HISTORIES ? index++ : null),
      told: (history) => void played.push(history),
    });
    const broken = played.flatMap(({ seed, broken }) =>
      broken ? [`seed ${seed}: ${broken.invariant}: ${broken.message}`] : [],
    );
    expect(broken).toEqual([]);
    expect(played).toHaveLength(HISTORIES);
    const faults = new Set(played.flatMap(({ faultsHit }) => faultsHit));
    expect(faults).toContain('crash');
  }, 1_800_000);
}
