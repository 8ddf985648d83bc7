import type { Log } from '../../kernel/log.js';
import type { LossMetrics } from './loss-metrics.js';
import type { MeasuredKind } from './suspects.js';

/** Whose subscription should have told. */
export interface About {
  readonly tenantId: string;
  readonly kind: MeasuredKind;
  /** As the subscription's row names it. */
  readonly resource: string;
}

/** So much was not told; `since`: a subscription that is younger could not have told of it. */
export interface FoundLoss {
  readonly lost: number;
  readonly at: Date;
  readonly since: Date;
}

export interface ReportLossDeps {
  readonly lossMetrics: Pick<LossMetrics, 'lost' | 'madeAnew'>;
  readonly log: Log;
  /** Keeps the loss on the subscription of a resource. */
  measured(tenantId: string, resource: string, loss: FoundLoss): Promise<'nothing' | 'kept' | 'madeAnew'>;
}

export type ReportLoss = (about: About, loss: FoundLoss) => Promise<void>;

/** What Graph did not tell of within the lag is counted; a subscription that goes on losing is made anew (law L15). */
export function createReportLoss({ lossMetrics, log, measured }: ReportLossDeps): ReportLoss {
  return async ({ tenantId, kind, resource }, loss) => {
    const { lost } = loss;
    const found = await measured(tenantId, resource, loss);
    if (found === 'nothing') return;
    lossMetrics.lost(kind, lost);
    log.warn({ event: 'notices.lost', tenantId, kind, lost }, 'found what Graph did not tell');
    if (found !== 'madeAnew') return;
    lossMetrics.madeAnew(kind);
    log.error({ event: 'subscription.losing', tenantId, kind, lost }, 'loses notices: made anew');
  };
}
