import { GraphFailure } from '../../../src/graph/graph-failure.js';
import { createSubscriptionPace, restAfter } from '../../../src/subscriptions/pace.js';
import { createManualClock } from '../../support/manual-clock.js';

const { signal } = new AbortController();

test('who waits for a share while Graph asks for a rest sends nothing, and afterwards all goes on', async () => {
  const clock = createManualClock();
  const pace = createSubscriptionPace(clock);
  expect(await pace.take(42, signal)).toBe(true);
  const waiting = pace.take(20, signal);
  pace.rest(60_000);
  await clock.advance(1_000);
  expect(await waiting).toBe(false);
  expect(await pace.take(1, signal)).toBe(false);
  await clock.advance(59_000);
  expect(await pace.take(1, signal)).toBe(true);
});

test('a shorter rest does not end a longer one', async () => {
  const clock = createManualClock();
  const pace = createSubscriptionPace(clock);
  pace.rest(60_000);
  pace.rest(0);
  expect(pace.freeAtMs()).toBe(clock.nowMs() + 60_000);
});

test.each([
  ['too many calls', { kind: 'throttled', code: 'TooManyRequests', retryAfterMs: 30_000 }, 30_000],
  ['too many calls, for an hour', { kind: 'throttled', code: 'TooManyRequests', retryAfterMs: 3_600_000 }, 600_000],
  ['too many calls, without a time', { kind: 'throttled', code: 'TooManyRequests', retryAfterMs: null }, 0],
  ['what Exchange says of one mailbox', { kind: 'throttled', code: 'ExtensionError', retryAfterMs: 30_000 }, 0],
  ['one that cannot be made now', { kind: 'unavailable', code: 'http_503', retryAfterMs: 30_000 }, 0],
] as const)('%s keeps the others back for its time', (_, details, ms) => {
  expect(restAfter(new GraphFailure('busy', details))).toBe(ms);
});
