import { type Request, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import type { Delivery } from '../delivery/delivery.js';
import type { LifecycleEvent } from '../delivery/notification-item.js';
import { type Subscription, subscriptionEntity } from '../subscriptions/subscription.js';
import { type ControlDeps, idParameter, readBody, sendChange } from './control-exchange.js';

const changeSchema = z
  .strictObject({
    expirationDateTime: z.iso.datetime({ offset: true }).optional(),
    lifecycleEvent: z.enum(['reauthorizationRequired', 'subscriptionRemoved', 'missed']).optional(),
  })
  .refine(
    (change) => change.expirationDateTime !== undefined || change.lifecycleEvent !== undefined,
    'send expirationDateTime, lifecycleEvent or both',
  );

const share = z.number().min(0).max(1);
const settingsSchema = z.strictObject({
  loss: share.optional(),
  repeat: share.optional(),
  reorder: share.optional(),
  delayMs: z.number().int().min(0).optional(),
});

/** Subscriptions as Graph holds them, and what became of their notifications. */
export function createSubscriptionControls(deps: ControlDeps): Router {
  const { store, delivery, world } = deps;
  const router = Router();
  router.get('/subscriptions', (_request, response) => void response.json({ items: store.all().map(shown) }));
  router.patch('/subscriptions/:id', (request, response) => {
    const subscription = subscriptionParameter(deps, request);
    const { expirationDateTime, lifecycleEvent } = readBody(request, changeSchema);
    if (lifecycleEvent && subscription.lifecycleNotificationUrl === null) {
      const message = 'This subscription has no lifecycleNotificationUrl, so that Graph would not tell.';
      throw new AppError('no_lifecycle_url', message, { field: 'lifecycleEvent' });
    }
    if (expirationDateTime !== undefined) subscription.expiresAtMs = Date.parse(expirationDateTime);
    if (lifecycleEvent) happen(deps, subscription, lifecycleEvent);
    sendChange(response, { atMs: world.clock.nowMs(), id: subscription.id });
  });
  router.delete('/subscriptions/:id', (request, response) => {
    const { id } = subscriptionParameter(deps, request);
    store.remove(id);
    sendChange(response, { atMs: world.clock.nowMs(), id });
  });
  router.get('/deliveries', (_request, response) => void response.json(deliveriesOf(delivery)));
  router.post('/deliveries', (request, response) => {
    Object.assign(delivery.settings, readBody(request, settingsSchema));
    sendChange(response, { atMs: world.clock.nowMs(), id: 'deliveries' });
  });
  router.delete('/deliveries', (_request, response) => {
    delivery.log.clear();
    sendChange(response, { atMs: world.clock.nowMs(), id: 'deliveries' });
  });
  return router;
}

/** Does to the subscription what the event tells of, and tells. */
export function happen(deps: ControlDeps, subscription: Subscription, event: LifecycleEvent): void {
  switch (event) {
    case 'reauthorizationRequired':
      subscription.needsReauthorization = true;
      break;
    case 'subscriptionRemoved':
      deps.store.remove(subscription.id);
      break;
    case 'missed':
      break;
    default:
      event satisfies never;
  }
  deps.delivery.tellLifecycle(subscription, event);
}

function subscriptionParameter({ store }: ControlDeps, request: Request): Subscription {
  const id = idParameter(request, 'id');
  const found = store.find(id);
  if (found) return found;
  throw new AppError('unknown_subscription', `There is no subscription ${id}.`, { status: 404, field: 'id' });
}

function shown(subscription: Subscription) {
  const { tenantId, needsReauthorization } = subscription;
  return { ...subscriptionEntity(subscription, { clientState: true }), tenantId, needsReauthorization };
}

function deliveriesOf({ log, settings, waiting }: Delivery) {
  return { items: log.entries(), total: log.total(), waiting: waiting(), settings };
}
