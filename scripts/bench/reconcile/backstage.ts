import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { SimulatedTenant } from '../children/simulated-tenant.js';
import { forkAndWait } from '../children/start-child.js';
import type { BenchDeps } from '../report.js';

const INSTALL_WITHIN_MS = 300_000;
const READ_WITHIN_MS = 900_000;

const doneSchema = z.object({ tookMs: z.number(), users: z.number(), groups: z.number() });
export type BackstageRead = z.infer<typeof doneSchema>;

/**
 * Installs Backstage's msgraph module into its own folder, unless it is there: a package of its own, because nothing
 * else needs it. False, with the reason told, where it cannot be had.
 */
export async function installBackstage({ say, environment }: BenchDeps): Promise<boolean> {
  const folder = peersFolder();
  if (existsSync(join(folder, 'node_modules', '@backstage', 'plugin-catalog-backend-module-msgraph'))) return true;
  say('installing the peer into scripts/bench/peers (once)');
  try {
    const options = { cwd: folder, timeout: INSTALL_WITHIN_MS, env: { ...environment } };
    await promisify(execFile)('npm', ['ci', '--ignore-scripts'], options);
    return true;
  } catch (error) {
    say(`The peer could not be installed, so that it is left out: ${firstLine(error)}`);
    return false;
  }
}

/** Reads the tenant as Backstage does, in a process of its own; the time without that process's start. */
export async function readAsBackstage(tenant: SimulatedTenant, { environment }: BenchDeps): Promise<BackstageRead> {
  const args = [`${tenant.url}/v1.0`, tenant.tenantId, await tenant.token()];
  const child = await forkAndWait(join(peersFolder(), 'read-msgraph.mjs'), { args, inherit: environment });
  try {
    return doneSchema.parse(await child.ask({ read: true }, READ_WITHIN_MS));
  } finally {
    await child.stop();
  }
}

/** In the sources, also when the benchmark runs from `dist`. */
function peersFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, 'scripts', 'bench', 'peers');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
