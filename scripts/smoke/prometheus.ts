import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectFolder } from '../../src/config/project-folder.js';
import { SECOND_MS } from '../../src/kernel/clock.js';
import type { Trial } from '../kill/trial.js';
import { freePort } from '../stage/free-port.js';
import { waitUntil } from '../stage/wait-until.js';

interface Scraping {
  readonly folder: string;
  readonly path: string;
  readonly children: Set<number>;
}

const SCRAPED_WITHIN_MS = 60 * SECOND_MS;

const targetsSchema = z.object({ data: z.object({ activeTargets: z.array(z.object({ health: z.string() })) }) });
const rulesSchema = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })) }),
});

/** Starts Prometheus with the shipped rules on the processes that run, until each is scraped and each rule evaluated. */
export async function prometheusScrapes(
  { ships, signal }: Trial,
  { folder, path, children }: Scraping,
): Promise<{ detail?: string; skipped?: string }> {
  if (spawnSync('prometheus', ['--version'], { env: { PATH: path } }).error)
    return { skipped: 'prometheus is not on the PATH' };
  const port = await freePort();
  await writeFile(join(folder, 'alerts.yml'), await readFile(join(projectFolder(), 'deploy', 'alerts.yml')));
  await writeFile(join(folder, 'prometheus.json'), configOf(ships));
  const args = [
    ...[`--config.file=${join(folder, 'prometheus.json')}`, `--storage.tsdb.path=${join(folder, 'prometheus')}`],
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn('prometheus', args, { stdio: 'ignore', env: { PATH: path } });
  const ended = once(child, 'exit');
  if (child.pid) children.add(child.pid);
  const ask = async (what: string) => (await fetch(`http://127.0.0.1:${port}/api/v1/${what}`)).json();
  try {
    const areUp = async () => {
      const { activeTargets } = targetsSchema.parse(await ask('targets').catch(() => EMPTY)).data;
      return activeTargets.length === ships.length && activeTargets.every(({ health }) => health === 'up');
    };
    await waitUntil(areUp, { for: 'scraped processes', limitMs: SCRAPED_WITHIN_MS, everyMs: 200, signal });
    const evaluated = async () => {
      const rules = rulesSchema.parse(await ask('rules')).data.groups.flatMap((group) => group.rules);
      return rules.length > 0 && rules.every(({ health }) => health === 'ok') ? rules.length : null;
    };
    const rules = await waitUntil(evaluated, { for: 'rules', limitMs: SCRAPED_WITHIN_MS, everyMs: 200, signal });
    return { detail: `${ships.length} processes scraped, ${rules} rules evaluated` };
  } finally {
    child.kill('SIGTERM');
    await ended;
    if (child.pid) children.delete(child.pid);
  }
}

const EMPTY = { data: { activeTargets: [] } };

/** JSON is YAML: the shipped rules, and the processes where they are. */
function configOf(ships: Trial['ships']): string {
  const static_configs = ships.map(({ role, opsPort }) => ({ targets: [`127.0.0.1:${opsPort}`], labels: { role } }));
  const global = { scrape_interval: '1s', evaluation_interval: '1s' };
  return JSON.stringify({
    global,
    rule_files: ['alerts.yml'],
    scrape_configs: [{ job_name: 'gethomesafe', static_configs }],
  });
}
