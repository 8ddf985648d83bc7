import { DAY_MS, HOUR_MS } from '../../kernel/clock.js';
import type { NoticeStateRow } from '../types.js';

/** So many notices are told by themselves within an hour and a day. Our choice: a person reads that many. */
export const HOUR_MOST = 6;
export const DAY_MOST = 20;
/** Lines that are kept for the digest; the rest is counted. */
const MERGED_MOST = 30;

export interface Limit {
  /** Whether one more may be told by itself now: what is urgent always may, and counts like the others. */
  take(isUrgent: boolean): boolean;
  /** Keeps for the digest what was over before it could be told by itself. */
  keep(subject: string): void;
  state(): Required<Pick<NoticeStateRow, 'toldAt' | 'merged' | 'mergedCount'>>;
}

/** How much of an enterprise may be told by itself. */
export function createLimit(before: NoticeStateRow, now: Date): Limit {
  const isWithin = (at: Date, ms: number) => now.getTime() - at.getTime() < ms;
  const toldAt = (before.toldAt ?? []).filter((at) => isWithin(at, DAY_MS));
  const merged = [...(before.merged ?? [])];
  let mergedCount = before.mergedCount ?? 0;
  return {
    take: (isUrgent) => {
      const ofHour = toldAt.filter((at) => isWithin(at, HOUR_MS)).length;
      const isTold = isUrgent || (ofHour < HOUR_MOST && toldAt.length < DAY_MOST);
      if (isTold) toldAt.push(now);
      return isTold;
    },
    keep: (subject) => {
      mergedCount += 1;
      if (merged.length < MERGED_MOST) merged.push(subject);
    },
    state: () => ({ toldAt, merged, mergedCount }),
  };
}
