import { runBuilt } from '../support/built-program.js';

const LIMIT_MS = 120_000;

test.each(['signal', 'deafness'] as const)(
  'a benchmark that is stopped by %s says so and leaves no mongod and no folder behind',
  async (by) => {
    const stop = { when: /round 1/, by };
    const { code, lines, left } = await runBuilt('scripts/bench/main.js', ['intake', '--json'], {
      limitMs: LIMIT_MS,
      stop,
    });
    expect({ code, left }).toEqual({ code: 1, left: [] });
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ error: { code: 'bench_failed', message: expect.any(String) } });
  },
  LIMIT_MS + 10_000,
);
