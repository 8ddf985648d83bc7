import type { Services } from '../compose.js';
import { type Clash, clashOf } from '../reconciliation/review/clash.js';
import { createDecisionsInWords, type DecisionsInWords } from '../reconciliation/review/held-changes.js';
import { type NamedIn, peopleNamed } from '../reconciliation/review/people-named.js';
import { createPlans, type Plans } from '../reconciliation/review/plans.js';
import { createReadAgain, type ReadAgain } from '../reconciliation/review/read-again.js';

/** What people look at, and decide on, one by one: plans, held changes, problems, single people. */
export interface ReviewServices {
  readonly plans: Plans;
  readonly readAgain: ReadAgain;
  readonly decisionsInWords: DecisionsInWords;
  /** The directory person beside the profile that has the address. */
  clash(wanted: { readonly enterpriseId: string; readonly problemId: string }): Promise<Clash>;
  /** Object ids of people by what somebody typed, with or without a record. */
  peopleNamed(within: Omit<NamedIn, 'tenantId'>, text: string): Promise<string[]>;
}

type Parts = Pick<
  Services,
  | ('store' | 'clock' | 'chance' | 'changes' | 'mirror' | 'people' | 'personViews')
  | ('problems' | 'decisions' | 'labels' | 'integrations')
>;

export function composeReview(parts: Parts): ReviewServices {
  return {
    plans: createPlans(parts),
    readAgain: createReadAgain(parts),
    decisionsInWords: createDecisionsInWords(parts),
    clash: (wanted) => clashOf(parts, wanted),
    peopleNamed: async (within, text) => {
      const { tenantId } = await parts.integrations.getIntegration(within.enterpriseId);
      return peopleNamed(parts.store, { ...within, tenantId }, text);
    },
  };
}
