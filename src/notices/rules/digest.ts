import { DateTime } from 'luxon';
import type { NoticeRow, NoticeStateRow, Words } from '../types.js';
import { type Saying, worded } from './words.js';

/** The digest goes out from this hour on where the enterprise is, and not after that one: then the next day's does. */
const FROM_HOUR = 8;
const UNTIL_HOUR = 12;
/** Kinds of problems that have a line of their own. */
const KINDS_MOST = 15;

/** Problems of one kind. */
export interface ProblemsOfKind {
  readonly code: string;
  readonly count: number;
  /** Shown since the last digest. */
  readonly fresh: number;
}

/** The day of which a digest is due now, YYYY-MM-DD; null: none is. */
export function digestDue({ digestDay }: NoticeStateRow, { zone, now }: { zone: string; now: Date }): string | null {
  const local = DateTime.fromJSDate(now, { zone });
  if (local.hour < FROM_HOUR || local.hour >= UNTIL_HOUR) return null;
  const day = local.toFormat('yyyy-MM-dd');
  return day === digestDay ? null : day;
}

export interface DigestInput {
  readonly saying: Saying;
  /** null: nobody wants to be told of them. */
  readonly problems: readonly ProblemsOfKind[] | null;
  /** Over before it could be told by itself, because there was too much. */
  readonly merged: readonly string[];
  readonly mergedCount: number;
  readonly open: readonly Pick<NoticeRow, 'subject' | 'told'>[];
}

/** What there is to say of a day; null: nothing is new. */
export function digestWords(input: DigestInput): Words | null {
  const { saying, merged, mergedCount, open } = input;
  const problems = input.problems ?? [];
  const fresh = problems.reduce((sum, each) => sum + each.fresh, 0);
  const all = problems.reduce((sum, each) => sum + each.count, 0);
  const isAllTold = mergedCount === 0 && open.every(({ told }) => told === 'alone');
  if (fresh === 0 && isAllTold) return null;
  const kinds = problems.filter((each) => each.fresh > 0).toSorted((a, b) => b.fresh - a.fresh);
  const lines = [
    ...(input.problems === null ? [] : [`${fresh} new, ${all} open in all.`]),
    ...kinds.slice(0, KINDS_MOST).map(({ code, fresh: of, count }) => `${code}: ${of} new, ${count} open`),
    ...(mergedCount === 0 ? [] : [`${mergedCount} more notices since the last digest, too many to send each:`]),
    ...merged.map((line) => `- ${line}`),
    ...(open.length === 0 ? [] : ['Open now:', ...open.map(({ subject: line }) => `- ${line}`)]),
  ];
  const subject = fresh === 0 ? 'notices of the day' : `${fresh} new ${fresh === 1 ? 'problem' : 'problems'}`;
  return worded({ subject, lines }, { ...saying, page: '/problems' });
}
