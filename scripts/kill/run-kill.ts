import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/kernel/app-error.js';
import { MINUTE_MS, SECOND_MS } from '../../src/kernel/clock.js';
import { createLog } from '../../src/kernel/log.js';
import { createStopping } from '../../src/kernel/stopping.js';
import { spreadOf } from '../bench/rounds.js';
import { type Failure, type RoundsResult, runRounds } from './rounds.js';
import { type Answers, startSender } from './sender.js';
import { startStage } from './stage.js';
import { startStream } from './stream.js';

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Leaves databases and logs where they are. */
  readonly keep: boolean;
  readonly inherit: Readonly<Record<string, string | undefined>>;
  readonly children: Set<number>;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** The last line of `npm run test:kill`. */
export interface KillAnswer {
  readonly ok: boolean;
  readonly rounds: number;
  readonly seed: number;
  readonly failed: readonly Failure[];
  readonly kills: RoundsResult['kills'];
  /** From the end, or the sleep, of a tenant's owner until a change of after it is in; null without such a round. */
  readonly takeOverMs: Middle | null;
  /** The same for each kind of round. */
  readonly backMs: Readonly<Record<string, Middle>>;
  readonly refused: RoundsResult['refused'];
  readonly inTransaction: number;
  readonly refusedWrites: number;
  readonly edits: number;
  /** How POSTs were answered through all of it. */
  readonly answers: Answers;
  readonly lost: number;
}

interface Middle {
  readonly median: number;
  readonly max: number;
}

/** A start, and then rounds: whatever hangs is ended after this. */
const START_WITHIN_MS = 4 * MINUTE_MS;
const ROUND_WITHIN_MS = 3 * MINUTE_MS;

/** Runs the rounds in a temporary folder; every process is ended and the folder removed, whatever happens. */
export async function runKill(options: KillOptions): Promise<KillAnswer> {
  const { rounds, seed, keep, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'ghs-kill-'));
  const stopping = createStopping(createLog('silent'));
  const removal = () => rm(folder, { recursive: true, force: true });
  if (keep) say(`Databases and logs stay in ${folder}`);
  else stopping.add({ name: 'folder', limitMs: 20 * SECOND_MS, stop: removal });
  const limit = AbortSignal.timeout(START_WITHIN_MS + rounds * ROUND_WITHIN_MS);
  const signal = AbortSignal.any([options.signal, limit]);
  const nobody: Answers = { taken: 0, refused: 0, broken: 0, slowestMs: 0 };
  try {
    const trial = await startStage({ ...options, folder, stopping, signal });
    const sender = startSender(trial, seed);
    const stream = startStream(trial, seed);
    const result = await runRounds(trial, { rounds, stream, sender, say });
    return answerOf(options, result, { edits: stream.edits(), answers: sender.answers() });
  } catch (error) {
    const failed = [{ round: 0, kind: 'end' as const, message: messageOf(error) }];
    return answerOf(
      options,
      { failed, kills: {}, backMs: {}, refused: {}, inTransaction: 0, refusedWrites: 0, lost: 0 },
      { edits: 0, answers: nobody },
    );
  } finally {
    if (!(await stopping.stop())) say('Not everything stopped cleanly.');
  }
}

function answerOf(
  { rounds, seed }: KillOptions,
  { failed, kills, backMs, refused, inTransaction, refusedWrites, lost }: RoundsResult,
  counted: Pick<KillAnswer, 'edits' | 'answers'>,
): KillAnswer {
  const takeOvers = [...(backMs['worker-kill'] ?? []), ...(backMs['worker-sleep'] ?? [])];
  const ok = failed.length === 0 && lost === 0;
  return {
    ...{ ok, rounds, seed, failed, kills },
    takeOverMs: takeOvers.length === 0 ? null : middleOf(takeOvers),
    backMs: Object.fromEntries(Object.entries(backMs).map(([kind, each]) => [kind, middleOf(each)])),
    ...{ refused, inTransaction, refusedWrites },
    ...counted,
    lost,
  };
}

function middleOf(figures: readonly number[]): Middle {
  const { median, max } = spreadOf(figures);
  return { median, max };
}
