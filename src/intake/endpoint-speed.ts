import { Gauge } from 'prom-client';
import { type Clock, MINUTE_MS, SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Metrics } from '../kernel/metrics.js';

/**
 * Lines at which Graph, over ten minutes, delays what it tells us by ten minutes, and at which it throws it away.
 *
 * Source: Microsoft Graph documentation, delivery through webhooks, April 2026: more than 10 % of the answers over 3 s,
 * more than 15 % over 10 s.
 */
const LINES = {
  delay: { overMs: 3 * SECOND_MS, share: 0.1 },
  drop: { overMs: 10 * SECOND_MS, share: 0.15 },
};
const WINDOW_MINUTES = 10;
/** We say so at half of the way to a line. */
const NEAR = 0.5;
/** Shares of fewer answers say nothing; Graph names no least number. */
const LEAST_ANSWERS = 10;

/** `near`: on the way to a line; `delayed` and `dropped`: beyond it, as far as can be told from here. */
export type SpeedState = 'good' | 'near' | 'delayed' | 'dropped';

/** Our answers of the last ten minutes as Graph sees them. */
export interface SpeedShares {
  readonly answers: number;
  /** Share of those over 3 s, 0 to 1. */
  readonly over3s: number;
  /** Share of those over 10 s, 0 to 1. */
  readonly over10s: number;
  readonly state: SpeedState;
}

export interface EndpointSpeed {
  /** A POST has ended, answered or given up by the sender. */
  note(tookMs: number): void;
  shares(): SpeedShares;
}

interface Minute {
  readonly number: number;
  answers: number;
  delay: number;
  drop: number;
}

/** Watches how fast we answer Graph, and says so before Graph acts on it. */
export function createEndpointSpeed(deps: { clock: Clock; log: Log; metrics: Metrics }): EndpointSpeed {
  const { clock, log } = deps;
  let minutes: Minute[] = [];
  let told: SpeedState = 'good';
  gaugeOf(deps.metrics, shares);
  return { note, shares };

  function note(tookMs: number): void {
    const number = Math.floor(clock.nowMs() / MINUTE_MS);
    let minute = minutes.at(-1);
    if (minute?.number !== number) {
      minute = { number, answers: 0, delay: 0, drop: 0 };
      minutes.push(minute);
    }
    minute.answers += 1;
    if (tookMs >= LINES.delay.overMs) minute.delay += 1;
    if (tookMs >= LINES.drop.overMs) minute.drop += 1;
    // What is fast changes nothing while all is good.
    if (tookMs >= LINES.delay.overMs || told !== 'good') tell(shares());
  }

  function shares(): SpeedShares {
    const first = Math.floor(clock.nowMs() / MINUTE_MS) - WINDOW_MINUTES;
    minutes = minutes.filter(({ number }) => number > first);
    const sum = (field: 'answers' | 'delay' | 'drop') => minutes.reduce((total, minute) => total + minute[field], 0);
    const answers = sum('answers');
    const over3s = answers === 0 ? 0 : sum('delay') / answers;
    const over10s = answers === 0 ? 0 : sum('drop') / answers;
    return { answers, over3s, over10s, state: stateOf({ answers, over3s, over10s }) };
  }

  function tell(now: SpeedShares): void {
    if (now.state === told) return;
    told = now.state;
    const fields = { event: 'intake.speed', ...now };
    if (now.state === 'good') log.info(fields, 'answers are fast enough again');
    else if (now.state === 'near') log.warn(fields, 'answers are getting too slow for Graph');
    else log.error(fields, 'answers are so slow that Graph delays or drops what it tells');
  }
}

function stateOf({ answers, over3s, over10s }: Omit<SpeedShares, 'state'>): SpeedState {
  if (answers < LEAST_ANSWERS) return 'good';
  if (over10s > LINES.drop.share) return 'dropped';
  if (over3s > LINES.delay.share) return 'delayed';
  return over3s > NEAR * LINES.delay.share || over10s > NEAR * LINES.drop.share ? 'near' : 'good';
}

function gaugeOf(metrics: Metrics, shares: () => SpeedShares): void {
  new Gauge({
    name: 'intake_slow_share',
    help: 'Share of the POSTs of the last ten minutes that took over 3 s or 10 s; Graph delays above 0.1 and drops above 0.15',
    labelNames: ['over'],
    registers: [metrics],
    collect() {
      const { over3s, over10s } = shares();
      this.set({ over: '3s' }, over3s);
      this.set({ over: '10s' }, over10s);
    },
  });
}
