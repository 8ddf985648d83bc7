import { runBuilt } from '../support/built-program.js';

/** Only ends what hangs: it takes two minutes, and on a busy machine several times that. */
const LIMIT_MS = 900_000;

/** CONTRACT section 4, `demo --check`. */
const STEPS = [
  ...['mongodb', 'simulator', 'service', 'connect', 'setup', 'first-run', 'field', 'join', 'join-nested', 'leave'],
  ...['duplicate', 'archive', 'restore', 'event-created', 'event-moved', 'event-private', 'event-cancelled'],
  ...['series', 'started-kept', 'forged', 'foreign-tenant', 'renew', 'recreate', 'crash', 'second-run'],
];

interface Step {
  readonly id: string;
  readonly ok: boolean;
  readonly detail?: string;
}

test(
  'the demo runs its whole story unattended, and leaves nothing behind',
  async () => {
    const { code, lines, stderr, left } = await runBuilt('scripts/demo/main.js', ['--check'], { limitMs: LIMIT_MS });
    const answer = JSON.parse(lines.at(-1) ?? '');
    const failed = answer.steps.filter(({ ok }: Step) => !ok).map(({ id, detail }: Step) => `${id}: ${detail}`);
    expect({ failed, stderr }).toEqual({ failed: [], stderr: '' });
    expect(answer.steps.map(({ id }: Step) => id)).toEqual(STEPS);
    expect(answer).toMatchObject({ ok: true, versions: { node: process.versions.node } });
    expect(answer.versions.mongod).toMatch(/^\d+\.\d+\.\d+/);
    expect(answer.totalMs).toBeLessThan(LIMIT_MS);
    expect(lines).toHaveLength(STEPS.length + 1);
    expect(code).toBe(0);
    expect(left).toEqual([]);
  },
  LIMIT_MS + 10_000,
);
