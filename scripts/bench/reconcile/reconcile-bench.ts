import { loadavg } from 'node:os';
import { systemChance } from '../../../src/kernel/chance.js';
import { wholeOption } from '../../stage/options.js';
import { withBenchDatabase } from '../bench-database.js';
import { type SimulatedTenant, startTenant } from '../children/simulated-tenant.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { mixed, type Spread, spreadOf } from '../rounds.js';
import { installBackstage, readAsBackstage } from './backstage.js';
import { readAndDrop } from './read-and-drop.js';
import { type ReconcileFigures, reconcileThrice } from './reconcile-thrice.js';

/** DESIGN section 7. */
const GOALS = { firstToFloor: 1.5, secondToFloor: 1.15, memoryMb: 300 };
const DEFAULTS = { people: 20_000, groups: 100, pageMs: 200 };
/** Above this many people one round has to do. */
const LARGE = 20_000;
const ROUNDS = { small: 3, large: 1 };

/** Pages of lists, whoever asks for them and by whichever road; nothing else is slowed down. */
const LIST_PAGES = String.raw`^/(?:users|groups)(?:/delta)?\?|/(?:transitiveMembers|members)\b`;

/** Reads everything and writes what differs: beside reading and dropping the same, and beside only reading it. */
export const reconcileBench: Bench = {
  name: 'reconcile',
  about: 'a full reconciliation [--people 20000] [--groups 100] [--page-ms 200] [--rounds N]',
  run: async (deps) => {
    const { args } = deps;
    const people = wholeOption(args, 'people', DEFAULTS.people);
    const size = { people, groups: wholeOption(args, 'groups', DEFAULTS.groups) };
    const hasPeer = await installBackstage(deps);
    return withBenchDatabase(deps, async (database) => {
      deps.say(`a tenant of ${size.people} people in ${size.groups} groups`);
      const tenant = await startTenant(size, deps.environment);
      try {
        return await run(deps, { tenant, database, hasPeer, people });
      } finally {
        await tenant.stop();
      }
    });
  },
};

interface Given {
  readonly tenant: SimulatedTenant;
  readonly database: { uri: string; version: string };
  readonly hasPeer: boolean;
  readonly people: number;
}

/** What one round gave, in ms; `peer` is NaN where there is none. */
type Round = ReconcileFigures & { readonly floor: number; readonly peer: number };
type Figure = Exclude<keyof Round, 'cpu'>;

async function run(deps: BenchDeps, given: Given): Promise<BenchReport> {
  const { people, tenant, hasPeer } = given;
  const pageMs = wholeOption(deps.args, 'page-ms', DEFAULTS.pageMs);
  const rounds = wholeOption(deps.args, 'rounds', people > LARGE ? ROUNDS.large : ROUNDS.small);
  await answerForBackstage(tenant);
  // In a large tenant the rounds with the delay take long enough.
  const undelayed = people > LARGE ? null : await withoutDelay(deps, given);
  if (pageMs > 0) await slowPages(tenant, pageMs);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    deps.say(`round ${round} of ${rounds}, ${pageMs} ms a page`);
    measured.push(await measureRound(deps, given));
  }
  const spread = (name: Figure) => spreadOf(measured.map((each) => each[name]));
  const floor = spread('floor');
  const ours = spread('first');
  const peer = hasPeer ? spread('peer') : undefined;
  const ofFloor = (name: 'second' | 'changed') => ratioOf(spread(name), floor) ?? Number.NaN;
  const memoryMb = spread('memoryMb').max;
  const writesOfSecond = spread('writesOfSecond').max;
  const ratios = { oursToFloor: ratioOf(ours, floor), oursToPeer: ratioOf(ours, peer) };
  const isFast = (ratios.oursToFloor ?? 0) <= GOALS.firstToFloor && ofFloor('second') <= GOALS.secondToFloor;
  const isSmall = !(memoryMb >= GOALS.memoryMb) && writesOfSecond === 0;
  const written = spreadOf(measured.map(({ floor: reading, inserting }) => reading + inserting));
  const all = { floor, ...(peer ? { peer } : {}), readAndInsert: written, ours };
  const candidates = { ...all, second: spread('second'), changed: spread('changed') };
  return {
    name: 'reconcile',
    unit: 'ms',
    rounds,
    candidates: { ...candidates, ...(undelayed ? undelayedSpreads(undelayed, hasPeer) : {}) },
    ratios,
    checks: {
      oursToReadAndInsert: ratioOf(ours, written) ?? Number.NaN,
      secondToFloor: ofFloor('second'),
      changedToFloor: ofFloor('changed'),
      writesOfSecond,
      memoryMb,
      people,
      groups: tenant.groupIds.length,
      pageMs,
      ...cpuChecks(measured.map(({ cpu }) => cpu)),
      load1m: Number(loadavg()[0]?.toFixed(1)),
    },
    goal: goalText(),
    ok: isFast && isSmall && (ratios.oursToPeer ?? 0) < 1,
    machine: machineWith(given.database.version),
  };
}

async function withoutDelay(deps: BenchDeps, given: Given): Promise<Round> {
  deps.say('without delay');
  return measureRound(deps, given);
}

/** Medians in ms. */
function cpuChecks(rounds: readonly Round['cpu'][]): Record<string, number> {
  const median = (run: keyof Round['cpu'], who: 'service' | 'mongod') =>
    spreadOf(rounds.map((each) => each[run][who])).median;
  return {
    cpuOfFirst: median('first', 'service'),
    mongodOfFirst: median('first', 'mongod'),
    cpuOfSecond: median('second', 'service'),
    mongodOfSecond: median('second', 'mongod'),
    cpuOfChanged: median('changed', 'service'),
    mongodOfChanged: median('changed', 'mongod'),
  };
}

function goalText(): string {
  const { firstToFloor, secondToFloor, memoryMb } = GOALS;
  const times = `first run at most ${firstToFloor} of reading and dropping the same pages, second ${secondToFloor}`;
  return `${times}; faster than Backstage only reads; below ${memoryMb} MB; second run writes nothing (time zones not mapped)`;
}

/** Each candidate once, in mixed order. */
async function measureRound(deps: BenchDeps, { tenant, database, hasPeer }: Given): Promise<Round> {
  let floor = Number.NaN;
  let peer = Number.NaN;
  let ours: ReconcileFigures | null = null;
  const measures = {
    floor: async () => {
      const { tookMs, pages, entries } = await readAndDrop(tenant);
      floor = tookMs;
      return `${pages} pages, ${entries} entries`;
    },
    peer: async () => {
      if (!hasPeer) return 'not installed';
      const read = await readAsBackstage(tenant, deps);
      peer = read.tookMs;
      return `${Math.round(peer)} ms, ${read.users} users, ${read.groups} groups`;
    },
    ours: async () => {
      ours = await reconcileThrice(deps, { tenant, uri: database.uri });
      return `${ours.first}, ${ours.second}, ${ours.changed} ms, ${ours.memoryMb} MB, ${ours.writesOfSecond} writes`;
    },
  };
  for (const name of mixed(['floor', 'peer', 'ours'] as const, systemChance.random)) {
    const words = await measures[name]();
    deps.say(`  ${name}: ${name === 'floor' ? `${Math.round(floor)} ms, ` : ''}${words}`);
    await refillBudget(tenant);
  }
  if (ours === null) throw new Error('Nothing was reconciled.');
  return { ...(ours as ReconcileFigures), floor, peer };
}

/** Graph's budget is full again, so that nobody pays for who was measured before. */
async function refillBudget(tenant: SimulatedTenant): Promise<void> {
  await tenant.change({ method: 'POST', path: '/clock', body: { advanceMs: 20_000 } });
}

async function slowPages(tenant: SimulatedTenant, delayMs: number): Promise<void> {
  const rule = { match: { method: 'GET', path: LIST_PAGES }, times: 1_000_000_000, action: { delayMs } };
  await tenant.change({ method: 'POST', path: '/faults', body: rule });
}

/** Backstage asks for the organisation by its id, which the simulator does not know; without an answer it gives up. */
async function answerForBackstage({ change, tenantId }: SimulatedTenant): Promise<void> {
  const body = { id: tenantId, displayName: 'Contoso' };
  const rule = { match: { path: '^/organization/' }, times: 1_000_000_000, action: { status: 200, body } };
  await change({ method: 'POST', path: '/faults', body: rule });
}

function undelayedSpreads({ floor, peer, first, second, changed }: Round, hasPeer: boolean): Record<string, Spread> {
  return {
    floorUndelayed: spreadOf([floor]),
    ...(hasPeer ? { peerUndelayed: spreadOf([peer]) } : {}),
    oursUndelayed: spreadOf([first]),
    secondUndelayed: spreadOf([second]),
    changedUndelayed: spreadOf([changed]),
  };
}
