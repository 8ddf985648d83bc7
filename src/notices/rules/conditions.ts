import { DAY_MS } from '../../kernel/clock.js';
import type { NoticeKind, NoticeRow } from '../types.js';

/** How an enterprise stands, as other parts know it. */
export interface Facts {
  /** A tenant is connected, and somebody wants it worked on: nothing is paused or switched off. */
  readonly isWorked: boolean;
  /** What keeps us out of the tenant; null: we are let in. */
  readonly fault: { readonly code: string; readonly message: string } | null;
  /**
   * The last runs that say something of the sync, the newest first: not the dry ones, and none that ended skipped,
   * cancelled or by a fault of the connection.
   */
  readonly runs: readonly RunFact[];
  readonly held: { readonly count: number; readonly since: Date | null };
  /** Calendars that could not be verified for longer than the settings allow; null: calendars are not synced. */
  readonly staleCalendars: number | null;
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

/** over: it is mended; unknown: nothing can be said of it now; dropped: nobody looks for it any more. */
export type Unseen = 'over' | 'unknown' | 'dropped';

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

/**
 * What it means that an open trouble is not seen. Of what a fault of the connection hides, and of a sync that has not
 * ended otherwise yet, nothing is known: it neither begins nor ends. What somebody paused, disconnected or switched off
 * is dropped without a word: it was not mended.
 */
export function unseen(facts: Facts, { kind, episode }: Pick<NoticeRow, 'kind' | 'episode'>): Unseen {
  const { isWorked, fault, runs, staleCalendars, credentials } = facts;
  switch (kind) {
    case 'sync_failing':
      if (!isWorked) return 'dropped';
      return fault !== null || runs.length === 0 ? 'unknown' : 'over';
    case 'consent_lost':
      return isWorked ? 'over' : 'dropped';
    case 'calendars_stale':
      if (!isWorked || staleCalendars === null) return 'dropped';
      return fault === null ? 'over' : 'unknown';
    case 'secret_ending':
      return credentials.some(({ of }) => purposeOf(of) === purposeOf(episode)) ? 'over' : 'dropped';
    case 'changes_held':
    case 'problems_digest':
      return 'over';
  }
}

/** What a credential is for: proving itself as a client, or opening notifications. */
function purposeOf(credential: string): string | undefined {
  return credential.split(' ')[0];
}

/** Where we are not let in every sync fails: one of the two is told. */
function ofConnection({ isWorked, fault, runs }: Facts): Condition[] {
  if (!isWorked) return [];
  if (fault !== null) return [{ kind: 'consent_lost', identity: null, step: fault.code, detail: fault }];
  const [last] = runs;
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
  if (!isWorked || fault !== null || !count) return [];
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
