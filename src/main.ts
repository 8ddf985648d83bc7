import { setFlagsFromString } from 'node:v8';
import { startService } from './compose/service.js';
import { openServices } from './compose.js';
import { describeConfig } from './config/describe-config.js';
import { parseConfig } from './config/parse-config.js';
import { AppError, stackOf } from './kernel/app-error.js';
import { SECOND_MS } from './kernel/clock.js';
import { createLog } from './kernel/log.js';
import { createStopping } from './kernel/stopping.js';

/**
 * Left alone V8 lets the garbage of a run grow to three times what is alive before it looks. Each process of a tenant
 * pays for that all day; a little more looking during a run costs less (docs/performance.md).
 */
const LESS_GARBAGE = '--heap-growing-percent=40';

/** Entry of the service: configuration, database, roles; then it runs until it is told to stop. */
async function main(): Promise<void> {
  setFlagsFromString(LESS_GARBAGE);
  const config = parseConfig(process.env);
  const log = createLog(config.logLevel);
  log.info({ event: 'service.configured', config: describeConfig(config) }, 'configured');
  const stopping = createStopping(log);
  let stops = 0;
  const stop = (signal: NodeJS.Signals) => {
    stops += 1;
    // A second signal means now: whatever is under way is safe to cut, because nothing acknowledged is in memory only.
    if (stops > 1) process.exit(1);
    log.info({ event: 'service.stopping', signal }, 'stopping');
    void stopping.stop().then((clean) => process.exit(clean ? 0 : 1));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  const report = (line: string) => log.info({ event: 'store.starting' }, line);
  const services = await openServices(config, { log, path: process.env['PATH'] ?? '', report });
  stopping.add({ name: 'database', limitMs: 20 * SECOND_MS, stop: () => services.close() });
  try {
    await startService(services, { config, stopping });
  } catch (error) {
    // What was taken is given back, and an embedded MongoDB does not go on for nobody.
    await stopping.stop();
    throw error;
  }
  // A parent that started us as a child is told the moment we are ready.
  process.send?.({ ready: true });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? error.message : stackOf(error)}\n`);
  process.exit(1);
});
