import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import { raiseFence } from '../store/fence.js';
import { withNextSync } from './settings/integration-settings.js';
import { audit, inTransaction, type TenancyDeps } from './tenancy-deps.js';
import { INTEGRATIONS, type IntegrationRow } from './types.js';

/** What a step makes of an integration, with its line for the audit log. */
export interface IntegrationChange {
  readonly next: IntegrationRow;
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface ChangeRequest {
  readonly enterpriseId: string;
  /** Who did it, for the audit log. */
  readonly by: string;
  /** Looks at the row inside the transaction; null leaves it as it is. Repeatable. */
  decide(row: IntegrationRow, session: ClientSession): Promise<IntegrationChange | null> | IntegrationChange | null;
}

/**
 * The one way in which an integration is changed: read, decided, written, fenced (law L3) and audited in one
 * transaction, with Next Sync following along. Answers the row as it is afterwards.
 */
export async function changeIntegration(deps: TenancyDeps, request: ChangeRequest): Promise<IntegrationRow> {
  const { enterpriseId, by } = request;
  const integrations = deps.store.collection<IntegrationRow>(INTEGRATIONS);
  return inTransaction(deps, async (session) => {
    const row = await integrations.findOne({ _id: enterpriseId }, { session });
    if (row === null) throw unknownEnterprise(enterpriseId);
    const change = await request.decide(row, session);
    if (change === null) return row;
    const next = withNextSync(change.next, row, deps.clock.now());
    await raiseFence(deps.store, session, enterpriseId);
    await integrations.replaceOne({ _id: enterpriseId }, next, { session });
    const { what, before, after } = change;
    await audit(deps, session, { enterpriseId, who: by, what, before, after });
    return next;
  });
}

export async function readIntegration(deps: TenancyDeps, enterpriseId: string): Promise<IntegrationRow> {
  const row = await deps.store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId });
  if (row === null) throw unknownEnterprise(enterpriseId);
  return row;
}

export function unknownEnterprise(enterpriseId: string): AppError {
  const message = `There is no enterprise ${enterpriseId}.`;
  const command = 'ghs enterprise list';
  return new AppError('enterprise_not_found', message, { status: 404, field: 'enterpriseId', command });
}
