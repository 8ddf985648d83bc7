import { z } from 'zod';
import { AppError } from '../../../src/kernel/app-error.js';
import { SECOND_MS } from '../../../src/kernel/clock.js';
import { metricsAt } from '../../stage/metrics-at.js';
import { insist, type Scene } from '../scene/scene.js';
import type { Tell } from '../story.js';
import { atRest } from './people-steps.js';

const subscriptionSchema = z.object({
  id: z.string(),
  tenantId: z.string(),
  resource: z.string(),
  clientState: z.string(),
  notificationUrl: z.string(),
});
const statsSchema = z.object({ accepted: z.number(), open: z.number() });

type Subscription = z.output<typeof subscriptionSchema>;

/** A clientState with one letter of its signature changed. */
export async function forged(scene: Scene, personId: string, tell: Tell): Promise<void> {
  const subscription = await usersSubscription(scene);
  const cut = subscription.clientState.lastIndexOf('.') + 1;
  const letter = subscription.clientState[cut] === 'A' ? 'B' : 'A';
  const clientState = subscription.clientState.slice(0, cut) + letter + subscription.clientState.slice(cut + 1);
  await refused(scene, { ...subscription, clientState }, { personId, tell });
}

/** A true clientState of one tenant on an item that says it is another tenant's. */
export async function foreignTenant(scene: Scene, personId: string, tell: Tell): Promise<void> {
  const subscription = await usersSubscription(scene);
  const { foreignTenantId: tenantId, stage } = scene;
  await refused(scene, { ...subscription, tenantId }, { personId, tell });
  const { rows: noted } = await stage.services.changes.list({ tenantId, limit: 1 });
  insist(noted.length === 0, 'Something was stored for the other tenant.');
}

/** Posts an item about somebody, as Graph would: answered like a true one, counted, and nothing of it stored. */
async function refused(
  scene: Scene,
  subscription: Subscription,
  { personId, tell }: { personId: string; tell: Tell },
): Promise<void> {
  const { stage } = scene;
  await atRest(scene);
  const before = { all: await stage.services.changes.stats(), forged: await forgedItems(scene) };
  const { id: subscriptionId, tenantId, clientState } = subscription;
  const about = { changeType: 'updated', resource: `Users/${personId}`, resourceData: { id: personId } };
  const response = await fetch(subscription.notificationUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ value: [{ subscriptionId, tenantId, clientState, ...about }] }),
    signal: AbortSignal.timeout(5 * SECOND_MS),
  });
  insist(response.status === 202, `It was answered ${response.status}.`);
  const counted = (await forgedItems(scene)) - before.forged;
  insist(counted === 1, `${counted} items were counted as forged.`);
  const after = await stage.ghs(statsSchema, 'changes', 'stats');
  insist(after.accepted === before.all.accepted, `Accepted went from ${before.all.accepted} to ${after.accepted}.`);
  insist(after.open === 0, `${after.open} changes are open.`);
  tell('202, counted as forged, nothing stored');
}

async function forgedItems({ stage }: Scene): Promise<number> {
  return (await metricsAt(stage.opsUrl)).get('notifications_total{outcome="forged"}') ?? 0;
}

async function usersSubscription({ control, tenantId }: Scene): Promise<Subscription> {
  const all = await control.items(subscriptionSchema, '/subscriptions');
  const found = all.find((each) => each.tenantId === tenantId && each.resource.replace(/^\//, '') === 'users');
  if (!found) throw new AppError('no_subscription', 'Graph holds no subscription of users for the tenant.');
  return found;
}
