import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/kernel/app-error.js';
import { MINUTE_MS, SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { createLog } from '../../src/kernel/log.js';
import { createStopping } from '../../src/kernel/stopping.js';
import type { KillOptions } from '../kill/run-kill.js';
import { FLEET, startStage } from '../kill/stage.js';
import type { Trial } from '../kill/trial.js';
import { prometheusScrapes } from './prometheus.js';
import { SMOKE_STEPS } from './steps.js';

export type SmokeOptions = Omit<KillOptions, 'rounds' | 'seed'>;

/** `skipped` says why a step was not taken; that is no failure. */
export interface StepTold {
  readonly id: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail?: string;
  readonly skipped?: string;
}

/** The last line of `npm run smoke`. */
export interface SmokeAnswer {
  readonly ok: boolean;
  readonly steps: readonly StepTold[];
  readonly totalMs: number;
}

const LIMIT_MS = 15 * MINUTE_MS;
const SEED = 1;

/** One step after the other in a temporary folder; every process is ended and the folder removed, whatever happens. */
export async function runSmoke(options: SmokeOptions): Promise<SmokeAnswer> {
  const startedMs = systemClock.nowMs();
  const folder = await mkdtemp(join(tmpdir(), 'ghs-smoke-'));
  const stopping = createStopping(createLog('silent'));
  if (!options.keep)
    stopping.add({ name: 'folder', limitMs: 20 * SECOND_MS, stop: () => rm(folder, { recursive: true, force: true }) });
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(LIMIT_MS)]);
  const steps: StepTold[] = [];
  const step = async <T>(
    id: string,
    act: () => Promise<T>,
    words: (made: T) => Partial<StepTold>,
  ): Promise<T | null> => {
    const sinceMs = systemClock.nowMs();
    const told = await act().then(
      (made) => ({ made, ...words(made), ok: true }),
      (error: unknown) => ({ made: null, detail: messageOf(error), ok: false }),
    );
    const { made, ...rest } = told;
    steps.push({ id, ...rest, ms: systemClock.nowMs() - sinceMs });
    options.say(wordsOf(steps.at(-1)));
    return made;
  };
  const fleet = [...FLEET, { name: 'portal', role: 'portal' } as const];
  const stage = { ...options, seed: SEED, folder, stopping, signal, fleet };
  const trial = await step(
    'start',
    () => startStage(stage),
    ({ ships }) => ({ detail: `${ships.length} processes` }),
  );
  if (trial) await walk(trial, { step, folder, options });
  await step(
    'end',
    () => endAll(stopping),
    () => ({}),
  );
  const ok = steps.every((each) => each.ok);
  return { ok, steps, totalMs: systemClock.nowMs() - startedMs };
}

type Step = <T>(id: string, act: () => Promise<T>, words: (made: T) => Partial<StepTold>) => Promise<T | null>;

/** What fails ends the walk: the steps after it would fail of the same. */
async function walk(
  trial: Trial,
  { step, folder, options }: { step: Step; folder: string; options: SmokeOptions },
): Promise<void> {
  for (const { id, run } of SMOKE_STEPS) {
    if (
      (await step(
        id,
        () => run(trial),
        (detail) => ({ detail }),
      )) === null
    )
      return;
  }
  const scraping = { folder, path: options.inherit['PATH'] ?? '', children: options.children };
  await step(
    'prometheus',
    () => prometheusScrapes(trial, scraping),
    (said) => said,
  );
}

async function endAll(stopping: ReturnType<typeof createStopping>): Promise<void> {
  if (!(await stopping.stop())) throw new Error('Not everything stopped in order.');
}

function wordsOf(step: StepTold | undefined): string {
  if (step === undefined) return '';
  const { id, ok, ms, detail, skipped } = step;
  return [ok ? (skipped ? 'skipped' : 'ok') : 'FAILED', id, `${ms} ms`, detail ?? skipped ?? ''].join('  ').trim();
}
