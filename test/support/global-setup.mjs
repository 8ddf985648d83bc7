import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { tsImport } from 'tsx/esm/api';
import { chromium } from './portal/chromium.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const prefix = 'ghs-test-';

/**
 * One embedded mongod for the whole run; without one no test runs, because a stand-in would prove nothing. The browser
 * is looked for too: where there is none, its tests fail with what to do.
 */
export default async function globalSetup() {
  await removeOrphans();
  const dataDir = await mkdtemp(join(tmpdir(), prefix));
  const server = await start(dataDir);
  await keepEverything(server.uri);
  process.env.GHS_TEST_MONGODB_URI = server.uri;
  process.env.GHS_TEST_MONGOD_VERSION = server.version;
  globalThis.ghsTestMongod = { server, dataDir };
  const { path, why } = chromium();
  if (path === null) process.env.GHS_TEST_CHROMIUM_WHY = why;
  else process.env.GHS_TEST_CHROMIUM = path;
}

async function start(dataDir) {
  const { startEmbedded } = await load('start-embedded');
  return startEmbedded({
    dataDir,
    mongod: {
      binary: process.env.MONGOD_BINARY,
      path: process.env.PATH ?? '',
      cacheDir: join(root, '.cache', 'mongod'),
      report: (line) => process.stderr.write(`${line}\n`),
    },
  });
}

/** MongoDB removes rows of a certain age by the clock on the wall, and in tests it is another time. */
async function keepEverything(uri) {
  const client = await MongoClient.connect(uri);
  await client.db('admin').command({ setParameter: 1, ttlMonitorEnabled: false });
  await client.close();
}

/** A run that was ended by a signal never came to its teardown; its mongod goes on until somebody stops it. */
async function removeOrphans() {
  const { livingOf, readMongodFile } = await load('mongod-file');
  const { isRunning } = await load('process-identity');
  for (const name of (await readdir(tmpdir())).filter((entry) => entry.startsWith(prefix))) {
    const dataDir = join(tmpdir(), name);
    const known = await readMongodFile(join(dataDir, 'mongod.json'));
    // Without a pid it is being made or removed by a run that is alive.
    if (known === null || known.pid === null || (await livingOf(known)).length > 0) continue;
    if (await isRunning(known.pid, known.births[known.pid])) await (await start(dataDir)).detach();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Jest's module mapping does not reach this file, so the sources are loaded by tsx. */
function load(module) {
  return tsImport(`../../src/store/embedded/${module}.ts`, import.meta.url);
}
