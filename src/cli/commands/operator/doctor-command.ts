import type { Command } from 'commander';
import { z } from 'zod';
import type { MicrosoftServices } from '../../../compose.js';
import { messageOf } from '../../../kernel/app-error.js';
import { table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';

type Finding = Awaited<ReturnType<MicrosoftServices['doctor']['examine']>>[number];

/** `doctor`. */
export function addDoctorCommand(program: Command, cli: Cli): void {
  leaf(program, cli, {
    name: 'doctor',
    about: 'Check the configuration, the database, our own address, the tenant, what Graph told, and each permission.',
    schema: z.object({ enterprise: z.string().optional() }),
    run: async ({ enterprise }) => {
      const findings = await examine(cli, enterprise);
      const ok = findings.every((finding) => finding.ok);
      const rows = findings.map((finding) => [finding.ok ? 'ok' : 'NOT OK', finding.id, finding.detail]);
      return { document: { ok, checks: findings }, lines: table(['', 'check', 'found'], rows), hasFindings: !ok };
    },
  });
}

async function examine(cli: Cli, enterprise: string | undefined): Promise<Finding[]> {
  const configuration = await looked('configuration', async () => `Graph at ${cli.config().graphBaseUrl}`);
  const opened = await looked('database', async () => {
    await cli.services();
    return 'reached';
  });
  if (!configuration.ok || !opened.ok) return [configuration, opened];
  const { doctor } = await cli.microsoft();
  const onCheck = (id: string) => cli.say(`Checking ${id}`);
  return [configuration, ...(await doctor.examine({ enterpriseId: () => cli.enterpriseId(enterprise), onCheck }))];
}

async function looked(id: string, look: () => Promise<string>): Promise<Finding> {
  return look().then(
    (detail) => ({ id, ok: true, detail }),
    (error: unknown) => ({ id, ok: false, detail: messageOf(error) }),
  );
}
