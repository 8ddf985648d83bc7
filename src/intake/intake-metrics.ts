import { Counter, Histogram } from 'prom-client';
import type { Metrics } from '../kernel/metrics.js';
import type { Tally } from './accept.js';
import { RICH_OUTCOMES } from './rich-post.js';

/** Graph waits 3 s for a first delivery and 10 s for a repeated one, so the buckets end around these lines. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10];

export interface IntakeMetrics {
  post(status: number, seconds: number): void;
  items(tally: Tally, isStored: boolean): void;
  handshake(status: number): void;
}

export function createIntakeMetrics(metrics: Metrics): IntakeMetrics {
  const registers = [metrics];
  const notifications = new Counter({
    name: 'notifications_total',
    help: 'Items of notifications by outcome: accepted, not_stored, forged, mismatched, malformed',
    labelNames: ['outcome'],
    registers,
  });
  const rich = new Counter({
    name: 'rich_notifications_total',
    help: `Accepted items that carry the event, by what became of that; all but opened are plain hints: ${RICH_OUTCOMES.join(', ')}`,
    labelNames: ['outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'intake_seconds',
    help: 'Time to answer a POST from Graph by status; the share of 503 is its count over the count of all',
    labelNames: ['status'],
    buckets: SECONDS,
    registers,
  });
  const handshakes = new Counter({
    name: 'intake_handshakes_total',
    help: 'Validation requests of new subscriptions by status',
    labelNames: ['status'],
    registers,
  });

  return {
    post: (status, took) => seconds.observe({ status }, took),
    items: (tally, isStored) => {
      count(isStored ? 'accepted' : 'not_stored', tally.accepted);
      count('forged', tally.forged);
      count('mismatched', tally.mismatched);
      count('malformed', tally.malformed);
      for (const outcome of RICH_OUTCOMES) {
        const items = tally.rich[outcome] ?? 0;
        if (items > 0) rich.inc({ outcome }, items);
      }
    },
    handshake: (status) => handshakes.inc({ status }),
  };

  function count(outcome: string, items: number): void {
    if (items > 0) notifications.inc({ outcome }, items);
  }
}
