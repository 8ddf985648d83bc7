import type { ClientSession } from 'mongodb';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Store } from '../store/connect.js';
import type { InstantPage } from '../store/pages/instant-pages.js';
import { CHANGE_OUTCOMES, CHANGES, type ChangeDocument, type OutcomeDocument } from './change-document.js';
import {
  type CountWanted,
  failedOf,
  findChange,
  type ListWanted,
  listChanges,
  oldestOpened,
  oldestOpenMs,
  openCount,
  type TakeWanted,
  type TenantDue,
  type TenantsDueWanted,
  takeDue,
  tenantsDue,
  tenantsWithOpenChanges,
  type WaitingWanted,
  waitingCount,
} from './change-queries.js';
import { changeStats } from './change-stats.js';
import { closeChanges } from './close-changes.js';
import { closeForeign, type ForeignWanted } from './close-foreign.js';
import { LATENCIES, type LatencyHour } from './latency/latency-hours.js';
import { type NoteOptions, noteChanges } from './note-changes.js';
import { deferChanges, parkChanges, type RetryWanted, retryParked } from './set-aside.js';
import type { ChangeRow, ChangeStats, Closing, Deferral, Note, Parking } from './types.js';

/** The set of things that may have changed: noted by anybody, taken and closed by the tenant's owner. */
export interface Changes {
  /** Merged per thing, one bulk; outside a session written by the majority and in the journal when it returns. */
  note(notes: readonly Note[], options?: NoteOptions): Promise<void>;
  /**
   * What is due and open: gone first, then told by Graph, then the rest; oldest first. Where nothing is, parked changes
   * whose next try has come.
   */
  takeDue(wanted: TakeWanted): Promise<readonly ChangeRow[]>;
  /** Which of these tenants have something due of which of these kinds. */
  tenantsDue(wanted: TenantsDueWanted): Promise<readonly TenantDue[]>;
  /** Ends changes by their marks inside the caller's transaction; returns the ids that were ended (law L5). */
  close(session: ClientSession, closings: readonly Closing[]): Promise<readonly string[]>;
  defer(deferrals: readonly Deferral[], session?: ClientSession): Promise<void>;
  park(parkings: readonly Parking[], session?: ClientSession): Promise<void>;
  /** Opens parked changes again; returns how many. */
  retry(wanted: RetryWanted): Promise<number>;
  stats(tenantId?: string): Promise<ChangeStats>;
  /** The one change of a thing, open or parked; null where there is none. */
  find(of: Pick<ChangeRow, 'tenantId' | 'kind' | 'objectId'>, session?: ClientSession): Promise<ChangeRow | null>;
  list(wanted: ListWanted): Promise<InstantPage<ChangeRow>>;
  oldestOpenMs(tenantId: string, now: Date): Promise<number | null>;
  /** By tenant: when its oldest open change was opened; those without one are left out. */
  oldestOpened(tenantIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  tenantsWithOpenChanges(): Promise<readonly string[]>;
  /** Without parked ones; with `dueBy` also without those put off to a later time. */
  openCount(wanted: CountWanted, options?: { dueBy?: Date }): Promise<number>;
  /** People whom a run noted and who could not be worked off yet. */
  failedOf(of: { readonly tenantId: string; readonly runId: string }): Promise<readonly ChangeRow[]>;
  /** What of a kind is parked, and what is open but put off to a later time. */
  waiting(of: WaitingWanted): Promise<{ readonly parked: number; readonly putOff: number }>;
  /** Ends what is left of tenants that are not connected; returns how many changes. */
  closeForeign(wanted: ForeignWanted): Promise<number>;
}

export function createChanges(deps: { store: Store; clock: Clock; chance: Chance }): Changes {
  const changes = deps.store.collection<ChangeDocument>(CHANGES);
  const outcomes = deps.store.collection<OutcomeDocument>(CHANGE_OUTCOMES);
  const latencies = deps.store.collection<LatencyHour>(LATENCIES);
  const parts = { ...deps, changes, outcomes, latencies };

  return {
    note: (notes, options) => noteChanges(parts, notes, options),
    takeDue: (wanted) => takeDue(changes, wanted),
    tenantsDue: (wanted) => tenantsDue(changes, wanted),
    close: (session, closings) => closeChanges(parts, session, closings),
    defer: (deferrals, session) => deferChanges(changes, deferrals, session),
    park: (parkings, session) => parkChanges(parts, parkings, session),
    retry: (wanted) => retryParked(parts, wanted),
    stats: (tenantId) => changeStats(parts, tenantId),
    find: (of, session) => findChange(changes, of, session),
    list: (wanted) => listChanges(changes, wanted),
    oldestOpenMs: (tenantId, now) => oldestOpenMs(changes, tenantId, now),
    oldestOpened: (tenantIds) => oldestOpened(changes, tenantIds),
    tenantsWithOpenChanges: () => tenantsWithOpenChanges(changes),
    openCount: (wanted, options) => openCount(changes, wanted, options),
    failedOf: (of) => failedOf(changes, of),
    waiting: (of) => waitingCount(changes, of),
    closeForeign: (wanted) => closeForeign(parts, wanted),
  };
}
