import { startEmbedded } from '../../src/store/embedded/start-embedded.js';

/**
 * A process of its own that attaches to a data folder, says so in one JSON line and detaches when its stdin ends:
 * `node --import tsx attached-process.ts DATA_DIR CACHE_DIR`.
 */
async function main(dataDir: string, cacheDir: string): Promise<void> {
  const mongod = { binary: process.env['MONGOD_BINARY'], path: process.env['PATH'] ?? '', cacheDir };
  const server = await startEmbedded({ dataDir, mongod });
  process.stdout.write(`${JSON.stringify({ pid: server.pid, port: server.port, uri: server.uri })}\n`);
  for await (const _ of process.stdin);
  await server.detach();
}

const [dataDir = '', cacheDir = ''] = process.argv.slice(2);
void main(dataDir, cacheDir);
