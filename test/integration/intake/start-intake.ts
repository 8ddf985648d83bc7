import { Writable } from 'node:stream';
import { CHANGE_COLLECTIONS, CHANGE_INDEXES } from '../../../src/changes/change-indexes.js';
import { type Changes, createChanges } from '../../../src/changes/create-changes.js';
import { createApp } from '../../../src/http/create-app.js';
import { listen } from '../../../src/http/listen.js';
import { COMMIT_LIMITS, createCommitGroup } from '../../../src/intake/commit-group.js';
import { createEndpointSpeed } from '../../../src/intake/endpoint-speed.js';
import { createIntakeRouter, INTAKE_LIMIT_MS } from '../../../src/intake/intake-router.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createMetrics } from '../../../src/kernel/metrics.js';
import { connectStore } from '../../../src/store/connect.js';
import { ensureCollections, ensureIndexes } from '../../../src/store/indexes.js';
import { type CutOffProxy, startCutOffProxy } from '../../support/cut-off-proxy.js';
import { openTestStore } from '../../support/database.js';
import { secrets } from '../../unit/intake/notification-builders.js';

const PATIENT_MS = 120_000;

export interface StartedIntake {
  readonly url: string;
  /** Past the proxy. */
  readonly databaseUri: string;
  /** The set as the owner of a tenant sees it, over a connection of its own. */
  readonly changes: Changes;
  /** Between the intake and its database. */
  readonly proxy: CutOffProxy;
  readonly logged: Record<string, unknown>[];
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The real router in the real application on a real port, over a database that can be cut off.
 * @param options.isPatient  a slow machine may take its time: no time is up within a test
 */
export async function startIntake({ isPatient = false } = {}): Promise<StartedIntake> {
  const limitMs = isPatient ? PATIENT_MS : INTAKE_LIMIT_MS;
  const limits = isPatient ? { ...COMMIT_LIMITS, staleMs: PATIENT_MS, heldUpMs: PATIENT_MS } : COMMIT_LIMITS;
  const database = await openTestStore();
  await ensureCollections(database.store, CHANGE_COLLECTIONS);
  await ensureIndexes(database.store, CHANGE_INDEXES);
  const server = new URL(database.uri.replace('mongodb:', 'http:'));
  const proxy = await startCutOffProxy({ host: server.hostname, port: Number(server.port) });
  const uri = `mongodb://127.0.0.1:${proxy.port}${server.pathname}?directConnection=true`;

  const logged: Record<string, unknown>[] = [];
  const log = createLog('info', sinkTo(logged));
  const store = await connectStore({ uri, log, answerTimeoutMs: isPatient ? PATIENT_MS : 1_500 });
  const parts = { clock: systemClock, chance: systemChance };
  const changes = createChanges({ store, ...parts });
  const metrics = createMetrics();
  const commitGroup = createCommitGroup({
    note: (notes, withinMs) => changes.note(notes, { withinMs }),
    clock: systemClock,
    limits,
  });
  const speed = createEndpointSpeed({ clock: systemClock, log, metrics });
  const intake = createIntakeRouter({ secrets, commitGroup, log, metrics, speed, limitMs, ...parts });
  const app = createApp({ intake, routers: [], log, trustProxy: 1 });
  const listening = await listen(app, { port: 0, host: '127.0.0.1', clock: systemClock });

  return {
    url: `http://127.0.0.1:${listening.port}`,
    databaseUri: database.uri,
    changes: createChanges({ store: database.store, ...parts }),
    proxy,
    logged,
    metrics: () => metrics.metrics(),
    stop: async () => {
      await listening.close();
      await proxy.close();
      await store.close();
      await database.drop();
    },
  };
}

function sinkTo(lines: Record<string, unknown>[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
}
