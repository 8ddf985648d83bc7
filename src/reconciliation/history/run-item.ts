import { problemSubject } from '../../projection/plan.js';
import type { RunProblemRow } from '../../records/problems/run-problems.js';
import type { LedgerRow } from '../../records/types.js';
import type { RunItemRow } from '../types.js';

/** One line of a run: what it did to a person, or would do in a dry run, or what stood in the way. */
export interface RunItem {
  /** Object id in Entra; the id of the record for people who have none. */
  readonly person: string;
  /** Name or address of the person as it is now; null where nothing is known of them any more. */
  readonly label: string | null;
  readonly kind: LedgerRow['kind'] | RunItemRow['kind'];
  readonly field?: string;
  readonly team?: string;
  readonly activity?: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly why: string;
  readonly result: 'ok' | 'warning' | 'error';
  /** Of a problem, with its words and whether it is open still; dry runs open none. Or how it differs from a plan. */
  readonly code?: string;
  readonly message?: string;
  readonly remedy?: string;
  readonly isOpen?: boolean;
  /** When it was written or met; null in a dry run. */
  readonly at: Date | null;
}

export type Unlabelled = Omit<RunItem, 'label'>;

export const ITEMS_ABOUT = ['users', 'teams', 'activities', 'problems'] as const;
/** What items are about: people themselves, their teams, their activities, or what stood in the way. */
export type ItemAbout = (typeof ITEMS_ABOUT)[number];

export const WRITTEN_KINDS: Readonly<Record<Exclude<ItemAbout, 'problems'>, readonly LedgerRow['kind'][]>> = {
  users: ['create', 'update', 'archive', 'restore', 'link', 'remove'],
  teams: ['join', 'leave'],
  activities: ['activity_create', 'activity_update', 'activity_cancel'],
};

export const PLANNED_KINDS: Readonly<Record<ItemAbout, readonly RunItemRow['kind'][]>> = {
  users: ['create', 'update', 'archive', 'restore'],
  teams: ['join', 'leave'],
  activities: ['activity_create', 'activity_update', 'activity_cancel'],
  problems: ['problem'],
};

export function writtenItem(entry: LedgerRow): Unlabelled {
  const { objectId, userId, kind, field, teamId, activityId, before, after, why, at } = entry;
  const about = {
    ...(field === null ? {} : { field }),
    ...(teamId === null ? {} : { team: teamId }),
    ...(activityId === undefined ? {} : { activity: activityId }),
  };
  return { person: objectId ?? userId, kind, ...about, before, after, why, result: 'ok', at };
}

export function metItem(row: RunProblemRow): Unlabelled {
  const { objectId, code, severity, message, remedy, at } = row;
  const words = { code, message, remedy };
  return {
    ...{ person: objectId, kind: 'problem', ...problemSubject(row), before: null, after: code },
    ...{ why: `${message} ${remedy}`, result: severity, ...words, at },
  };
}

export function plannedItem(row: RunItemRow): Unlabelled {
  const { person, kind, field, team, activity, before, after, why, severity, result } = row;
  const about = {
    ...(field === undefined ? {} : { field }),
    ...(team === undefined ? {} : { team }),
    ...(activity === undefined ? {} : { activity }),
  };
  const problem = kind === 'problem' ? { code: String(after), message: why } : {};
  const differs = result === undefined ? {} : { code: result };
  const seen = result === undefined ? (severity ?? 'ok') : 'warning';
  return { person, kind, ...about, before, after, why, result: seen, ...problem, ...differs, at: null };
}
