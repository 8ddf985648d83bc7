import { MINUTE_MS } from '../../kernel/clock.js';
import type { NoticeKind, NoticeRow, NoticeStateRow, Phase, Words } from '../types.js';
import type { Condition, Unseen } from './conditions.js';
import { createLimit, type Limit } from './limit.js';
import { resolvedWords, type Saying, wordsOf } from './words.js';

/** A trouble of which nothing is seen for so long is over; until then it may come back without being told again. */
const SETTLED_MS = 10 * MINUTE_MS;
/** Told at once, however much was told before: without these nothing is kept in step. Their ends can wait. */
const URGENT: readonly NoticeKind[] = ['consent_lost', 'secret_ending'];

export interface DecideInput {
  readonly enterpriseId: string;
  readonly saying: Saying;
  readonly conditions: readonly Condition[];
  /** Those that are open, and those of before whose episode could be one of the conditions'. */
  readonly known: readonly NoticeRow[];
  /** Kinds that nobody wants to be told: they end without a word. */
  readonly off: readonly NoticeKind[];
  /** What it means that an open one is none of the conditions. */
  readonly unseen: (row: NoticeRow) => Unseen;
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

/** Only the days that are left of a credential are told again. */
function isFurther(row: NoticeRow, { kind, step }: Condition): boolean {
  return kind === 'secret_ending' && step !== row.step;
}

/**
 * What begins, goes on and ends, and what of it is told (pure). What there is no room for is not given up: it stays as
 * it is, and the next look tries again.
 */
export function decide(input: DecideInput): Decided {
  const { known, off, unseen, now } = input;
  const conditions = input.conditions.filter(({ kind }) => !off.includes(kind));
  const open = known.filter((row) => row.open).toSorted((a, b) => a.beganAt.getTime() - b.beganAt.getTime());
  const limit = createLimit(input.state, now);
  const told: Told[] = [];
  const seen = new Set<Condition>();
  // The oldest first, and what is new last: nothing waits for room for ever.
  const older = open.map((row) => {
    const condition = conditions.find((each) => sameTrouble(row, each));
    if (condition) seen.add(condition);
    return condition ? goesOn(row, condition) : fades(row);
  });
  const begun = conditions.filter((each) => !seen.has(each)).map(begins);
  return { rows: [...older, ...begun].filter((row) => row !== null), told, state: limit.state() };

  function begins(condition: Condition): NoticeRow | null {
    const { kind, step, identity } = condition;
    const { enterpriseId, saying } = input;
    const episode = identity ?? now.toISOString();
    const _id = `${enterpriseId}:${kind}:${episode}`;
    const before = known.find((row) => row._id === _id);
    if (before && !isFurther(before, condition)) return null;
    // It was over, or nobody wanted to be told, and it comes further all the same.
    if (before) return goesOn({ ...before, open: true, endedAt: null }, condition);
    const words = wordsOf(condition, saying);
    const row = { ...{ _id, enterpriseId, kind, episode, step, beganAt: now }, clearSince: null, endedAt: null };
    const isTold = tell({ noticeId: _id, kind, phase: 'began', step, words });
    return { ...row, open: true, subject: words.subject, told: isTold ? 'alone' : 'with_digest' };
  }

  function goesOn(row: NoticeRow, condition: Condition): NoticeRow | null {
    const { step, kind } = condition;
    const words = wordsOf(condition, input.saying);
    const phase = row.told === 'alone' ? 'again' : 'began';
    const isDue = phase === 'began' || isFurther(row, condition);
    const isTold = isDue && tell({ noticeId: row._id, kind, phase, step, words });
    if (row.clearSince === null && !isTold) return null;
    const after = { ...row, clearSince: null, subject: words.subject };
    return isTold ? { ...after, step, told: 'alone' } : after;
  }

  function fades(row: NoticeRow): NoticeRow | null {
    const what = off.includes(row.kind) ? 'dropped' : unseen(row);
    const { open: _open, ...ended } = { ...row, endedAt: now };
    if (what === 'dropped') return ended;
    if (what === 'unknown') return null;
    if (row.clearSince === null) return { ...row, clearSince: now };
    const isSettled = now.getTime() - row.clearSince.getTime() >= SETTLED_MS;
    const isOther = conditions.some(({ kind }) => kind === row.kind) && row.kind !== 'secret_ending';
    if (!isSettled && !isOther) return null;
    if (row.told !== 'alone') limit.keep(row.subject);
    else if (isSettled && !tellEnd(row) && !isOther) return null;
    return ended;
  }

  function tellEnd(row: NoticeRow): boolean {
    const words = resolvedWords(row, input.saying);
    return tell({ noticeId: row._id, kind: row.kind, phase: 'resolved', step: row.step, words });
  }

  function tell(one: Told): boolean {
    const isTold = limit.take(one.phase !== 'resolved' && URGENT.includes(one.kind));
    if (isTold) told.push(one);
    return isTold;
  }
}
