import { rm } from 'node:fs/promises';

/** Stops the run's mongod and removes its folder. */
export default async function globalTeardown() {
  const { server, dataDir } = globalThis.ghsTestMongod ?? {};
  if (server === undefined) return;
  await server.detach();
  await rm(dataDir, { recursive: true, force: true });
}
