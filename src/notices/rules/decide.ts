import { MINUTE_MS } from '../../kernel/clock.js';
import type { NoticeKind, NoticeRow, NoticeStateRow, Phase, Words } from '../types.js';
import type { Condition } from './conditions.js';
import { createLimit, type Limit } from './limit.js';
import { resolvedWords, type Saying, wordsOf } from './words.js';

/** A trouble of which nothing is seen for so long is over; until then it may come back without being told again. */
export const SETTLED_MS = 10 * MINUTE_MS;

export interface DecideInput {
  readonly enterpriseId: string;
  readonly saying: Saying;
  readonly conditions: readonly Condition[];
  /** Those that are open, and those of before whose episode could be one of the conditions'. */
  readonly known: readonly NoticeRow[];
  /** Kinds that nobody wants to be told, or of which nothing can be said any more: they end without a word. */
  readonly off: readonly NoticeKind[];
  /** Kinds of which nothing is known now: they stay as they are. */
  readonly unknown: readonly NoticeKind[];
  readonly state: NoticeStateRow;
  readonly now: Date;
}

/** Something to be told now. */
export interface Told {
  readonly noticeId: string;
  readonly kind: NoticeKind;
  readonly phase: Phase;
  /** Of the trouble at which it was told: each is told once. */
  readonly step: string;
  readonly words: Words;
}

export interface Decided {
  /** Rows to write, new and changed ones, whole. */
  readonly rows: readonly NoticeRow[];
  readonly told: readonly Told[];
  readonly state: ReturnType<Limit['state']>;
}

/** The notice of the kind that a condition goes on with, or null. */
function sameTrouble(row: NoticeRow, { kind, identity }: Condition): boolean {
  if (row.kind !== kind) return false;
  // Several credentials end side by side; of the others there is one at a time.
  if (kind === 'secret_ending') return row.episode === identity;
  return row.clearSince === null || identity === null || row.episode === identity;
}

/** What begins, goes on and ends, and what of it is told (pure). */
export function decide(input: DecideInput): Decided {
  const { conditions, known, off, unknown, now } = input;
  const open = known.filter((row) => row.open);
  const taken = new Set<string>();
  const rows: NoticeRow[] = [];
  const limit = createLimit(input.state, now);
  const told: Told[] = [];
  for (const condition of conditions) {
    if (off.includes(condition.kind)) continue;
    const row = open.find((each) => sameTrouble(each, condition));
    if (row) taken.add(row._id);
    const next = row ? goesOn(row, condition) : begins(condition);
    if (next) rows.push(next);
  }
  const gone = open.filter(({ _id, kind }) => !taken.has(_id) && (off.includes(kind) || !unknown.includes(kind)));
  rows.push(...gone.flatMap(fades));
  return { rows, told, state: limit.state() };

  function begins(condition: Condition): NoticeRow | null {
    const { kind, step } = condition;
    const { enterpriseId, saying } = input;
    const episode = condition.identity ?? now.toISOString();
    const _id = `${enterpriseId}:${kind}:${episode}`;
    if (known.some((row) => row._id === _id)) return null;
    const words = wordsOf(condition, saying);
    const row = { ...{ _id, enterpriseId, kind, episode, step, beganAt: now }, clearSince: null, endedAt: null };
    const isTold = tell({ noticeId: _id, kind, phase: 'began', step, words });
    return { ...row, open: true, subject: words.subject, told: isTold ? 'alone' : 'with_digest' };
  }

  function goesOn(row: NoticeRow, condition: Condition): NoticeRow | null {
    const { step, kind } = condition;
    const words = wordsOf(condition, input.saying);
    // Only the days that are left of a credential are told again.
    const isFurther = kind === 'secret_ending' && step !== row.step;
    if (isFurther) tell({ noticeId: row._id, kind, phase: 'again', step, words });
    if (row.clearSince === null && !isFurther) return null;
    return { ...row, clearSince: null, step: isFurther ? step : row.step, subject: words.subject };
  }

  function fades(row: NoticeRow): NoticeRow[] {
    const isOff = off.includes(row.kind);
    const isOther = conditions.some(({ kind }) => kind === row.kind) && row.kind !== 'secret_ending';
    if (row.clearSince === null && !isOff) return [{ ...row, clearSince: now }];
    const isSettled = row.clearSince !== null && now.getTime() - row.clearSince.getTime() >= SETTLED_MS;
    if (!isSettled && !isOff && !isOther) return [];
    const { open: _open, ...ended } = { ...row, endedAt: now };
    // What went with a digest is not in the next one's list of what is open: that tells its end.
    if (isSettled && !isOff && row.told === 'alone') {
      const words = resolvedWords(row, input.saying);
      tell({ noticeId: row._id, kind: row.kind, phase: 'resolved', step: 'resolved', words });
    }
    return [ended];
  }

  function tell(one: Told): boolean {
    const isTold = limit.take(one.words.subject);
    if (isTold) told.push(one);
    return isTold;
  }
}
