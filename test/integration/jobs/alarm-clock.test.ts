import { INDEXES } from '../../../src/compose/indexes.js';
import { startAlarmClock } from '../../../src/jobs/alarm-clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore } from '../../support/database.js';

const log = createLog('silent');
const jobs = Array.from({ length: 30 }, (_, n) => ({ name: `job-${n}`, every: '1 hour', run: async () => {} }));

test('clocks that start in the same moment save each recurring job once', async () => {
  const { store, drop } = await openTestStore();
  await ensureIndexes(store, INDEXES);
  const clocks = await Promise.all(Array.from({ length: 12 }, () => startAlarmClock({ store, log, jobs })));
  const saved = await store.collection('agendaJobs').find().toArray();
  await Promise.all(clocks.map((clock) => clock.stop()));
  await drop();
  expect(saved.map(({ name }) => name).sort()).toEqual(jobs.map(({ name }) => name).sort());
});

test('a database that does not let the clock prepare its jobs ends the start, instead of keeping it waiting', async () => {
  const { store, drop } = await openTestStore();
  const key = { name: 1, nextRunAt: 1 } as const;
  // Agenda's own index by that name has other keys.
  await store.collection('agendaJobs').createIndex(key, { name: 'findAndLockNextJobIndex' });
  await expect(startAlarmClock({ store, log, jobs })).rejects.toThrow('findAndLockNextJobIndex');
  await drop();
});
