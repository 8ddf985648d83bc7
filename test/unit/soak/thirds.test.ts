import { compareThirds, type Sample } from '../../../scripts/soak/thirds.js';

const steady: Sample = { heapMb: 50, sockets: 30, timers: 60, connections: 35, openChanges: 20 };

/** Nine samples, of which each has so much more of something than the one before. */
function growing(by: Partial<Sample>): Sample[] {
  return Array.from({ length: 9 }, (_, index) => {
    const more = Object.entries(by).map(([name, step]) => [name, steady[name as keyof Sample] + index * step]);
    return { ...steady, ...Object.fromEntries(more) };
  });
}

test('what stays as it is has not grown', () => {
  expect(compareThirds(growing({})).grown).toEqual([]);
});

test.each(['heapMb', 'sockets', 'timers', 'connections', 'openChanges'] as const)('%s that grows is named', (name) => {
  const { grown, figures } = compareThirds(growing({ [name]: 40 }));
  expect(grown).toEqual([expect.stringContaining(`${name} grew`)]);
  expect(figures[name].last).toBeGreaterThan(figures[name].first);
});

test('memory that comes and goes counts by what is left when it went', () => {
  const samples = growing({}).map((sample, index) => ({ ...sample, heapMb: index % 3 === 1 ? 50 : 50 + index * 30 }));
  expect(compareThirds(samples).grown).toEqual([]);
});
