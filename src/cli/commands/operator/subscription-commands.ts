import type { Command } from 'commander';
import { z } from 'zod';
import { requireKnownTenant, type Services, subscriptionView } from '../../../compose.js';
import { AppError, messageOf } from '../../../kernel/app-error.js';
import { DAY_MS } from '../../../kernel/clock.js';
import { type Answer, listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { durationMs, guid, ofEnterprise } from '../../frame/option-values.js';
import { tenantOf } from '../../frame/tenant.js';

type Row = Awaited<ReturnType<Services['subscriptions']['all']>>[number];

/** For one command; a renewal of tens of thousands takes minutes, and one that is cut off goes on when begun again. */
const LIMIT_MS = 60 * 60_000;
/** So many rows with nothing to do for each line of progress. */
const TOLD_EACH = 100;
const DIRECTORY_KINDS = ['users', 'groups'] as const;

/** `subscriptions list|renew|create|delete|sweep`. */
export function addSubscriptionCommands(program: Command, cli: Cli): void {
  const subscriptions = family(program, 'subscriptions', 'what makes Graph tell us about changes');
  leaf(subscriptions, cli, {
    name: 'list',
    about: 'List the subscriptions, the next to end first.',
    options: [['--tenant <guid>', 'only those of this tenant']],
    schema: z.object({ tenant: guid.optional() }),
    run: async ({ tenant }) => {
      const { integrations, subscriptions: rows } = await cli.services();
      if (tenant === undefined) return rowsAnswer(await rows.all());
      await requireKnownTenant({ integrations, rows }, tenant);
      return rowsAnswer(await rows.ofTenant(tenant));
    },
  });
  leaf(subscriptions, cli, {
    name: 'renew',
    about: 'Renew what ends soon, with the service up or down. One that is lost is left to the service to make anew.',
    options: [
      ['--tenant <guid>', 'only those of this tenant'],
      ['--due-within <duration>', 'those that end within this time, such as 12h (default: 7d)'],
    ],
    schema: z.object({ tenant: guid.optional(), dueWithin: durationMs.optional() }),
    run: async ({ tenant, dueWithin = 7 * DAY_MS }) => renew(cli, { tenant, dueWithin }),
  });
  leaf(subscriptions, cli, {
    name: 'create',
    about: 'Make the missing subscriptions of a tenant; the service does so by itself while it runs.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => createMissing(cli, enterprise),
  });
  addSweep(subscriptions, cli);
  leaf(subscriptions, cli, {
    name: 'delete',
    about: 'End a subscription at Graph; the service makes it anew while the sync is on.',
    argument: ['<subscription>', 'id of the subscription'],
    schema: z.object({ subscription: z.string() }),
    run: async ({ subscription }) => {
      const services = await cli.services();
      const row = (await services.subscriptions.all()).find(({ _id, subscriptionId }) =>
        [_id, subscriptionId].includes(subscription.toLowerCase()),
      );
      if (row === undefined) throw unknown(subscription);
      const { graphFor, subscriptions: microsoft } = await cli.microsoft();
      const signal = AbortSignal.timeout(LIMIT_MS);
      const { ok, message } = await microsoft.execute.run(graphFor(row.tenantId), { act: 'delete', row }, signal);
      const lines = [ok ? 'Deleted.' : `Not deleted: ${message}`];
      return { document: { id: subscriptionView(row).id, deleted: ok, message }, lines, hasFindings: !ok };
    },
  });
}

function addSweep(subscriptions: Command, cli: Cli): void {
  leaf(subscriptions, cli, {
    name: 'sweep',
    about: 'Delete what Graph holds under our address and nothing knows, and note what Graph does not know.',
    options: [
      ['--tenant <guid>', 'only this tenant (default: every connected one)'],
      ['--url <address>', 'after a move of NOTIFICATION_URL: delete everything of ours at this former address'],
      ['--dry-run', 'only tell what would be done'],
    ],
    schema: z.object({ tenant: guid.optional(), url: z.url().optional(), dryRun: z.boolean().optional() }),
    run: async ({ tenant, url: oldUrl, dryRun: dry }) => {
      const { integrations } = await cli.services();
      const { subscriptions: microsoft } = await cli.microsoft();
      const connected = (await integrations.connectedIntegrations()).flatMap(({ tenantId }) => tenantId ?? []);
      const items: Swept[] = [];
      for (const tenantId of tenant === undefined ? connected : [tenant]) {
        cli.say(`Looking at ${tenantId}`);
        const sweeping = microsoft.sweep({ tenantId, oldUrl, dry, signal: AbortSignal.timeout(LIMIT_MS) });
        items.push(await sweeping.catch((error: unknown) => notSwept(tenantId, error)));
      }
      return sweptAnswer(items);
    },
  });
}

type Swept = Awaited<ReturnType<Awaited<ReturnType<Cli['microsoft']>>['subscriptions']['sweep']>>;

/** A tenant that refuses us keeps no other one from being swept; what is wrong with the command itself is thrown. */
function notSwept(tenantId: string, error: unknown): Swept {
  if (error instanceof AppError) throw error;
  return { tenantId, deleted: [], lost: [], foreign: 0, failures: [`${tenantId}: ${messageOf(error)}`] };
}

/** What a sweep did, for this command and after going back to a backup. */
export function sweptAnswer(items: readonly Swept[]): Answer {
  const cells = items.map((item) => [item.tenantId, item.deleted.length, item.lost.length, item.foreign]);
  const failures = items.flatMap((item) => item.failures);
  const lines = [...table(['tenant', 'deleted', 'lost', 'foreign'], cells, 'No tenant is connected.'), ...failures];
  return { document: { items, next: null }, lines, hasFindings: failures.length > 0 };
}

async function renew(cli: Cli, { tenant, dueWithin }: { tenant: string | undefined; dueWithin: number }) {
  const { subscriptions } = await cli.microsoft();
  const renewed = await subscriptions.renewDue({
    ...(tenant === undefined ? {} : { tenantId: tenant }),
    dueWithinMs: dueWithin,
    signal: AbortSignal.timeout(LIMIT_MS),
    onProgress: ({ done, total, row, renewed: result }) => {
      // What ends later is most of many thousands: it is told now and then.
      if (!result && done % TOLD_EACH !== 0 && done !== total) return;
      const { outcome, message } = result ?? { outcome: 'ends later', message: null };
      cli.say(`${done} of ${total}: ${row.resource} of ${row.tenantId}: ${message ?? outcome}`);
    },
  });
  const items = renewed.map(({ row, outcome, message }) => ({ ...subscriptionView(row), outcome, message }));
  const cells = items.map((item) => [item.id, item.kind, item.outcome, item.expiresAt, item.message]);
  const lines = table(['id', 'kind', 'outcome', 'expires', 'message'], cells, 'Nothing ends soon.');
  const count = (wanted: (typeof items)[number]['outcome']) => items.filter(({ outcome }) => outcome === wanted).length;
  const outcomes = { renewed: count('renewed'), recreated: count('recreated'), left: count('left') };
  const totals = { ...outcomes, failed: count('failed') };
  return { document: { items, next: null, ...totals }, lines, hasFindings: totals.failed > 0 };
}

/** Where an owner is alive it makes them itself: two at once would only refuse each other. */
async function createMissing(cli: Cli, enterprise: string | undefined): Promise<Answer> {
  const { subscriptions, leases } = await cli.services();
  const { enterpriseId, tenantId } = await tenantOf(cli, enterprise);
  const present = await subscriptions.ofTenant(tenantId);
  const missing = DIRECTORY_KINDS.filter(
    (kind) => !present.some((row) => row.resource === kind && row.state === 'active'),
  );
  if (missing.length > 0 && (await leases.isHeld(enterpriseId))) {
    for (const row of present) if (row.state === 'gone') await subscriptions.update(row._id, { nextTryAt: null });
    const text = 'The service works on this tenant and makes them itself; look again in a moment.';
    return { document: { created: [], left: missing }, lines: [text] };
  }
  const { graphFor, subscriptions: microsoft } = await cli.microsoft();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const created: string[] = [];
  const failures: string[] = [];
  for (const kind of missing) {
    const replaces = present.find(({ resource }) => resource === kind) ?? null;
    const action = { act: 'create', desired: { kind, resource: kind }, replaces } as const;
    const { ok, message } = await microsoft.execute.run(graphFor(tenantId), action, signal);
    if (ok) created.push(kind);
    else failures.push(`${kind}: ${message}`);
  }
  const lines = [`Made ${created.length} of ${missing.length} that were missing.`, ...failures];
  const left = missing.filter((kind) => !created.includes(kind));
  return { document: { created, left, failures }, lines, hasFindings: failures.length > 0 };
}

function rowsAnswer(rows: readonly Row[]) {
  const items = rows.map(subscriptionView);
  const cells = items.map((item) => [
    item.id,
    item.tenantId,
    item.kind,
    item.state,
    item.expiresAt,
    item.lostNotices,
    item.problem,
  ]);
  return listAnswer(items, table(['id', 'tenant', 'kind', 'state', 'expires', 'lost', 'problem'], cells));
}

function unknown(subscription: string): AppError {
  const text = `There is no subscription ${subscription}.`;
  const command = 'ghs subscriptions list';
  return new AppError('subscription_not_found', text, { status: 404, field: 'subscription', command });
}
