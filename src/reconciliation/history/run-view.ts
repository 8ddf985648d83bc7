import type { RunRow } from '../types.js';

/** A run as CONTRACT section 4 shows it, with what was in the way in words. */
export function runView(run: RunRow) {
  const { _id: id, enterpriseId, trigger, requestedBy, dry, status, phase, code, message } = run;
  const { requestedAt, startedAt, finishedAt, held, writes } = run;
  const counts: Record<string, number> = { ...run.counts };
  return {
    ...{ id, enterpriseId, trigger, requestedBy, dry, planId: run.planId ?? null, status, phase, code, message },
    ...{ requestedAt, startedAt, finishedAt, scheduledFor: run.scheduledFor ?? null, counts, held, writes },
  };
}
