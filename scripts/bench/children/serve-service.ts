import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { endWithParent } from './end-with-parent.js';

// Entry of a child process: the service as `npm start` runs it, which tells its parent when it is ready; asked later,
// what it holds: memory that a collection of garbage leaves, CPU time so far, and what keeps the process busy, by kind.
endWithParent();
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
process.on('message', () => {
  collectGarbage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const { user, system } = process.cpuUsage();
  process.send?.({ heapUsed: process.memoryUsage().heapUsed, cpuMs: (user + system) / 1_000, resources });
});
await import('../../../src/main.js');
