import { z } from 'zod';
import { INSTALLATION } from '../../compose/notices.js';
import type { Cli } from './cli.js';
import { ofEnterprise } from './option-values.js';
import { UsageError } from './usage-error.js';

/** What a command takes that is about an enterprise or about the installation. */
export const whose = { ...ofEnterprise, installation: z.boolean().optional() };
export const INSTALLATION_OPTION = [
  '--installation',
  'those of the installation, which are for its operators',
] as const;

/** Under which id it is kept. */
export async function idOfWhose(
  cli: Cli,
  { enterprise, installation = false }: { enterprise?: string | undefined; installation?: boolean | undefined },
): Promise<string> {
  if (installation && enterprise !== undefined) {
    throw new UsageError('Give --enterprise or --installation, not both.', 'installation');
  }
  return installation ? INSTALLATION : cli.enterpriseId(enterprise);
}
