import { createEndpointSpeed } from '../../../src/intake/endpoint-speed.js';
import { MINUTE_MS } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createMetrics } from '../../../src/kernel/metrics.js';
import { createManualClock } from '../../support/manual-clock.js';

function start() {
  const lines: Record<string, unknown>[] = [];
  const log = { ...createLog('silent'), ...told(lines) } as ReturnType<typeof createLog>;
  const clock = createManualClock();
  const metrics = createMetrics();
  const speed = createEndpointSpeed({ clock, log, metrics });
  const answer = (count: number, tookMs: number) => {
    for (let index = 0; index < count; index += 1) speed.note(tookMs);
  };
  return { speed, clock, metrics, answer, states: () => lines.map(({ level, state }) => `${level} ${state}`) };
}

function told(lines: Record<string, unknown>[]) {
  const at = (level: string) => (fields: object) => lines.push({ level, ...fields });
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

test('it is said before Graph delays, when Graph does, and when it is over', async () => {
  const { speed, clock, answer, states } = start();
  answer(100, 20);
  answer(5, 3_500);
  expect(states()).toEqual([]);
  answer(1, 3_500);
  expect(speed.shares()).toMatchObject({ answers: 106, state: 'near' });
  answer(6, 3_000);
  expect(speed.shares().state).toBe('delayed');
  await clock.advance(10 * MINUTE_MS);
  answer(20, 20);
  expect(speed.shares()).toEqual({ answers: 20, over3s: 0, over10s: 0, state: 'good' });
  expect(states()).toEqual(['warn near', 'error delayed', 'info good']);
});

test('above 15 % over 10 s Graph drops', () => {
  const { speed, answer } = start();
  answer(84, 20);
  answer(16, 11_000);
  expect(speed.shares()).toEqual({ answers: 100, over3s: 0.16, over10s: 0.16, state: 'dropped' });
});

test('a few answers say nothing', () => {
  const { speed, answer, states } = start();
  answer(9, 12_000);
  expect(speed.shares().state).toBe('good');
  expect(states()).toEqual([]);
});

test('the shares are told as metrics, as they are when asked', async () => {
  const { metrics, answer, clock } = start();
  answer(15, 20);
  answer(5, 4_000);
  expect(await metrics.metrics()).toMatch('intake_slow_share{over="3s"} 0.25');
  await clock.advance(10 * MINUTE_MS);
  expect(await metrics.metrics()).toMatch('intake_slow_share{over="3s"} 0');
});
