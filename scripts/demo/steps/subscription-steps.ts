import { z } from 'zod';
import { AppError } from '../../../src/kernel/app-error.js';
import { DAY_MS, MINUTE_MS, SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { RENEW_PROGRAM } from '../../stage/program-paths.js';
import { documentOf, runProgram } from '../../stage/run-program.js';
import { waitUntil } from '../../stage/wait-until.js';
import { insist, type Newcomer, type Scene } from '../scene/scene.js';
import type { Tell } from '../story.js';

const heldSchema = z.object({
  id: z.string(),
  tenantId: z.string(),
  resource: z.string(),
  expirationDateTime: z.string(),
});
const listedSchema = z.object({
  items: z.array(z.object({ id: z.string(), kind: z.string(), state: z.string(), expiresAt: z.string().nullable() })),
});
const renewedSchema = z.object({
  items: z.array(
    z.object({ id: z.string(), outcome: z.string(), expiresAt: z.string().nullable(), message: z.string().nullable() }),
  ),
  failed: z.number(),
});

const WANTED_LIFE_MS = 20 * DAY_MS;

/** Graph's end of a subscription is moved to ten minutes ahead; the script sees that and renews. */
export async function renew(scene: Scene, tell: Tell): Promise<void> {
  const { control, stage } = scene;
  const { id } = await usersSubscription(scene);
  const soon = new Date(systemClock.nowMs() + 10 * MINUTE_MS).toISOString();
  await control.change('PATCH', `/subscriptions/${id}`, { expirationDateTime: soon });
  const { items, failed } = await renewSubscriptions(scene);
  const item = items.find((each) => each.id === id);
  insist(failed === 0 && item?.outcome === 'renewed', `The script says ${JSON.stringify({ items, failed })}.`);
  const held = (await control.items(heldSchema, '/subscriptions')).find((each) => each.id === id);
  for (const end of [item.expiresAt, held?.expirationDateTime]) {
    const lifeMs = Date.parse(end ?? '') - systemClock.nowMs();
    insist(lifeMs > WANTED_LIFE_MS, `Granted until ${end}.`);
  }
  const { items: listed } = await stage.ghs(listedSchema, 'subscriptions', 'list');
  const ofDirectory = listed.filter(({ kind }) => kind !== 'events');
  insist(ofDirectory.length === 2, `ghs lists ${ofDirectory.length} subscriptions of the directory.`);
  tell(`granted until ${item.expiresAt}`);
}

/** Graph loses a subscription without a word; a change that it therefore does not tell is found by the look. */
export async function recreate(scene: Scene, person: Newcomer, tell: Tell): Promise<void> {
  const { control, stage, tenantId, at } = scene;
  const { services, signal } = stage;
  const { id } = await usersSubscription(scene);
  await control.change('DELETE', `/subscriptions/${id}`);
  const sinceMs = systemClock.nowMs();
  await control.change('PATCH', `${at}/users/${person.id}`, { givenName: 'Untold' });
  const { items } = await renewSubscriptions(scene);
  const met = items.find(({ message }) => message?.includes('404'));
  insist(met?.outcome === 'left', `The script says ${JSON.stringify(items)}.`);
  const row = await waitUntil(
    async () => {
      const rows = await services.subscriptions.ofTenant(tenantId);
      return rows.find((each) => each.kind === 'users' && each.state === 'active' && each.subscriptionId !== id);
    },
    { for: 'the subscription made anew', limitMs: 15 * SECOND_MS, signal },
  );
  // Calendars have subscriptions of their own.
  const held = (await control.items(heldSchema, '/subscriptions')).filter(
    (each) => each.tenantId === tenantId && !each.resource.endsWith('/events'),
  );
  insist(
    held.length === 2 && held.some((each) => each.id === row.subscriptionId),
    `Graph holds ${held.length} of the directory.`,
  );
  const isFound = ({ firstName }: { firstName: string | null }) => firstName === 'Untold';
  const { tookMs } = await scene.seen(person.id, isFound, { for: 'the change that Graph did not tell', sinceMs });
  tell(`the script: "${met.message}"; the untold change was found after ${tookMs} ms`);
}

async function renewSubscriptions({ stage, tenantId }: Scene) {
  const ran = await runProgram(RENEW_PROGRAM, ['--tenant', tenantId, '--json'], stage);
  insist(ran.code === 0, `scripts/renew-subscriptions ended with ${ran.code}: ${ran.stdout}${ran.stderr}`);
  return documentOf(renewedSchema, ran, 'scripts/renew-subscriptions');
}

async function usersSubscription({ stage }: Scene): Promise<{ id: string }> {
  const { items } = await stage.ghs(listedSchema, 'subscriptions', 'list');
  const found = items.find(({ kind, state }) => kind === 'users' && state === 'active');
  if (!found) throw new AppError('no_subscription', `ghs lists no active one of users: ${JSON.stringify(items)}`);
  return found;
}
