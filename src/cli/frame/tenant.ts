import { AppError } from '../../kernel/app-error.js';
import type { Cli } from './cli.js';

export interface EnterpriseTenant {
  readonly enterpriseId: string;
  readonly tenantId: string;
}

/** The enterprise with its Entra tenant; refused where none is connected. */
export async function tenantOf(cli: Cli, named: string | undefined): Promise<EnterpriseTenant> {
  const { integrations } = await cli.services();
  const enterpriseId = await cli.enterpriseId(named);
  const { tenantId } = await integrations.getIntegration(enterpriseId);
  if (tenantId !== null) return { enterpriseId, tenantId };
  const text = 'This enterprise is not connected to Microsoft Entra ID: use "ghs integration connect" first.';
  throw new AppError('not_connected', text, { status: 409 });
}
