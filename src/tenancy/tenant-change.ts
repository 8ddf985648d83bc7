import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import type { TenantDeps } from './tenancy-deps.js';
import type { IntegrationRow } from './types.js';

/** What entering another Tenant GUID would end: to be told before it is saved (E77). */
export interface TenantChange {
  readonly from: string;
  readonly to: string;
  readonly mappingsCleared: number;
  /** The same in words. */
  readonly message: string;
}

/** The tenant whose groups the mappings are about, connected now or before. */
export function tenantBefore(row: IntegrationRow): string | null {
  return row.tenantId ?? row.formerTenantId ?? null;
}

/** The tenant that was proved last. One that was only entered is nobody's. */
export function provedTenant(row: IntegrationRow): string | null {
  return row.proof === null ? (row.lastProvedTenantId ?? null) : row.tenantId;
}

/** What would come of entering this tenant; null where nothing that counts would be lost. */
export function tenantChangeOf(row: IntegrationRow, to: string): TenantChange | null {
  const from = tenantBefore(row);
  if (from === null || from === to) return null;
  const mappingsCleared = row.settings.mappings.length;
  const isConnected = row.connection === 'connected' || row.connection === 'error';
  if (!isConnected && mappingsCleared === 0 && row.lastSyncAt === null) return null;
  const message = [
    `This enterprise belongs to the tenant ${from} until now. Changing to ${to} clears ${counted(mappingsCleared)},`,
    'whose groups belong to the former tenant. People who came from it stay as they are, but are no longer kept in',
    'step; people of the new tenant whose address one of them has are refused with duplicate_email until support',
    'merges the two.',
  ].join(' ');
  return { from, to, mappingsCleared, message };
}

/** Nothing is saved before somebody who knows what it means says so. */
export function unconfirmed({ message }: TenantChange): AppError {
  const mend =
    'If that is meant, confirm it with --change-tenant. What came from calendars and has not begun stays, unless ' +
    '--calendar-activities cancel says otherwise.';
  return new AppError('tenant_change_unconfirmed', `${message} ${mend}`, { status: 409, field: 'tenantId' });
}

/** Nobody learns whose it is (E76). */
export function tenantTaken(): AppError {
  const message =
    'This Entra tenant, or people who came from it, belong to another enterprise already. Contact GetHomeSafe support.';
  return new AppError('tenant_taken', message, { status: 409, field: 'tenantId' });
}

/**
 * Refuses a tenant that another enterprise has disconnected and keeps people of (E78): they stay that enterprise's, and
 * one directory person is one record, so that nobody of them could be made here.
 */
export async function refuseForeign(
  { tenantLinks }: Pick<TenantDeps, 'tenantLinks'>,
  of: { readonly enterpriseId: string; readonly tenantId: string },
  session: ClientSession,
): Promise<void> {
  if (await tenantLinks.ofOthers(of, session)) throw tenantTaken();
}

function counted(mappings: number): string {
  return mappings === 1 ? '1 team mapping' : `${mappings} team mappings`;
}
