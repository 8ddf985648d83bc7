import express, { type Express } from 'express';
import { createChanges } from '../../../src/changes/create-changes.js';
import { createApp } from '../../../src/http/create-app.js';
import { createCommitGroup } from '../../../src/intake/commit-group.js';
import { createIntakeRouter } from '../../../src/intake/intake-router.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createMetrics } from '../../../src/kernel/metrics.js';
import { connectStore } from '../../../src/store/connect.js';
import { BENCH_CLIENT_STATE, BENCH_SECRETS } from './notification-bodies.js';

export type Candidate = 'floor' | 'peer' | 'ours';

/** Collection in which the peer stores what it receives. */
export const PEER_COLLECTION = 'peerNotifications';

const PATH = '/graph/notifications';
const JSON_LIMIT = '8mb';

/** Builds the application of a candidate. */
export function appOf(candidate: Candidate, uri: string): Promise<Express> | Express {
  switch (candidate) {
    case 'floor':
      return floor();
    case 'peer':
      return peer(uri);
    case 'ours':
      return ours(uri);
  }
}

/** As little as Express can do: parses the body and answers. */
function floor(): Express {
  const app = express();
  app.post(PATH, express.json({ limit: JSON_LIMIT }), (_request, response) => {
    response.status(202).end();
  });
  return app;
}

/** The usual handler: compares the clientState and inserts every notification, acknowledged by the majority. */
async function peer(uri: string): Promise<Express> {
  const store = await connectStore({ uri, log: createLog('silent') });
  const received = store.collection(PEER_COLLECTION);
  const app = express();
  app.post(PATH, express.json({ limit: JSON_LIMIT }), async (request, response) => {
    for (const item of request.body.value) {
      if (item.clientState !== BENCH_CLIENT_STATE) continue;
      await received.insertOne({ ...item, receivedAt: systemClock.now() }, { writeConcern: { w: 'majority' } });
    }
    response.status(202).end();
  });
  return app;
}

/** The service's own: every check, one log line a POST, metrics, majority and journal. */
async function ours(uri: string): Promise<Express> {
  const log = createLog('info');
  const parts = { clock: systemClock, chance: systemChance };
  const store = await connectStore({ uri, log, answerTimeoutMs: 1_500 });
  const changes = createChanges({ store, ...parts });
  const commitGroup = createCommitGroup({
    note: (notes, withinMs) => changes.note(notes, { withinMs }),
    clock: systemClock,
  });
  const intake = createIntakeRouter({ secrets: BENCH_SECRETS, commitGroup, log, metrics: createMetrics(), ...parts });
  return createApp({ intake, routers: [], log, trustProxy: false });
}
