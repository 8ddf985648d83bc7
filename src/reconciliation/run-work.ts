import { GraphFailure } from '../graph/graph-failure.js';
import { AppError, messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Store } from '../store/connect.js';
import { isDatabaseFault } from '../store/transaction.js';
import { runFailureOf } from '../sync/admission/run-failure.js';
import { SwitchedOff } from '../sync/admission/switched-off.js';
import { LeaseLost } from '../sync/lease.js';
import type { Owner, OwnerWork } from '../sync/owner.js';
import { createSharedLook } from '../sync/pacing/shared-look.js';
import type { DryRun } from './dry-run.js';
import type { FullRun } from './full-run.js';
import { type MayRun, SWITCHED_OFF } from './may-run.js';
import { type RunEnd, type RunWrites, UNDER_WAY } from './run-writes.js';
import type { Runs } from './runs.js';
import { RUNS, type RunRow } from './types.js';

const POLL_MS = 250;
/** Lost groups are thought of this often. */
const LOST_GROUPS_MS = 5_000;

export interface RunWorkDeps {
  readonly store: Store;
  readonly runs: Runs;
  readonly runWrites: RunWrites;
  readonly fullRun: FullRun;
  readonly dryRun: DryRun;
  readonly clock: Clock;
  readonly log: Log;
  readonly mayRun: MayRun;
  lookForLostGroups(owner: Owner): Promise<void>;
  /** Where an administrator of the tenant consents to the application. */
  consentUrl(enterpriseId: string): Promise<string>;
  /** A token holds the permissions of when it was issued: a run begins with a fresh one. */
  forgetToken(tenantId: string): void;
  /** Keeps the reason why the last run failed, for the page (S31). */
  keepError(owner: Owner, error: { code: string; message: string }): Promise<void>;
}

/** Works the runs of a tenant one after the other; a run that a former owner left is begun again with its settings. */
export function createRunWork(deps: RunWorkDeps): OwnerWork {
  const { runs, clock, log } = deps;
  const faults = new Map<string, number>();
  const rows = deps.store.collection<RunRow>(RUNS);
  const underWay = (enterpriseIds: readonly string[]) =>
    rows.distinct('enterpriseId', { enterpriseId: { $in: [...enterpriseIds] }, status: UNDER_WAY });
  const untilAsked = createSharedLook({ clock, everyMs: POLL_MS, find: underWay });
  return {
    name: 'runs',
    run: async (owner) => {
      while (!owner.signal.aborted) {
        // For a moment after a change of tenant the former one still has its owner, who must not read the new one's groups.
        const next = (await runs.pending(owner.enterpriseId)).find(({ tenantId }) => tenantId === owner.tenantId);
        if (next) await execute(owner, next);
        else {
          await deps.lookForLostGroups(owner);
          await untilAsked(owner.enterpriseId, owner.signal, LOST_GROUPS_MS);
        }
      }
    },
  };

  async function execute(owner: Owner, run: RunRow): Promise<void> {
    const { enterpriseId, tenantId } = owner;
    try {
      await deps.mayRun(enterpriseId, { dry: run.dry });
      if (run.status === 'queued') deps.forgetToken(tenantId);
      if (run.dry) await deps.dryRun.execute(owner, run);
      else await deps.fullRun.execute(owner, run);
    } catch (error) {
      if (owner.signal.aborted) throw error;
      const end = endOf(error) ?? afterFaults(run, error);
      if (!end) throw error;
      const { code } = end;
      const message = code === 'app_not_consented' ? await withLink(owner, end.message) : end.message;
      // Before the run shows as ended: who waited for it finds the reason.
      if (end.status === 'failed' && !run.dry && code && message) await deps.keepError(owner, { code, message });
      await deps.runWrites.finish(owner, run._id, { ...end, message });
    }
    faults.delete(run._id);
    const ended = await runs.get(run._id);
    const { status, code, counts, writes } = ended ?? run;
    log.info({ event: 'run.ended', tenantId, runId: run._id, dry: run.dry, status, code, counts, writes }, 'run ended');
  }

  /** Whoever reads it can do something at once (E75). */
  async function withLink({ enterpriseId }: Owner, message: string | null): Promise<string> {
    return `${message} Consent is given at: ${await deps.consentUrl(enterpriseId)}`;
  }

  /** The database and the lease mend themselves or go to another process: whoever works then goes on with the run. */
  function afterFaults(run: RunRow, error: unknown): RunEnd | null {
    if (isDatabases(error) || error instanceof LeaseLost) return null;
    const count = (faults.get(run._id) ?? 0) + 1;
    faults.set(run._id, count);
    if (count < FAULTS_MOST) return null;
    log.error({ event: 'run.fault', tenantId: run.tenantId, runId: run._id, error: messageOf(error) }, 'run given up');
    const message = `GetHomeSafe itself failed. Nothing more is changed by this run; contact support with its id, ${run._id}.`;
    return { status: 'failed', code: 'internal', message };
  }
}

/** Also where the database was busy until its writer gave up. */
function isDatabases(error: unknown): boolean {
  return isDatabaseFault(error) || (error instanceof AppError && isDatabaseFault(error.cause));
}

/** A fault of ours that comes back each time must not keep the enterprise from syncing for ever. */
const FAULTS_MOST = 3;

/** What a failure means for the run; null: it is ours and the run is tried again. */
function endOf(error: unknown): RunEnd | null {
  const isOff = error instanceof AppError && SWITCHED_OFF.has(error.code);
  if (error instanceof SwitchedOff || isOff) {
    const message = 'The run was ended: the sync was switched off, paused or disconnected.';
    return { status: 'cancelled', code: 'cancelled', message };
  }
  if (error instanceof AppError && !isDatabases(error)) {
    const status = error.code === 'no_group_mapping' ? 'skipped' : 'failed';
    return { status, code: error.code, message: error.message };
  }
  return error instanceof GraphFailure ? { status: 'failed', ...runFailureOf(error) } : null;
}
