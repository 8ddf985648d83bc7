import { watchTraffic } from './machine/traffic.js';
import { playMany, type Told } from './runner/play-many.js';

/** A share of `npm run test:convergence`, which plays as many as one likes. */
const HISTORIES = 20;
const LANES = 3;
const SEED = 'share';

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
    seed: SEED,
    uriOf: (lane) => server.replace('/gethomesafe?', `/convergence-${process.pid}-${lane}?`),
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
}, 900_000);
