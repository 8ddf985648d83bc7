import { type Request, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { rolesForResource } from '../subscriptions/subscribed-resource.js';
import { RICH_FAULTS, type Tenant } from '../world/types.js';
import { type ControlDeps, readBody, sendChange, tenantParameter } from './control-exchange.js';
import { happen } from './subscription-controls.js';

const clockSchema = z.strictObject({ advanceMs: z.number().int().min(0) });
const consentSchema = z.strictObject({ roles: z.array(z.string().min(1)) });

const share = z.number().min(0).max(1);
const size = z.number().int().min(1);
const switchesSchema = z.strictObject({
  duplicateSubscriptions: z.enum(['conflict', 'accepted']).optional(),
  expiredDeltaToken: z.enum(['bad_request', 'unsupported', 'gone']).optional(),
  membersInGroupNotifications: z.boolean().optional(),
  eventBursts: z.boolean().optional(),
  richFault: z.enum(RICH_FAULTS).optional(),
  directoryExpiryTenMinutesLess: z.boolean().optional(),
  replicaLagsMs: z.array(z.number().min(0)).min(1).optional(),
  resourceUnitsPer10s: size.nullable().optional(),
  throttling: z.boolean().optional(),
  pageTokenLifetimeMs: size.optional(),
  delta: z
    .strictObject({
      userPageSize: size.optional(),
      groupPageSize: size.optional(),
      membersPageSize: size.optional(),
      replayShare: share.optional(),
      emptyPageShare: share.optional(),
      removedInInitialRound: z.boolean().optional(),
      tokenLifetimeMs: size.optional(),
    })
    .optional(),
});

/** The clock, the switches, consent, and the log of requests. */
export function createWorldControls(deps: ControlDeps): Router {
  const { world, log } = deps;
  const router = Router();
  const now = () => world.clock.nowMs();
  router.post('/clock', (request, response) => {
    world.clock.advance(readBody(request, clockSchema).advanceMs);
    sendChange(response, { atMs: now(), id: 'clock' });
  });
  router.get('/switches', (_request, response) => void response.json(world.switches));
  router.post('/switches', (request, response) => {
    const { delta, ...switches } = readBody(request, switchesSchema);
    Object.assign(world.switches, switches);
    Object.assign(world.switches.delta, delta);
    sendChange(response, { atMs: now(), id: 'switches' });
  });
  router.get('/tenants', (_request, response) => {
    response.json({ items: [...world.tenants.values()].map(shownTenant) });
  });
  router.post('/tenants/:tenant/consent', (request, response) => {
    const tenant = tenantParameter(deps, request);
    consent(deps, tenant, readBody(request, consentSchema).roles);
    sendChange(response, { atMs: now(), id: tenant.id });
  });
  router.get('/requests', (request, response) => void response.json(requestsOf(deps, request)));
  router.delete('/requests', (_request, response) => {
    log.clear();
    sendChange(response, { atMs: now(), id: 'requests' });
  });
  return router;
}

/** Sets what is consented; subscriptions that live on a permission taken away must be reauthorized. */
function consent(deps: ControlDeps, tenant: Tenant, roles: readonly string[]): void {
  tenant.consentedRoles.clear();
  for (const role of roles) tenant.consentedRoles.add(role);
  for (const subscription of deps.store.ofTenant(tenant.id)) {
    if (rolesForResource(subscription.watched).some((role) => tenant.consentedRoles.has(role))) continue;
    happen(deps, subscription, 'reauthorizationRequired');
  }
}

/** The last requests, `?path=` a regular expression to choose by. */
function requestsOf({ log }: ControlDeps, request: Request) {
  const pattern = patternOf(request.query['path']);
  const items = log.entries().filter(({ path }) => pattern === null || pattern.test(path));
  return { items, total: log.total() };
}

function patternOf(text: unknown): RegExp | null {
  if (text === undefined) return null;
  try {
    return new RegExp(String(text), 'i');
  } catch {
    throw new AppError('invalid_input', '"path" must be a regular expression.', { field: 'path' });
  }
}

function shownTenant({ id, domain, displayName, consentedRoles, administrators }: Tenant) {
  return { id, domain, displayName, consentedRoles: [...consentedRoles], administrators: [...administrators.keys()] };
}
