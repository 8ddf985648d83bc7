import { z } from 'zod';
import { AppError } from '../../../src/kernel/app-error.js';
import type { Stage } from '../start-stage.js';
import { browse, type Credentials } from './browser.js';

const idSchema = z.object({ id: z.string() });

export interface ConnectedTenant {
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly foreignTenantId: string;
  readonly administrator: Credentials;
}

/** Makes the enterprise and connects its tenant as an administrator does: sign-in, consent, connected. */
export async function connectTenant({ ghs, simulator, signal }: Stage): Promise<ConnectedTenant> {
  const [tenant, foreign] = [...simulator.world.tenants.values()];
  const [account] = tenant?.administrators ?? [];
  if (!tenant || !foreign || !account) throw new AppError('no_tenant', 'The simulator has too few tenants.');
  const [username, { password }] = account;
  const { id: enterpriseId } = await ghs(idSchema, 'enterprise', 'create', '--name', tenant.displayName);
  const ticket = z.object({ url: z.string(), tenantId: z.string() });
  const { url } = await ghs(ticket, 'integration', 'connect', '--tenant', tenant.id.toUpperCase());
  const last = await browse(url, { username, password }, signal);
  if (last.status !== 200 || last.forms !== 2) {
    const text = `The sign-in ended at ${new URL(last.url).pathname} with ${last.status} "${last.title}".`;
    throw new AppError('not_connected', `${text} It wanted ${last.forms} forms filled in.`);
  }
  const { connection } = await ghs(z.object({ connection: z.string() }), 'integration', 'status');
  if (connection !== 'connected') throw new AppError('not_connected', `The connection is "${connection}".`);
  return { enterpriseId, tenantId: tenant.id, foreignTenantId: foreign.id, administrator: { username, password } };
}
