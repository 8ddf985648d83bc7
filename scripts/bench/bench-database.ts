import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../src/config/project-folder.js';
import { startEmbedded } from '../../src/store/embedded/start-embedded.js';
import type { BenchDeps } from './report.js';

export interface BenchDatabase {
  readonly uri: string;
  /** Version of mongod. */
  readonly version: string;
}

/**
 * A mongod of the benchmark's own in a temporary folder, gone afterwards.
 *
 * @param folder  where that is made: the system's for temporary files unless told
 */
export async function withBenchDatabase<T>(
  deps: Pick<BenchDeps, 'environment' | 'say' | 'signal'>,
  work: (database: BenchDatabase) => Promise<T>,
  folder = tmpdir(),
): Promise<T> {
  const dataDir = await mkdtemp(join(folder, 'ghs-bench-'));
  try {
    const server = await startEmbedded({
      dataDir,
      mongod: {
        binary: deps.environment['MONGOD_BINARY'],
        path: deps.environment['PATH'] ?? '',
        cacheDir: join(projectFolder(), '.cache', 'mongod'),
        report: deps.say,
      },
    });
    try {
      return await Promise.race([work(server), stopped(deps.signal)]);
    } finally {
      await server.detach();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
