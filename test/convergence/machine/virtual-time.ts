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
}

/** Pauses up to this belong to work that is under way: they are short real ones, and time stands still meanwhile. */
const SHORT_MS = 20;

export function createVirtualTime(startMs: number): VirtualTime {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();
  return {
    nowMs: () => nowMs,
    jump: (ms) => {
      nowMs += ms;
      const due = [...sleepers].filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
      for (const sleeper of due) sleeper.wake();
    },
    clockOf: (party) => ({
      nowMs: () => nowMs,
      now: () => new Date(nowMs),
      sleep: (ms, signal) => (ms <= SHORT_MS ? pause(party, ms, signal) : sleep(party, ms, signal)),
    }),
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
