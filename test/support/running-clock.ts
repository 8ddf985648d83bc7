import { type Clock, systemClock } from '../../src/kernel/clock.js';

/** A clock that goes as clocks go, from another instant on: what follows from the day and the hour is always the same. */
export function createRunningClock(start: Date): Clock {
  const behindMs = systemClock.nowMs() - start.getTime();
  const nowMs = () => systemClock.nowMs() - behindMs;
  return { nowMs, now: () => new Date(nowMs()), sleep: systemClock.sleep };
}
