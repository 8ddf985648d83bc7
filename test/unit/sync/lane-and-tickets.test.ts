import { createLane } from '../../../src/sync/ordering/lane.js';
import { createTickets } from '../../../src/sync/ordering/tickets.js';

test('a lane does one thing at a time, in order, and urgent things first', async () => {
  const lane = createLane();
  const done: string[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = lane.run(async () => {
    await held;
    done.push('first');
  });
  const second = lane.run(async () => void done.push('second'));
  const urgent = lane.run(async () => void done.push('urgent'), { urgent: true });
  release();
  await Promise.all([first, second, urgent]);
  expect(done).toEqual(['first', 'urgent', 'second']);
});

test('a failure in a lane reaches who asked and stops nobody else', async () => {
  const lane = createLane();
  const failing = lane.run(() => Promise.reject(new Error('no')));
  const next = lane.run(async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
  await lane.idle();
});

test('an unchanged read is remembered as long as an older one is under way', () => {
  const tickets = createTickets(7);
  const older = tickets.draw();
  const newer = tickets.draw();
  tickets.unchanged('person', newer);
  tickets.done(newer);
  expect(tickets.isOvertaken('person', older)).toBe(true);
  expect(tickets.isOvertaken('person', newer)).toBe(false);
  tickets.done(older);
  expect(tickets.isOvertaken('person', older)).toBe(false);
});
