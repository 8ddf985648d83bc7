import { DAY_MS, HOUR_MS } from '../../kernel/clock.js';
import type { NoticeStateRow } from '../types.js';

/** So many notices are told by themselves within an hour and a day. Our choice: a person reads that many. */
export const HOUR_MOST = 6;
export const DAY_MOST = 20;
/** Lines of those above the limit that are kept for the digest; the rest is counted. */
const MERGED_MOST = 30;

export interface Limit {
  /** Whether one more may be told by itself; one that may not is kept for the digest. */
  take(subject: string): boolean;
  state(): Required<Pick<NoticeStateRow, 'toldAt' | 'merged' | 'mergedCount'>>;
}

/** How much of an enterprise may be told by itself. */
export function createLimit(before: NoticeStateRow, now: Date): Limit {
  const isWithin = (at: Date, ms: number) => now.getTime() - at.getTime() < ms;
  const toldAt = (before.toldAt ?? []).filter((at) => isWithin(at, DAY_MS));
  const merged = [...(before.merged ?? [])];
  let mergedCount = before.mergedCount ?? 0;
  return {
    take: (subject) => {
      const ofHour = toldAt.filter((at) => isWithin(at, HOUR_MS)).length;
      if (ofHour < HOUR_MOST && toldAt.length < DAY_MOST) {
        toldAt.push(now);
        return true;
      }
      mergedCount += 1;
      if (merged.length < MERGED_MOST) merged.push(subject);
      return false;
    },
    state: () => ({ toldAt, merged, mergedCount }),
  };
}
