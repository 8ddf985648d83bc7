import type { RequestHandler } from 'express';
import type { BoundedLog } from '../delivery/bounded-log.js';
import { createDirectoryRoutes } from '../graph/directory-routes.js';
import type { Identity } from '../identity/identity-router.js';
import { createSubscriptionRoutes } from '../subscriptions/subscription-routes.js';
import type { SubscriptionStore } from '../subscriptions/subscription-store.js';
import { createSeededRandom } from '../world/seeded-random.js';
import type { GraphRoute, World } from '../world/types.js';
import type { FaultBook } from './fault-book.js';
import { createBatchRoute } from './graph-batch.js';
import { createGraphRouter, recordAnswer } from './graph-http.js';
import { createGraphPipeline, type GraphPipeline } from './graph-pipeline.js';
import type { RecordedAnswer, RequestRecord } from './request-log.js';
import { createThrottle } from './throttle.js';

export interface GraphServiceDeps {
  readonly world: World;
  readonly store: SubscriptionStore;
  readonly faults: FaultBook;
  readonly identity: Identity;
  readonly log: BoundedLog<RequestRecord>;
  readonly signal: AbortSignal;
  readonly record: ((answer: RecordedAnswer) => void) | undefined;
}

type Parts = NonNullable<RequestRecord['parts']>[number][];

/** Graph v1.0 as one express handler: all routes, and `$batch` that leads back into them. */
export function createGraphService(deps: GraphServiceDeps): RequestHandler {
  const { world, store, signal, record } = deps;
  const partsOf = new Map<string, Parts>();
  const routes: GraphRoute[] = [...createDirectoryRoutes(world), ...createSubscriptionRoutes({ world, store, signal })];
  const answer: GraphPipeline = createGraphPipeline({ ...deps, routes, throttle: createThrottle(world) });
  const random = createSeededRandom(`${world.seed} batches`);
  routes.push(
    createBatchRoute({
      ...{ answer, random, nowMs: world.clock.nowMs },
      onPart: (batchRequestId, { call, outcome }) => {
        const status = outcome.kind === 'answer' ? outcome.response.status : null;
        const parts = partsOf.get(batchRequestId) ?? [];
        parts.push({ method: call.method, path: `/v1.0${call.url}`, status });
        partsOf.set(batchRequestId, parts);
        recordAnswer(record, call, outcome);
      },
    }),
  );
  return createGraphRouter({
    ...{ world, answer, record, signal, log: deps.log },
    verifyAccessToken: deps.identity.verifyAccessToken,
    takeParts: (requestId) => {
      const parts = partsOf.get(requestId);
      partsOf.delete(requestId);
      return parts;
    },
  });
}
