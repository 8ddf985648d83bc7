import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemChance } from '../../src/kernel/chance.js';

/** APP_SECRET of the demo, made once and kept in the data folder for its owner's eyes only. */
export async function keptAppSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'app-secret');
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (kept !== '') return kept;
  const secret = systemChance.token(32);
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
