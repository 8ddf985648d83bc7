import { runBuilt } from '../support/built-program.js';

const LIMIT_MS = 900_000;

test(
  'the processes of compose.yaml start, go on without a worker and a primary, and leave nothing behind',
  async () => {
    const { code, lines, stderr, left } = await runBuilt('scripts/smoke/main.js', [], { limitMs: LIMIT_MS });
    const answer = JSON.parse(lines.at(-1) ?? '');
    expect({ ok: answer.ok, words: answer.ok ? '' : stderr }).toEqual({ ok: true, words: '' });
    const ids = ['start', 'ready', 'page', 'change', 'worker-killed', 'primary-killed', 'prometheus', 'end'];
    expect(answer.steps.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect({ lines: lines.length, code, left }).toEqual({ lines: 1, code: 0, left: [] });
  },
  LIMIT_MS + 10_000,
);
