import { AppError } from '../../kernel/app-error.js';

export interface KnownTenantDeps {
  /** The enterprise of a tenant, connected or not. */
  readonly integrations: { ofTenant(tenantId: string): Promise<unknown> };
  readonly rows: { ofTenant(tenantId: string): Promise<readonly unknown[]> };
}

/** Refuses a tenant of which nothing is here: neither an enterprise nor a subscription. @throws AppError tenant_unknown */
export async function requireKnownTenant({ integrations, rows }: KnownTenantDeps, tenantId: string): Promise<void> {
  if ((await rows.ofTenant(tenantId)).length > 0 || (await integrations.ofTenant(tenantId))) return;
  const text = `No enterprise has the tenant ${tenantId}, and it has no subscription here. Compare the Tenant GUID.`;
  throw new AppError('tenant_unknown', text, { status: 404, field: 'tenantId' });
}
