import { GraphFailure } from '../graph/graph-failure.js';
import { TokenFailure } from '../graph/tokens/token-failure.js';
import { AppError, messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Owner, OwnerWork } from '../sync/owner.js';
import type { DryRun } from './dry-run.js';
import type { FullRun } from './full-run.js';
import { mayRun, RunCancelled, type RunEnd, type Runs } from './runs.js';
import type { RunRow } from './types.js';

const POLL_MS = 250;

export interface RunWorkDeps {
  readonly runs: Runs;
  readonly fullRun: FullRun;
  readonly dryRun: DryRun;
  readonly clock: Clock;
  readonly log: Log;
  integration(enterpriseId: string): Promise<Parameters<typeof mayRun>[0]>;
  /** A token holds the permissions of when it was issued: a run begins with a fresh one. */
  forgetToken(tenantId: string): void;
  /** Keeps the reason why the last run failed, for the page (S31). */
  keepError(owner: Owner, error: { code: string; message: string }): Promise<void>;
}

/** Works the runs of a tenant one after the other; a run that a former owner left is gone on with at its phase. */
export function createRunWork(deps: RunWorkDeps): OwnerWork {
  const { runs, clock, log } = deps;
  return {
    name: 'runs',
    run: async (owner) => {
      while (!owner.signal.aborted) {
        const [next] = await runs.pending(owner.enterpriseId);
        if (next) await execute(owner, next);
        else await clock.sleep(POLL_MS, owner.signal);
      }
    },
  };

  async function execute(owner: Owner, run: RunRow): Promise<void> {
    const { enterpriseId, tenantId } = owner;
    try {
      mayRun(await deps.integration(enterpriseId));
      if (run.status === 'queued') deps.forgetToken(tenantId);
      if (run.dry) await deps.dryRun.execute(owner, run);
      else await deps.fullRun.execute(owner, run);
    } catch (error) {
      if (owner.signal.aborted) throw error;
      const end = endOf(error);
      if (!end) throw error;
      const { code, message } = end;
      // Before the run shows as ended: who waited for it finds the reason.
      if (end.status === 'failed' && !run.dry && code && message) await deps.keepError(owner, { code, message });
      await runs.finish(run._id, end);
    }
    const ended = await runs.get(run._id);
    const { status, code, counts, writes } = ended ?? run;
    log.info({ event: 'run.ended', tenantId, runId: run._id, dry: run.dry, status, code, counts, writes }, 'run ended');
  }
}

/** What a failure means for the run; null: it is ours and the run is tried again from its phase. */
function endOf(error: unknown): RunEnd | null {
  if (error instanceof RunCancelled)
    return {
      status: 'cancelled',
      code: 'cancelled',
      message: 'The run was ended: the sync was switched off or paused.',
    };
  if (error instanceof AppError) {
    const status = error.code === 'no_group_mapping' ? 'skipped' : 'failed';
    return { status, code: error.code, message: error.message };
  }
  if (error instanceof GraphFailure) return { status: 'failed', code: codeOf(error), message: messageOf(error) };
  return null;
}

function codeOf(failure: GraphFailure): string {
  // Without a token nothing was asked of Graph: Entra's reason is the one to show (S32, S34).
  if (failure.cause instanceof TokenFailure) return codeOfToken(failure.cause);
  switch (failure.kind) {
    case 'denied':
      return 'permission_denied';
    case 'throttled':
    case 'quota':
      return 'throttled';
    case 'unavailable':
      return 'network';
    case 'not_found':
    case 'gone':
    case 'rejected':
    case 'conflict':
      return 'internal';
  }
}

function codeOfToken({ kind }: TokenFailure): string {
  switch (kind) {
    case 'tenant_not_found':
    case 'app_not_consented':
    case 'throttled':
      return kind;
    case 'unreachable':
      return 'network';
    case 'app_disabled':
      return 'subscription_inactive';
    case 'secret_wrong':
    case 'secret_expired':
    case 'certificate_wrong':
    case 'rejected':
      return 'internal';
  }
}
