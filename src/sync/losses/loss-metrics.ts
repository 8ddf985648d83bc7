import { Counter, Gauge } from 'prom-client';
import { type Clock, DAY_MS, SECOND_MS } from '../../kernel/clock.js';
import type { Metrics } from '../../kernel/metrics.js';
import type { MeasuredKind } from './suspects.js';

/**
 * How long Graph keeps a delta link of the directory.
 *
 * Source: Microsoft Graph documentation, delta query overview: tokens of directory objects, 7 days.
 */
export const DELTA_LINK_LIVES_MS = 7 * DAY_MS;

export interface LossMetrics {
  lost(kind: MeasuredKind, notices: number): void;
  madeAnew(kind: MeasuredKind): void;
  /** When the delta link of a tenant was given; null: the tenant has none, or is worked by somebody else by now. */
  deltaLink(tenantId: string, linkedAt: Date | null): void;
}

export function createLossMetrics({ metrics, clock }: { metrics: Metrics; clock: Clock }): LossMetrics {
  const registers = [metrics];
  const lost = new Counter({
    name: 'notices_lost_total',
    help: 'Changes that catch-up, runs or nightly looks found and Graph told nothing of within the lag, by kind of subscription',
    labelNames: ['kind'],
    registers,
  });
  const madeAnew = new Counter({
    name: 'subscriptions_losing_total',
    help: 'Subscriptions that lost notices twice in a row and were made anew, by kind',
    labelNames: ['kind'],
    registers,
  });
  const links = new Map<string, number>();
  new Gauge({
    name: 'delta_link_left_seconds',
    help: 'Until Graph forgets the oldest delta link of the tenants that this process works on; then everything has to be read',
    registers,
    collect() {
      // Nothing to tell is told by absence.
      this.reset();
      const oldestMs = Math.min(...links.values());
      if (Number.isFinite(oldestMs)) this.set((oldestMs + DELTA_LINK_LIVES_MS - clock.nowMs()) / SECOND_MS);
    },
  });
  return {
    lost: (kind, notices) => lost.inc({ kind }, notices),
    madeAnew: (kind) => madeAnew.inc({ kind }),
    deltaLink: (tenantId, linkedAt) => {
      if (linkedAt) links.set(tenantId, linkedAt.getTime());
      else links.delete(tenantId);
    },
  };
}
