import { createEndpointHealth } from '../../../src/simulator/delivery/endpoint-health.js';

const MINUTE_MS = 60_000;

function startHealth() {
  const clock = { atMs: 1_000 * MINUTE_MS };
  const health = createEndpointHealth({ clock: { nowMs: () => clock.atMs, advance: () => {} } });
  const note = (count: number, tookMs: number) => {
    for (let index = 0; index < count; index += 1) health.note(tookMs);
  };
  return { clock, health, note };
}

test('one answer in ten over three seconds is borne, more make the endpoint slow', () => {
  const { health, note } = startHealth();
  note(18, 20);
  note(2, 3_000);
  expect(health.state()).toBe('normal');

  note(1, 3_000);
  expect(health.state()).toBe('slow');
});

test('more than 15 in 100 answers over ten seconds make the endpoint drop, for ten minutes', () => {
  const { clock, health, note } = startHealth();
  note(8, 20);
  note(2, 10_000);
  expect(health.state()).toBe('drop');

  clock.atMs += 9 * MINUTE_MS;
  expect(health.state()).toBe('drop');
  clock.atMs += 2 * MINUTE_MS;
  expect(health.state()).toBe('normal');
});
