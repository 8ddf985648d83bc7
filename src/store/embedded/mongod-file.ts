import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { birthOf, isRunning } from './process-identity.js';

const schema = z.object({
  /** Of mongod; null while none runs. */
  pid: z.number().int().positive().nullable(),
  port: z.number().int().positive(),
  version: z.string().default(''),
  /** Pids that use it; one that attached twice is in twice. */
  attached: z.array(z.number().int().positive()).default([]),
  /** By pid, what tells it from a later process with the same number. */
  births: z.record(z.string(), z.string()).default({}),
});

/** `DATA_DIR/mongod.json`: which mongod serves the folder and who uses it. */
export type MongodFile = z.infer<typeof schema>;

/** What the file says, or null when it is missing or unreadable, which is what a dead run may leave. */
export async function readMongodFile(file: string): Promise<MongodFile | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Replaces the file in one step; births are taken anew from the pids in it. */
export async function writeMongodFile(file: string, content: Omit<MongodFile, 'births'>): Promise<void> {
  const births: Record<string, string> = {};
  for (const pid of [...content.attached, ...(content.pid === null ? [] : [content.pid])]) {
    births[pid] = await birthOf(pid);
  }
  const next = `${file}.${process.pid}.new`;
  await writeFile(next, `${JSON.stringify({ ...content, births }, null, 2)}\n`);
  await rename(next, file);
}

/** The attached pids that still run. */
export async function livingOf(content: MongodFile): Promise<number[]> {
  const living: number[] = [];
  for (const pid of content.attached) {
    if (await isRunning(pid, content.births[pid] ?? '')) living.push(pid);
  }
  return living;
}
