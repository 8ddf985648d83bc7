import { addTimes, bucketOf, msOf } from '../../../src/changes/latency/latency-hours.js';
import { DAY_MS } from '../../../src/kernel/clock.js';

test('a bucket says a time to within 9 %', () => {
  const furthest = { ms: 0, off: 0 };
  for (let ms = 1; ms <= 7 * DAY_MS; ms *= 1.003) {
    const off = Math.abs(msOf(bucketOf(ms)) / ms - 1);
    if (off > furthest.off) Object.assign(furthest, { ms, off });
  }
  expect(furthest.off).toBeLessThan(0.0906);
  expect(furthest.off).toBeGreaterThan(0.08);
});

test('longer times have no lower bucket, and there are few buckets however long it took', () => {
  const times = [-5, 0, 1, 2, 50, 60_000, 3 * DAY_MS, 7 * DAY_MS, 400 * DAY_MS];
  const buckets = times.map(bucketOf);
  expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
  expect(buckets.at(0)).toBe(0);
  expect(buckets.at(-1)).toBeLessThan(118);
});

test('times go to the hour that it is now', () => {
  const at = Date.parse('2026-03-01T10:59:59.999Z');
  const hour = new Date('2026-03-01T10:00:00.000Z');
  expect(addTimes('tenant', [40, 41, 9_000], at)).toMatchObject({
    updateOne: {
      filter: { _id: 'tenant:2026-03-01T10:00:00.000Z' },
      update: {
        $setOnInsert: { tenantId: 'tenant', hour },
        $inc: { count: 3, 'buckets.21': 2 },
        $max: { maxMs: 9_000 },
      },
    },
  });
});
