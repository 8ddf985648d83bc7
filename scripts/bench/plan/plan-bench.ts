import { systemChance } from '../../../src/kernel/chance.js';
import { wholeOption } from '../../stage/options.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { measureRounds, ROUNDS } from '../rounds.js';
import { planEverybody } from './plan-everybody.js';
import { type PlannedPeople, plannedPeople } from './planned-people.js';

const PEOPLE = 20_000;
/** DESIGN section 7: planning 20,000 people without I/O, in ms of one core. */
const MOST_MS = 1_000;

/**
 * The rules alone, on what was read beforehand. The floor copies the same input once. There is no peer: the
 * provisioning services that one could run here plan and write person by person and cannot be measured apart.
 */
export const planBench: Bench = {
  name: 'plan',
  about: 'planning 20,000 people without I/O: CPU time of copying the input, and ours [--people N]',
  run,
};

async function run({ say, args }: BenchDeps): Promise<BenchReport> {
  const people = wholeOption(args, 'people', PEOPLE);
  let wrong = 0;
  let held = 0;
  // Another tenant each round, because what was parsed once is remembered; the first one warms the compiler up.
  const tenants = Array.from({ length: ROUNDS + 1 }, (_, seed) => plannedPeople(people, seed + 1));
  const [warmUp, ...ofRound] = tenants;
  if (warmUp) planEverybody(warmUp);
  const tenantOf = (round: number): PlannedPeople => {
    const tenant = ofRound[round - 1];
    if (!tenant) throw new Error(`there is no tenant for round ${round}`);
    return tenant;
  };
  const candidates = await measureRounds(
    {
      floor: async (round) =>
        cpuMs(() => tenantOf(round).inputs.map(({ reading, record }) => structuredClone({ reading, record }))).ms,
      ours: async (round) => {
        const tenant = tenantOf(round);
        const { ms, result } = cpuMs(() => planEverybody(tenant));
        held += result.held;
        wrong += difference(tenant.changed, result.changed);
        return ms;
      },
    },
    { rounds: ROUNDS, random: systemChance.random, say },
  );
  const perRound = MOST_MS * (people / PEOPLE);
  return {
    ...{ name: 'plan', unit: 'ms CPU', rounds: ROUNDS, candidates },
    ratios: { oursToFloor: ratioOf(candidates.ours, candidates.floor), oursToPeer: null },
    checks: { people, changed: warmUp?.changed.size ?? 0, wrong, held },
    goal: `${people} people with six fields in several groups planned in less than ${perRound} ms of one core`,
    ok: candidates.ours.median < perRound && wrong === 0 && held === 0,
    machine: machineWith(null),
  };
}

/** Milliseconds that the processor worked, garbage collection on other threads included. */
function cpuMs<T>(work: () => T): { ms: number; result: T } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1_000, result };
}

/** How many are in one set only: a plan must find exactly those of whom something differs. */
function difference(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return [...a].filter((one) => !b.has(one)).length + [...b].filter((one) => !a.has(one)).length;
}
