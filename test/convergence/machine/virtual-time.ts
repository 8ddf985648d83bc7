import type { Clock } from '../../../src/kernel/clock.js';
import { type Sleeper, sleepAmong } from '../../support/sleepers.js';
import type { Party } from './traffic.js';

/** One time for the service and the simulated Graph, moved by hand. */
export interface VirtualTime {
  nowMs(): number;
  /** Moves on at once; who sleeps until then wakes now, all at the new time, as after a pause of the machine. */
  jump(ms: number): void;
  /** The time as a party sees it; who is dead never wakes. */
  clockOf(party: Party): Clock;
  /** Sets a party's clock: so far from the true time. */
  set(party: Party, aheadMs: number): void;
  /** How far any two clocks, the true one among them, ever were apart. */
  apartMs(): number;
}

/** Clocks of machines differ; further apart than this they never are here. */
export const APART_MOST_MS = 20_000;

/** Pauses up to this belong to work that is under way: they are short real ones, and time stands still meanwhile. */
const SHORT_MS = 20;

export function createVirtualTime(startMs: number): VirtualTime {
  let nowMs = startMs;
  let [earliestMs, latestMs] = [0, 0];
  const aheadMs = new WeakMap<Party, number>();
  const seenBy = (party: Party) => nowMs + (aheadMs.get(party) ?? 0);
  const sleepers = new Set<Sleeper>();
  return {
    nowMs: () => nowMs,
    jump: (ms) => {
      nowMs += ms;
      const due = [...sleepers].filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
      for (const sleeper of due) sleeper.wake();
    },
    clockOf: (party) => ({
      nowMs: () => seenBy(party),
      now: () => new Date(seenBy(party)),
      sleep: (ms, signal) => (ms <= SHORT_MS ? pause(party, ms, signal) : sleep(party, ms, signal)),
    }),
    set: (party, ms) => {
      aheadMs.set(party, ms);
      [earliestMs, latestMs] = [Math.min(earliestMs, ms), Math.max(latestMs, ms)];
    },
    apartMs: () => latestMs - earliestMs,
  };

  function sleep(party: Party, ms: number, signal: AbortSignal | undefined): Promise<void> {
    return sleepAmong(sleepers, { dueMs: nowMs + ms, signal, mayWake: () => !party.isDead() });
  }
}

async function pause(party: Party, ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  party.begin();
  await new Promise((resolve) => (ms <= 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));
  party.end();
  if (party.isDead()) await new Promise(() => {});
  signal?.throwIfAborted();
}
