import type { Request } from 'express';
import { z } from 'zod';
import { route, streamRoute } from '../frame/route.js';
import { instant } from '../frame/schemas.js';

const tag = 'Standing';

const kind = z.object({
  verifiedUntil: instant.nullable().meta({ description: 'Everything that Entra had reported by then is in.' }),
  held: z.number().int(),
  parked: z.number().int(),
  stale: z.number().int(),
});

/** How far and how fast an enterprise is kept in step. */
export const standing = z
  .object({
    freshness: z.object({ users: kind, groups: kind, calendars: kind }),
    latency: z
      .object({
        since: instant,
        count: z.number().int(),
        p50Ms: z.number().nullable(),
        p95Ms: z.number().nullable(),
        maxMs: z.number().nullable(),
      })
      .meta({ description: 'From the notification to the record, over the last 24 hours.' }),
  })
  .meta({ id: 'Standing' });

/** What is in, how long it took, and the counters that tell when to look again. */
export const standingRoutes = [
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}/standing',
    ...{ tag, need: 'read', answer: standing },
    summary: 'Up to when everything is in, except what; and how long changes take from the notification to the record.',
    run: async ({ services, params: { enterpriseId } }) => ({
      freshness: await services.freshness.of(enterpriseId),
      latency: await services.latency.of(enterpriseId),
    }),
  }),
  streamRoute({
    method: 'get',
    path: '/enterprises/{enterpriseId}/live',
    ...{ tag, need: 'read', stream: 'text/event-stream' },
    errors: { 429: 'The caller watches in too many windows.', 503: 'Too many watch at the moment.' },
    summary: 'Events `counters` with {runs, problems, changes}: whenever one differs, what depends on it has changed.',
    serve: async ({ services }, response) => {
      await services.watch(response.req as Request<{ enterpriseId: string }>, response, () => {});
    },
  }),
];
