import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One embedded mongod for the whole run; without one no test runs, because a stand-in would prove nothing. */
export default async function globalSetup() {
  // Jest's module mapping does not reach this file, so the source is loaded by tsx.
  const { startEmbedded } = await tsImport('../../src/store/embedded/start-embedded.ts', import.meta.url);
  const dataDir = await mkdtemp(join(tmpdir(), 'ghs-test-'));
  const server = await startEmbedded({
    dataDir,
    mongod: {
      binary: process.env.MONGOD_BINARY,
      path: process.env.PATH ?? '',
      cacheDir: join(root, '.cache', 'mongod'),
      report: (line) => process.stderr.write(`${line}\n`),
    },
  });
  process.env.GHS_TEST_MONGODB_URI = server.uri;
  process.env.GHS_TEST_MONGOD_VERSION = server.version;
  globalThis.ghsTestMongod = { server, dataDir };
}
