import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withBenchDatabase } from '../../../scripts/bench/bench-database.js';
import { openLane } from '../history/stage.js';
import { FAULTS, type Step, stepsOf } from '../history/steps.js';
import { watchTraffic } from '../machine/traffic.js';
import { memoryFolder } from './memory-folder.js';
import type { Told } from './play-many.js';
import { playOne } from './play-many.js';
import { shrink } from './shrink.js';

const USAGE = 'npm run test:convergence -- --histories N --seed S [--from K] [--jobs 2] [--lanes 3] [--shrink N]';
/** In fewer histories than this a kind of fault may be missing by chance. */
const FAULTS_COUNT_FROM = 100;
const LEAST_SHARE = 0.05;

/** MB: histories make much that is soon forgotten, and collecting it often costs a fifth of the time. */
const ROOM_FOR_THE_YOUNG = ['--max-semi-space-size=64'];

interface Wanted {
  readonly histories: number;
  readonly seed: string;
  readonly from: number;
  readonly jobs: number;
  readonly lanes: number;
  /** Failures that are made shorter afterwards. */
  readonly shrink: number;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const wanted = readArguments();
  if (wanted === null) {
    say(USAGE);
    return 2;
  }
  // Told to stop, the players end and what they played is summed up; the database ends after that.
  const deps = { environment: process.env, say, signal: new AbortController().signal };
  const play = async ({ uri }: { uri: string }) => {
    const startedMs = Date.now();
    const all = await playAll(uri, wanted);
    const seconds = (Date.now() - startedMs) / 1_000;
    const failed = all.filter(({ broken }) => broken !== null).sort((a, b) => a.index - b.index);
    for (const each of failed.slice(0, wanted.shrink)) await tellShrunk(uri, each);
    const faultsHit = Object.fromEntries(
      FAULTS.map((fault) => [fault, all.filter((each) => each.faultsHit.includes(fault)).length]),
    );
    const rare = Object.keys(faultsHit).filter((fault) => (faultsHit[fault] ?? 0) < LEAST_SHARE * all.length);
    const tooRare = all.length >= FAULTS_COUNT_FROM && rare.length > 0;
    if (tooRare) say(`hit in less than ${LEAST_SHARE * 100} % of the histories: ${rare.join(', ')}`);
    const ok = failed.length === 0 && !tooRare && all.length === wanted.histories;
    const told = failed.map(({ index, seed, broken }) => ({ index, seed, invariant: broken?.invariant }));
    const perSecond = Math.round((all.length / seconds) * 100) / 100;
    const summary = { ok, histories: all.length, seed: wanted.seed, failed: told, perSecond, faultsHit };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return ok ? 0 : 1;
  };
  return withBenchDatabase(deps, play, await memoryFolder());
}

function readArguments(): Wanted | null {
  const text = { type: 'string' } as const;
  try {
    const options = { histories: text, seed: text, from: text, jobs: text, lanes: text, shrink: text };
    const { values } = parseArgs({ options });
    const number = (given: string | undefined, otherwise: number) => (given === undefined ? otherwise : Number(given));
    const { seed = '1' } = values;
    const wanted = {
      histories: number(values.histories, 100),
      ...{ seed, from: number(values.from, 0), jobs: number(values.jobs, 2) },
      ...{ lanes: number(values.lanes, 3), shrink: number(values.shrink, 1) },
    };
    return Object.values(wanted).every((value) => typeof value === 'string' || Number.isInteger(value)) ? wanted : null;
  } catch {
    return null;
  }
}

/**
 * Several processes, because one uses one core; each asks for the next history when it has played one. Told to stop,
 * they end, and what was played is summed up.
 */
async function playAll(uri: string, { histories, seed, from, jobs, lanes }: Wanted): Promise<Told[]> {
  const all: Told[] = [];
  let next = from;
  const path = fileURLToPath(new URL('./child.ts', import.meta.url));
  const one = () =>
    new Promise<void>((resolve) => {
      const child = fork(path, [uri, seed, String(lanes)], { execArgv: [...process.execArgv, ...ROOM_FOR_THE_YOUNG] });
      child.on('message', (message: { wants?: true; history?: Told }) => {
        if (message.history) {
          all.push(message.history);
          tell(message.history, all.length, histories);
        } else child.send((next < from + histories ? next++ : null) as never);
      });
      child.on('exit', () => resolve());
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill());
    });
  await Promise.all(Array.from({ length: jobs }, one));
  return all;
}

function tell({ index, seed, broken }: Told, played: number, histories: number): void {
  if (broken) say(`history ${index}, seed ${seed}: ${broken.invariant}: ${broken.message}`);
  else if (played % 20 === 0) say(`${played} of ${histories}`);
}

/** Plays a failing history with fewer and fewer steps, and says what is left of it. */
async function tellShrunk(uri: string, { seed, broken }: Told): Promise<void> {
  const restore = watchTraffic();
  const lane = await openLane(uri.replace('/gethomesafe?', `/convergence-shrink-${process.pid}?`));
  const fails = async (steps: readonly Step[]) =>
    (await playOne(lane, seed, steps)).broken?.invariant === broken?.invariant;
  const fewer = await shrink(stepsOf(seed), fails);
  say(`history of seed ${seed} breaks "${broken?.invariant}" with ${fewer.length} steps:`);
  for (const step of fewer) say(`  ${JSON.stringify(step)}`);
  await lane.close();
  restore();
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.stdout.write(`${JSON.stringify({ error: { code: 'failed', message: String(error) } })}\n`);
    process.exit(1);
  },
);
