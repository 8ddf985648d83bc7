import { DAY_MS } from '../../kernel/clock.js';
import { CONNECTION_CODES } from '../../tenancy/run-marks.js';
import type { NoticeKind } from '../types.js';

/** How an enterprise stands, as other parts know it. */
export interface Facts {
  /** A tenant is connected, and somebody wants it worked on: nothing is paused or switched off. */
  readonly isWorked: boolean;
  /** What keeps us out of the tenant; null: we are let in. */
  readonly fault: { readonly code: string; readonly message: string } | null;
  /** Runs that did not end skipped or cancelled, dry ones left out, the newest first. */
  readonly runs: readonly RunFact[];
  readonly held: { readonly count: number; readonly since: Date | null };
  /** Calendars that could not be verified for longer than the settings allow. */
  readonly staleCalendars: number;
  /** What proves this installation to Microsoft, with its end; of the installation only. */
  readonly credentials: readonly { readonly of: string; readonly endsAt: Date }[];
}

export interface RunFact {
  readonly id: string;
  readonly end: 'failed' | 'with_errors' | 'good';
  readonly code: string | null;
  readonly message: string | null;
  /** People and calendars that could not be brought in step. */
  readonly failed: number;
}

/** A trouble that stands now. */
export interface Condition {
  readonly kind: Exclude<NoticeKind, 'problems_digest'>;
  /** What tells it from a later one of its kind; null: nothing does. */
  readonly identity: string | null;
  readonly step: string;
  readonly detail: Detail;
}

export interface Detail {
  readonly code?: string | null;
  readonly message?: string | null;
  readonly count?: number;
  /** Of a credential. */
  readonly of?: string;
  readonly days?: number;
  readonly runId?: string;
}

/** So many runs in a row with errors are a failing sync. Our choice. */
const ERRORS_IN_A_ROW = 3;
/** Days before the end of a credential at which its end is told, the nearest first; below the last it has ended. */
const TOLD_DAYS = [1, 7, 14, 30];

/** Everything that is wrong now; nothing that follows from something else that is told. */
export function conditionsOf(facts: Facts, now: Date): Condition[] {
  return [...ofConnection(facts), ...ofHeld(facts), ...ofCalendars(facts), ...ofCredentials(facts, now)];
}

/** Kinds of which nothing can be said now: they are hidden by a fault of the connection. */
export function hiddenKinds({ fault }: Facts): NoticeKind[] {
  return fault === null ? [] : ['sync_failing', 'calendars_stale'];
}

/** Kinds that end without a word where nothing is worked on: somebody paused it, or the tenant is disconnected. */
export function endedKinds({ isWorked }: Facts): NoticeKind[] {
  return isWorked ? [] : ['sync_failing', 'consent_lost', 'calendars_stale'];
}

/** Where we are not let in every sync fails: one of the two is told. */
function ofConnection({ isWorked, fault, runs }: Facts): Condition[] {
  if (!isWorked) return [];
  if (fault !== null) return [{ kind: 'consent_lost', identity: null, step: fault.code, detail: fault }];
  const [last] = runs;
  // We are let in again: what failed for that reason is mended, whether or not a sync has run since.
  if (last?.end === 'failed' && CONNECTION_CODES.has(last.code ?? '')) return [];
  if (last?.end === 'failed') {
    const { code, message, id: runId } = last;
    return [{ kind: 'sync_failing', identity: runId, step: 'failed', detail: { code, message, runId } }];
  }
  const row = runs.slice(0, ERRORS_IN_A_ROW);
  if (last === undefined || row.length < ERRORS_IN_A_ROW || row.some(({ end }) => end === 'good')) return [];
  const detail = { count: last.failed, runId: last.id };
  return [{ kind: 'sync_failing', identity: null, step: 'with_errors', detail }];
}

function ofHeld({ held: { count, since } }: Facts): Condition[] {
  if (count === 0) return [];
  return [{ kind: 'changes_held', identity: since?.toISOString() ?? null, step: 'held', detail: { count } }];
}

function ofCalendars({ isWorked, fault, staleCalendars: count }: Facts): Condition[] {
  if (!isWorked || fault !== null || count === 0) return [];
  return [{ kind: 'calendars_stale', identity: null, step: 'stale', detail: { count } }];
}

function ofCredentials({ credentials }: Facts, now: Date): Condition[] {
  const ending = credentials.flatMap(({ of, endsAt }): Condition[] => {
    const leftMs = endsAt.getTime() - now.getTime();
    const near = TOLD_DAYS.find((most) => leftMs <= most * DAY_MS);
    if (near === undefined) return [];
    const identity = `${of} ${endsAt.toISOString().slice(0, 10)}`;
    const days = Math.max(0, Math.floor(leftMs / DAY_MS));
    return [{ kind: 'secret_ending', identity, step: leftMs <= 0 ? 'ended' : `${near}`, detail: { of, days } }];
  });
  // Two certificates that end on the same day are told as one.
  return [...new Map(ending.map((each) => [each.identity, each])).values()];
}
