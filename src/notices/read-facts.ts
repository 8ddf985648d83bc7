import { type Clock, hoursBefore } from '../kernel/clock.js';
import type { Calendars } from '../mirror/calendars-store.js';
import type { OwnCredential } from '../reconciliation/doctor/credential-left.js';
import { credentialEnds } from '../reconciliation/doctor/credential-left.js';
import { RUNS, type RunRow } from '../reconciliation/types.js';
import { DECISIONS, type DecisionRow, PROBLEMS, type ProblemRow } from '../records/types.js';
import type { Store } from '../store/connect.js';
import { CONNECTION_CODES } from '../tenancy/run-marks.js';
import { CALENDAR_STALE_HOURS, isSyncOn } from '../tenancy/settings/integration-settings.js';
import { INTEGRATIONS, type IntegrationRow } from '../tenancy/types.js';
import type { Facts, RunFact } from './rules/conditions.js';
import type { ProblemsOfKind } from './rules/digest.js';

export interface FactsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly mirror: { readonly calendars: Pick<Calendars, 'staleCount'> };
  readonly credential: OwnCredential;
}

/** So many of the last runs are looked at. */
const RUNS_SEEN = 3;
const NOTHING: Facts = {
  ...{ isWorked: false, fault: null, runs: [], staleCalendars: null, credentials: [] },
  held: { count: 0, since: null },
};

/** How the installation stands: what it proves itself to Microsoft with. */
export function installationFacts({ credential }: Pick<FactsDeps, 'credential'>): Facts {
  return {
    ...NOTHING,
    isWorked: true,
    credentials: credentialEnds(credential).map(({ of, at }) => ({ of, endsAt: at })),
  };
}

/** How an enterprise stands, with the zone of its schedule. */
export async function enterpriseFacts(
  deps: FactsDeps,
  enterpriseId: string,
): Promise<{ readonly facts: Facts; readonly zone: string } | null> {
  const row = await deps.store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId });
  if (row === null) return null;
  const isConnected = row.connection === 'connected' || row.connection === 'error';
  const isWorked = isConnected && isSyncOn(row);
  const facts = {
    ...{ ...NOTHING, isWorked },
    fault: row.connection === 'error' ? row.lastError : null,
    runs: isWorked ? await lastRuns(deps, row) : [],
    held: await heldOf(deps, enterpriseId),
    staleCalendars: isWorked ? await staleOf(deps, row) : null,
  };
  return { facts, zone: row.settings.zone };
}

async function lastRuns({ store }: FactsDeps, { _id, tenantId }: IntegrationRow): Promise<RunFact[]> {
  const ended = {
    status: { $in: ['succeeded', 'succeeded_with_errors', 'failed'] satisfies RunRow['status'][] },
    code: { $nin: [...CONNECTION_CODES] },
  };
  const rows = await store
    .collection<RunRow>(RUNS)
    .find({ enterpriseId: _id, tenantId: tenantId ?? '', dry: false, ...ended })
    .sort({ requestedAt: -1 })
    .limit(RUNS_SEEN)
    .toArray();
  return rows.map(({ _id: id, status, code, message, counts }) => {
    const failed = counts.failed + (counts.calendarsFailed ?? 0);
    // What the limit holds is told as that.
    const hasErrors = status === 'succeeded_with_errors' && failed > 0;
    return { id, code, message, failed, end: status === 'failed' ? 'failed' : hasErrors ? 'with_errors' : 'good' };
  });
}

async function heldOf({ store }: FactsDeps, enterpriseId: string): Promise<Facts['held']> {
  const decisions = store.collection<DecisionRow>(DECISIONS);
  const held = { enterpriseId, verdict: 'held' as const };
  const first = await decisions.findOne(held, { sort: { at: 1 } });
  return first === null ? { count: 0, since: null } : { count: await decisions.countDocuments(held), since: first.at };
}

function staleOf({ mirror, clock }: FactsDeps, { tenantId, settings }: IntegrationRow) {
  const { calendarSync = false, calendarStaleHours = CALENDAR_STALE_HOURS } = settings;
  if (!calendarSync || tenantId === null) return null;
  return mirror.calendars.staleCount(tenantId, hoursBefore(clock.now(), calendarStaleHours));
}

/** The problems that are shown, by kind, and how many of them were not when the last digest went out. */
export function problemsByKind(
  { store }: Pick<FactsDeps, 'store'>,
  { enterpriseId, since, until }: { enterpriseId: string; since: Date | null; until: Date },
): Promise<ProblemsOfKind[]> {
  const isFresh = since === null ? 1 : { $cond: [{ $gt: ['$visibleAt', since] }, 1, 0] };
  return store
    .collection<ProblemRow>(PROBLEMS)
    .aggregate<ProblemsOfKind>([
      { $match: { enterpriseId, visibleAt: { $lte: until } } },
      { $group: { _id: '$code', count: { $sum: 1 }, fresh: { $sum: isFresh } } },
      { $project: { _id: 0, code: '$_id', count: 1, fresh: 1 } },
      { $sort: { code: 1 } },
    ])
    .toArray();
}
