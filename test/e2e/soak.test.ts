import { runBuilt } from '../support/built-program.js';

const LIMIT_MS = 400_000;

test(
  'a service under a steady load keeps its size and loses nothing',
  async () => {
    const args = ['--minutes', '0.5', '--rate', '20'];
    const { code, lines, stderr, left } = await runBuilt('scripts/soak/main.js', args, { limitMs: LIMIT_MS });
    const answer = JSON.parse(lines.at(-1) ?? '');
    expect({ grown: answer.grown, words: answer.ok ? '' : stderr }).toEqual({ grown: [], words: '' });
    expect(answer).toMatchObject({ ok: true, minutes: 0.5, rate: 20, lost: 0, open: 0 });
    expect(answer.changes).toBeGreaterThanOrEqual(600);
    expect({ lines: lines.length, code, left }).toEqual({ lines: 1, code: 0, left: [] });
  },
  LIMIT_MS + 10_000,
);
