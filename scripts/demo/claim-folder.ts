import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../src/kernel/app-error.js';
import { livingOf, readMongodFile } from '../../src/store/embedded/mongod-file.js';
import { birthOf, isRunning, signalIfThere } from '../../src/store/embedded/process-identity.js';

const noteSchema = z.object({ pid: z.number().int().positive(), birth: z.string() });

/** Makes the data folder ours: refused while others use its database; a service left by a killed demo is ended. */
export async function claimFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const known = await readMongodFile(join(dataDir, 'mongod.json'));
  const users = known === null ? [] : await livingOf(known);
  if (users.length > 0) {
    const text = `Processes ${users.join(', ')} use ${dataDir}. End them, or choose another folder with DATA_DIR.`;
    throw new AppError('data_dir_in_use', text, { field: 'DATA_DIR' });
  }
  const note = await readFile(noteFile(dataDir), 'utf8').catch(() => null);
  const parsed = noteSchema.safeParse(note === null ? null : parsedJson(note));
  if (parsed.success && (await isRunning(parsed.data.pid, parsed.data.birth))) {
    signalIfThere(parsed.data.pid, 'SIGKILL');
  }
}

/** Keeps which process is the service, for a demo that comes after this one was killed. */
export async function noteService(dataDir: string, pid: number): Promise<void> {
  await writeFile(noteFile(dataDir), `${JSON.stringify({ pid, birth: await birthOf(pid) })}\n`);
}

function noteFile(dataDir: string): string {
  return join(dataDir, 'demo-service.json');
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
