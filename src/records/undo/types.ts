import type { ActivityRow } from '../activities/types.js';
import type { ActEntry } from '../people/person-acts.js';
import type { LedgerRow, UserRow } from '../types.js';

/** One person with what the sync wrote about them. */
export interface UndoQuestion {
  readonly user: UserRow | null;
  /** What is to be undone, newest first. */
  readonly entries: readonly LedgerRow[];
  /** Organisation of each team that exists, by the team's id. */
  readonly organisationOf: ReadonlyMap<string, string>;
  /** Addresses that somebody else keeps. */
  readonly takenEmailKeys: ReadonlySet<string>;
  /** In the field, or perhaps missing: neither archived nor taken from the leaders who get the alerts (E10). */
  readonly isOut: boolean;
  /** Activities of the person, by id. */
  readonly activities: ReadonlyMap<string, ActivityRow>;
  readonly now: Date;
}

export interface UndoneEntry extends ActEntry {
  readonly undoes: string;
}

/** What stays as it is, and why. */
export interface UndoSkip {
  readonly entry: LedgerRow;
  readonly why: string;
}

export interface UndoPlan {
  /** null: the record goes, because the sync had made it. */
  readonly user: UserRow | null;
  readonly entries: readonly UndoneEntry[];
  /** What goes along with what is undone: activities to come are cancelled with an archive. */
  readonly besides: readonly ActEntry[];
  /** Activities as they are from now on. */
  readonly activities: readonly ActivityRow[];
  readonly skipped: readonly UndoSkip[];
  /** Source values that are declined from now on, so that the next read does not bring them back. */
  readonly declined: readonly { readonly subject: string; readonly valueHash: string }[];
}

/** A step back: the user afterwards and the entry of it, or why it cannot be taken. */
export type Step =
  | { readonly user: UserRow | null; readonly entry: ActEntry; readonly besides?: readonly ActivityStep[] }
  | { readonly why: string };

/** An activity that goes along with its person, and the entry of it. */
export interface ActivityStep {
  readonly activity: ActivityRow;
  readonly entry: ActEntry;
}

/** Why something is left alone that somebody has touched. */
export const CHANGED = 'It has changed since.';
