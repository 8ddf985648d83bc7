import type { Document, Filter } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { LEDGER, type LedgerRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { type InstantPage, instantPage } from '../../store/pages/instant-pages.js';
import { SETTINGS_CHANGES, type SettingsChangeRow } from '../../tenancy/types.js';
import { RUNS, type RunRow } from '../types.js';

/** From `since` up to, not including, `until`. */
export interface Period {
  readonly since?: Date;
  readonly until?: Date;
}

/** A person as the ledger knows them: the id of the record, or the object id of somebody without one. */
export type LedgerPerson = { readonly userId: string } | { readonly objectId: string };

export interface LedgerWanted extends Period {
  readonly person?: LedgerPerson;
  /** Only what this run wrote. */
  readonly runId?: string;
}

export interface PageWanted extends Period {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** What was done in an enterprise, in pages for people and as a stream for exports. */
export interface History {
  /** Newest first. */
  settings(enterpriseId: string, wanted: PageWanted): Promise<InstantPage<SettingsChangeRow>>;
  /** Newest first. */
  ledger(enterpriseId: string, wanted: PageWanted & { person?: LedgerPerson }): Promise<InstantPage<LedgerRow>>;
  /** Oldest first, straight from the database. */
  allSettings(enterpriseId: string, period: Period): AsyncIterable<SettingsChangeRow>;
  allLedger(enterpriseId: string, wanted: LedgerWanted): AsyncIterable<LedgerRow>;
  allRuns(enterpriseId: string, period: Period): AsyncIterable<RunRow>;
}

export function createHistory({ store }: { store: Store }): History {
  const settings = store.collection<SettingsChangeRow>(SETTINGS_CHANGES);
  const ledger = store.collection<LedgerRow>(LEDGER);
  const runs = store.collection<RunRow>(RUNS);
  return {
    settings: (enterpriseId, { limit, after, ...period }) => {
      const filter = { enterpriseId, ...within('at', period) };
      return instantPage(settings, { filter, order: 'newest_first', limit, after });
    },
    ledger: (enterpriseId, { limit, after, person, ...period }) => {
      const filter: Filter<LedgerRow> = { enterpriseId, ...person, ...within('at', period) };
      return instantPage(ledger, { filter, order: 'newest_first', limit, after });
    },
    allSettings: (enterpriseId, period) => settings.find({ enterpriseId, ...within('at', period) }).sort({ at: 1 }),
    allLedger: (enterpriseId, { person, runId, ...period }) => {
      // The type again: without it MongoDB does not see that the partial index has them all.
      const ofRun = runId === undefined ? {} : { 'cause.runId': { $eq: runId, $type: 'string' } };
      return ledger.find({ enterpriseId, ...person, ...ofRun, ...within('at', period) }).sort({ at: 1 });
    },
    allRuns: (enterpriseId, period) =>
      runs.find({ enterpriseId, ...within('requestedAt', period) }).sort({ requestedAt: 1 }),
  };
}

function within(field: string, period: Period): Document {
  const { since, until } = checkedPeriod(period);
  if (since === undefined && until === undefined) return {};
  return { [field]: { ...(since ? { $gte: since } : {}), ...(until ? { $lt: until } : {}) } };
}

/** The period, refused where it ends before it begins. */
export function checkedPeriod({ since, until }: Period): Period {
  if (since && until && since.getTime() >= until.getTime()) {
    const text = 'The period ends before it begins: until has to be after since.';
    throw new AppError('invalid_period', text, { field: 'until' });
  }
  return { ...(since ? { since } : {}), ...(until ? { until } : {}) };
}
