import type { ClientSession } from 'mongodb';
import { raiseFence } from '../store/fence.js';
import { raiseLive } from '../store/live.js';
import { unknownEnterprise } from './change-integration.js';
import { settingsInEffect } from './settings/integration-settings.js';
import type { TenancyDeps } from './tenancy-deps.js';
import { INTEGRATIONS, type IntegrationRow, type IntegrationSettings } from './types.js';

/** Faults of the connection itself: until one is mended, every run fails alike (S32, S34). */
export const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'tenant_not_found',
  'app_not_consented',
  'permission_denied',
  'subscription_inactive',
]);

/** How a run ended, as far as the integration shows it. A skipped or cancelled run shows nothing (E71). */
export type RunEnd =
  | { readonly outcome: 'updated' }
  | { readonly outcome: 'failed'; readonly code: string; readonly message: string }
  | { readonly outcome: 'skipped' | 'cancelled' };

/** What runs leave on the integration. */
export interface RunMarks {
  /** Pins the settings for the run that begins and for notifications after it (law L14), in the caller's transaction. */
  beginRunSettings(
    session: ClientSession,
    enterpriseId: string,
  ): Promise<
    IntegrationRow & { readonly inEffect: { readonly revision: number; readonly settings: IntegrationSettings } }
  >;
  /** Last Sync moves on success only; a failure leaves its reason (S31). Nothing happens when the tenant is another by now. */
  completeRun(
    session: ClientSession,
    run: { readonly enterpriseId: string; readonly tenantId: string; readonly end: RunEnd },
  ): Promise<void>;
  /** Says that the tenant does not let us in, until a sync succeeds or the owner is let in again (`admitted`). */
  held(
    session: ClientSession,
    of: { readonly enterpriseId: string; readonly tenantId: string; readonly code: string; readonly message: string },
  ): Promise<void>;
  admitted(session: ClientSession, of: { readonly enterpriseId: string; readonly tenantId: string }): Promise<void>;
  /** Takes a due instant: only one of all who saw it gets the row; null for the others (law L13). */
  moveNextSync(
    move: { readonly enterpriseId: string; readonly seen: Date; readonly next: Date | null },
    session?: ClientSession,
  ): Promise<IntegrationRow | null>;
}

export function createRunMarks(deps: TenancyDeps): RunMarks {
  const integrations = deps.store.collection<IntegrationRow>(INTEGRATIONS);

  return { beginRunSettings, completeRun, held, admitted, moveNextSync };

  async function held(
    session: ClientSession,
    {
      enterpriseId,
      tenantId,
      code,
      message,
    }: { enterpriseId: string; tenantId: string; code: string; message: string },
  ): Promise<void> {
    const filter = { _id: enterpriseId, tenantId, connection: { $in: CONNECTED } };
    const lastError = { code, message, at: deps.clock.now() };
    raiseLive(session, enterpriseId, 'changes');
    await integrations.updateOne(filter, { $set: { lastError, connection: 'error' } }, { session });
  }

  async function admitted(session: ClientSession, of: { enterpriseId: string; tenantId: string }): Promise<void> {
    raiseLive(session, of.enterpriseId, 'changes');
    const filter = { _id: of.enterpriseId, tenantId: of.tenantId, connection: 'error' as const };
    await integrations.updateOne(filter, { $set: { lastError: null, connection: 'connected' } }, { session });
  }

  async function beginRunSettings(session: ClientSession, enterpriseId: string) {
    const row = await integrations.findOne({ _id: enterpriseId }, { session });
    if (row === null) throw unknownEnterprise(enterpriseId);
    const inEffect = { revision: row.revision, settings: settingsInEffect(row.settings) };
    raiseLive(session, enterpriseId, 'runs');
    await raiseFence(deps.store, session, enterpriseId);
    await integrations.updateOne({ _id: enterpriseId }, { $set: { inEffect } }, { session });
    return { ...row, inEffect };
  }

  async function completeRun(
    session: ClientSession,
    run: { enterpriseId: string; tenantId: string; end: RunEnd },
  ): Promise<void> {
    const filter = { _id: run.enterpriseId, tenantId: run.tenantId, connection: { $in: CONNECTED } };
    const at = deps.clock.now();
    raiseLive(session, run.enterpriseId, 'changes');
    switch (run.end.outcome) {
      case 'updated': {
        const set = { lastSyncAt: at, lastError: null, connection: 'connected' as const };
        await integrations.updateOne(filter, { $set: set }, { session });
        await integrations.updateOne({ ...filter, firstSyncAt: null }, { $set: { firstSyncAt: at } }, { session });
        return;
      }
      case 'failed': {
        const { code, message } = run.end;
        const connection = CONNECTION_CODES.has(code) ? { connection: 'error' as const } : {};
        await integrations.updateOne(
          filter,
          { $set: { lastError: { code, message, at }, ...connection } },
          { session },
        );
        return;
      }
      case 'skipped':
      case 'cancelled':
        return;
    }
  }

  async function moveNextSync(
    move: { enterpriseId: string; seen: Date; next: Date | null },
    session?: ClientSession,
  ): Promise<IntegrationRow | null> {
    return integrations.findOneAndUpdate(
      { _id: move.enterpriseId, nextSyncAt: move.seen },
      { $set: { nextSyncAt: move.next } },
      { returnDocument: 'after', ...(session === undefined ? {} : { session }) },
    );
  }
}

const CONNECTED = ['connected' as const, 'error' as const];
