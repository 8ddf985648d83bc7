import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import type { SimulatedClock } from '../world/types.js';

export type EndpointState = 'normal' | 'slow' | 'drop';

export interface EndpointHealth {
  note(tookMs: number): void;
  state(): EndpointState;
}

/** Length of the watched window and of the punishment. Source, also for the shares: Microsoft Graph documentation, webhook delivery, April 2026. */
export const PUNISHMENT_MS = 10 * MINUTE_MS;

const LINES = {
  slow: { overMs: 3 * SECOND_MS, share: 0.1 },
  drop: { overMs: 10 * SECOND_MS, share: 0.15 },
};

/** Shares of fewer answers say nothing; the documents name no floor. */
const LEAST_ANSWERS = 10;

interface Minute {
  readonly startMs: number;
  all: number;
  slow: number;
  drop: number;
}

/**
 * Watches how fast an endpoint answers: too many answers over 3 s in ten minutes make it slow (notifications wait ten
 * minutes), too many over 10 s make it drop (they are discarded). Judged again every ten minutes.
 */
export function createEndpointHealth(deps: { clock: SimulatedClock }): EndpointHealth {
  let minutes: Minute[] = [];
  let punished: { state: 'slow' | 'drop'; untilMs: number } | null = null;

  return { note, state };

  function note(tookMs: number): void {
    const startMs = Math.floor(deps.clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    let minute = minutes.at(-1);
    if (minute?.startMs !== startMs) {
      minute = { startMs, all: 0, slow: 0, drop: 0 };
      minutes.push(minute);
    }
    minute.all += 1;
    if (tookMs >= LINES.slow.overMs) minute.slow += 1;
    if (tookMs >= LINES.drop.overMs) minute.drop += 1;
    state();
  }

  function state(): EndpointState {
    const nowMs = deps.clock.nowMs();
    if (punished && punished.untilMs > nowMs) return punished.state;
    minutes = minutes.filter((minute) => minute.startMs > nowMs - PUNISHMENT_MS);
    const judged = exceeds('drop') ? 'drop' : exceeds('slow') ? 'slow' : null;
    punished = judged && { state: judged, untilMs: nowMs + PUNISHMENT_MS };
    return judged ?? 'normal';
  }

  function exceeds(line: 'slow' | 'drop'): boolean {
    const all = sum(minutes, 'all');
    return all >= LEAST_ANSWERS && sum(minutes, line) > LINES[line].share * all;
  }
}

function sum(minutes: readonly Minute[], field: 'all' | 'slow' | 'drop'): number {
  return minutes.reduce((total, minute) => total + minute[field], 0);
}
