import { z } from 'zod';
import { instant } from '../../frame/schemas.js';
import { integration } from '../integration-schemas.js';

const { shape } = integration;

/** How one enterprise stands, in a line. */
export const tenant = z
  .object({
    enterpriseId: z.string(),
    name: z.string(),
    tenantId: shape.tenantId,
    connection: shape.connection,
    usersSync: shape.usersSync,
    teamSync: shape.teamSync,
    paused: shape.paused,
    verifiedUntil: shape.verifiedUntil,
    oldestChangeMs: shape.oldestChangeMs,
    held: shape.held,
    problems: shape.problems,
    lastSyncAt: shape.lastSyncAt,
    nextSyncAt: shape.nextSyncAt,
    lastError: shape.lastError,
  })
  .meta({ id: 'Tenant' });

export const subscriptionKind = z.enum(['users', 'groups', 'events']);
export const subscriptionState = z.enum(['creating', 'active', 'gone']);

export const subscription = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    kind: subscriptionKind,
    resource: z.string(),
    expiresAt: instant.nullable(),
    state: subscriptionState,
    keyId: z.string(),
    lastNotificationAt: instant.nullable(),
    lostNotices: z.number().int(),
    lostAt: instant.nullable(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'Subscription' });

export const renewed = z
  .object({
    renewed: z.number().int(),
    recreated: z.number().int(),
    left: z.number().int().meta({ description: 'Lost at Graph: the service makes them anew.' }),
    failed: z.number().int(),
    messages: z.array(z.string()).meta({ description: 'Why some failed, each reason once.' }),
  })
  .meta({ id: 'Renewed' });

const items = z.number().int();

export const changeStats = z
  .object({
    ...{ accepted: items, open: items, parked: items, applied: items },
    ...{ unchanged: items, outOfScope: items, held: items },
  })
  .meta({ id: 'ChangeStats', description: 'Accepted notifications by what became of them.' });

export const changeKind = z.enum(['user', 'group', 'events', 'subscription']);

export const change = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    kind: changeKind,
    objectId: z.string(),
    via: z.enum(['notification', 'catch_up', 'run', 'fan_out', 'look', 'manual', 'recheck']),
    notified: z.number().int(),
    attempts: z.number().int(),
    openedAt: instant,
    notedAt: instant,
    dueAt: instant.meta({ description: 'The next try.' }),
    runId: z.string().nullable(),
    parked: z.object({ code: z.string(), message: z.string(), at: instant }).nullable(),
  })
  .meta({ id: 'Change' });

export const job = z
  .object({
    name: z.string(),
    nextRunAt: instant.nullable(),
    lastRunAt: instant.nullable(),
    lastFinishedAt: instant.nullable(),
    failedAt: instant.nullable(),
  })
  .meta({ id: 'Job' });

const share = z.number().meta({ description: 'Share of the answers, 0 to 1.' });

export const endpointReport = z
  .object({
    process: z.string(),
    at: instant,
    answers: z.number().int().meta({ description: 'Answers to Graph in the last ten minutes.' }),
    over3s: share,
    over10s: share,
    state: z.enum(['good', 'near', 'delayed', 'dropped']),
  })
  .meta({ id: 'EndpointReport' });
