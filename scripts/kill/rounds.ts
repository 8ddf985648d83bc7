import { messageOf } from '../../src/kernel/app-error.js';
import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { waitUntil } from '../stage/wait-until.js';
import { type Audit, createAudit } from './audit.js';
import { BLOWS, chooseVictim, KINDS, type Kind } from './kinds.js';
import type { Sender } from './sender.js';
import type { Stream } from './stream.js';
import type { Trial } from './trial.js';

/** What a round showed that must not be. */
export interface Failure {
  readonly round: number;
  readonly kind: Kind | 'end';
  readonly message: string;
}

export interface RoundsResult {
  readonly failed: readonly Failure[];
  readonly kills: Readonly<Partial<Record<Kind, number>>>;
  /** From the blow until the first change of after it was in the record, by kind, in ms. */
  readonly backMs: Readonly<Partial<Record<Kind, readonly number[]>>>;
  /** How many of our own POSTs were answered 503 meanwhile, by kind. */
  readonly refused: Readonly<Partial<Record<Kind, number>>>;
  /** Owners that were ended or put to sleep in the middle of a transaction. */
  readonly inTransaction: number;
  /** Writes of owners that had slept past their lease: each was refused. */
  readonly refusedWrites: number;
  readonly lost: number;
}

export interface RoundsOptions {
  readonly rounds: number;
  readonly stream: Stream;
  readonly sender: Sender;
  say(line: string): void;
}

/** A blow comes at any moment of this time. */
const MOMENT_MS = 2 * SECOND_MS;
/** About as long as the owner is busy with everybody of a tenant edited at once. */
const BUSY_MS = 250;
const BACK_WITHIN_MS = 120 * SECOND_MS;
const REST_WITHIN_MS = 120 * SECOND_MS;

/** Blow after blow, each mended before the next; at the end nothing may be missing. */
export async function runRounds(trial: Trial, options: RoundsOptions): Promise<RoundsResult> {
  const { rounds, stream, sender, say } = options;
  const { random, signal } = trial;
  const audit = createAudit(trial, sender);
  const failed: Failure[] = [];
  const kills: Partial<Record<Kind, number>> = {};
  const backMs: Partial<Record<Kind, number[]>> = {};
  const refused: Partial<Record<Kind, number>> = {};
  let inTransaction = 0;
  let refusedWrites = 0;
  let order: Kind[] = [];
  for (let round = 1; round <= rounds && !signal.aborted; round += 1) {
    if (order.length === 0) order = mixedKinds();
    const kind = order.pop() ?? 'worker-kill';
    kills[kind] = (kills[kind] ?? 0) + 1;
    const refusedBefore = sender.answers().refused;
    try {
      const tookMs = await blow(kind);
      backMs[kind] = [...(backMs[kind] ?? []), tookMs];
      say(`round ${round} ${kind}: changes arrive again after ${tookMs} ms; ${wordsOf(sender)}`);
    } catch (error) {
      failed.push({ round, kind, message: messageOf(error) });
      say(`round ${round} ${kind} FAILED: ${messageOf(error)}`);
    }
    refused[kind] = (refused[kind] ?? 0) + sender.answers().refused - refusedBefore;
  }
  if (signal.aborted) {
    const stopped = { round: rounds, kind: 'end', message: messageOf(signal.reason) } as const;
    return { failed: [...failed, stopped], kills, backMs, refused, inTransaction, refusedWrites, lost: 0 };
  }
  const lost = await atRest(audit, { stream, sender, failed, rounds });
  return { failed, kills, backMs, refused, inTransaction, refusedWrites, lost };

  function mixedKinds(): Kind[] {
    const keys = new Map(KINDS.map((kind) => [kind, random.next()]));
    return [...KINDS].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
  }

  async function blow(kind: Kind): Promise<number> {
    await everythingRuns();
    const chosen = await chooseVictim(trial);
    const { people } = chosen.of;
    const edit = (objectId = people[random.below(people.length)] ?? '') => stream.edit(chosen.of, objectId);
    const victim = { ...chosen, edit };
    await systemClock.sleep(random.below(MOMENT_MS), signal);
    // So that the blow meets reads and transactions under way.
    for (const objectId of people) stream.edit(victim.of, objectId);
    await systemClock.sleep(random.below(BUSY_MS), signal);
    const met = {
      inTransaction: () => {
        inTransaction += 1;
      },
      refusedWrites: (count: number) => {
        refusedWrites += count;
      },
    };
    const mend = await BLOWS[kind](trial, victim, met);
    const startedMs = systemClock.nowMs();
    const surname = stream.edit(victim.of, victim.of.probe);
    const isIn = async () =>
      (await trial.services.people.findOrNull(victim.of.enterpriseId, victim.of.probe))?.lastName === surname;
    await waitUntil(isIn, { for: 'a change of after the blow', limitMs: BACK_WITHIN_MS, everyMs: 50, signal });
    const tookMs = systemClock.nowMs() - startedMs;
    await mend();
    await audit.look();
    return tookMs;
  }

  /** What a failed round left lying. */
  async function everythingRuns(): Promise<void> {
    await Promise.all(trial.set.members.map((member) => member.start()));
    await trial.set.healthy();
    trial.simulator.faults.clear();
    for (const ship of trial.ships) ship.wake();
    await Promise.all(trial.ships.map((ship) => ship.start()));
  }
}

/** The stream ends, everything comes to rest, and then everything must be there. */
async function atRest(
  audit: Audit,
  { stream, sender, failed, rounds }: Pick<RoundsOptions, 'stream' | 'sender' | 'rounds'> & { failed: Failure[] },
): Promise<number> {
  await Promise.all([stream.stop(), sender.stop()]);
  let lost = 0;
  try {
    await audit.untilQuiet(REST_WITHIN_MS).catch((error: unknown) => note(messageOf(error)));
    const missing = await stream.missing();
    if (missing.length > 0) note(`${missing.length} people do not have what they were last given: ${missing[0]}, …`);
    lost = missing.length;
    await audit.look().catch((error: unknown) => note(messageOf(error)));
    await audit.sumHolds();
    await audit.oneOwnerAnEpoch();
  } catch (error) {
    note(messageOf(error));
  }
  return lost + audit.lost();

  function note(message: string): void {
    failed.push({ round: rounds, kind: 'end', message });
  }
}

function wordsOf(sender: Sender): string {
  const { taken, refused, broken, slowestMs } = sender.answers();
  return `of own POSTs ${taken} taken, ${refused} refused, ${broken} broken, the slowest answer ${slowestMs} ms`;
}
