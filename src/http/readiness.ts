import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';

/** True where the part can do its work now; a failure or silence counts as no. */
export type ReadinessCheck = () => Promise<boolean> | boolean;

export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly durationMs: number }>>;
}

/** Longest time for a check to say yes (CONTRACT section 3). */
export const READINESS_LIMIT_MS = 1_000;

/** Asks all checks at once, each bounded; why one failed is in the log, not in the answer. */
export async function checkReadiness(
  deps: { clock: Clock; log: Log },
  checks: Readonly<Record<string, ReadinessCheck>>,
): Promise<Readiness> {
  const { clock, log } = deps;
  const asked = Object.entries(checks).map(async ([name, check]) => {
    const startedAtMs = clock.nowMs();
    const ok = await askWithinLimit(name, check);
    return [name, { ok, durationMs: clock.nowMs() - startedAtMs }] as const;
  });
  const answers = await Promise.all(asked);
  return { ok: answers.every(([, answer]) => answer.ok), checks: Object.fromEntries(answers) };

  async function askWithinLimit(name: string, check: ReadinessCheck): Promise<boolean> {
    const over = new AbortController();
    const late = clock.sleep(READINESS_LIMIT_MS, over.signal).then(
      () => `not within ${READINESS_LIMIT_MS} ms`,
      () => null,
    );
    const asking = (async () => ((await check()) ? null : 'not ready'))().catch(messageOf);
    const reason = await Promise.race([asking, late]);
    over.abort('answered');
    if (reason !== null) log.warn({ event: 'readiness.failed', check: name, reason }, 'not ready');
    return reason === null;
  }
}
