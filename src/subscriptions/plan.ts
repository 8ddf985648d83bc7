import type { GraphSubscription } from '../graph/types.js';
import { DAY_MS } from '../kernel/clock.js';
import { isAsWanted, resourceToWatch } from './new-subscription.js';
import type { DesiredSubscription, SubscriptionRow } from './types.js';

export type SubscriptionAction =
  | { readonly act: 'create'; readonly desired: DesiredSubscription; readonly replaces: SubscriptionRow | null }
  | { readonly act: 'adopt'; readonly row: SubscriptionRow; readonly found: GraphSubscription }
  | { readonly act: 'renew'; readonly row: SubscriptionRow }
  /** A row whose subscription Graph does not list: asked for by its id before it counts as gone. */
  | { readonly act: 'check'; readonly row: SubscriptionRow }
  /** One of ours that nothing knows: deleted, because its notifications would be doubles. */
  | { readonly act: 'delete_stray'; readonly subscriptionId: string }
  | { readonly act: 'delete'; readonly row: SubscriptionRow }
  /** Signed with a secret that signs no more, or rich where it should be plain, or the other way round: its end is brought forward, to a moment of its own. */
  | { readonly act: 'hurry'; readonly row: SubscriptionRow };

export interface PlanInput {
  readonly desired: readonly DesiredSubscription[];
  readonly rows: readonly SubscriptionRow[];
  /** What Graph lists, null where it was not asked this time. */
  readonly listed: readonly GraphSubscription[] | null;
  readonly notificationUrl: string;
  /** Of the secret that signs now. */
  readonly keyId: string;
  /** Whether notifications of calendars should carry the event. */
  readonly rich: boolean;
  readonly now: Date;
}

/** How long a creation may go without an answer before Graph's list decides what became of it. */
const LOST_ANSWER_MS = 60_000;

/** Within this time everything is signed with the new secret, each at its own moment (CONTRACT section 3). */
export const REKEY_WITHIN_MS = DAY_MS;

/** What has to be done so that Graph tells us what we want to know; pure. */
export function planSubscriptions(input: PlanInput): SubscriptionAction[] {
  const actions: SubscriptionAction[] = [];
  const wanted = new Set(input.desired.map(({ resource }) => resource));
  const strays = straysOf(input);
  const rowOf = new Map(input.rows.map((row) => [row.resource, row]));
  const about = { ...input, strays, listedById: input.listed && new Map(input.listed.map((each) => [each.id, each])) };
  for (const desired of input.desired) {
    const row = rowOf.get(desired.resource);
    const action = row ? actionFor(row, desired, about) : ({ act: 'create', desired, replaces: null } as const);
    if (action) actions.push(action);
    if (action?.act === 'adopt') strays.delete(action.found.id);
  }
  for (const row of input.rows) {
    if (!wanted.has(row.resource) && !waits(row, input.now)) actions.push({ act: 'delete', row });
  }
  // Strays go first: Graph refuses a second subscription for the same resource.
  const deletions = [...strays.keys()].map((subscriptionId) => ({ act: 'delete_stray', subscriptionId }) as const);
  return [...deletions, ...actions];
}

interface About extends PlanInput {
  readonly strays: ReadonlyMap<string, GraphSubscription>;
  /** Mailboxes come by the thousand, so that nothing is searched in `listed` for each. */
  readonly listedById: ReadonlyMap<string, GraphSubscription> | null;
}

function actionFor(
  row: SubscriptionRow,
  desired: DesiredSubscription,
  { strays, listedById, now, notificationUrl, ...wanted }: About,
): SubscriptionAction | null {
  const isMoved = row.notificationUrl !== notificationUrl;
  if (row.state === 'creating' && !isMoved) {
    const found = latest([...strays.values()].filter((stray) => isOf(row, stray)));
    // Nothing is asked of Graph by that, so that it waits for no next try.
    if (found) return { act: 'adopt', row, found };
  }
  if (waits(row, now)) return null;
  if (isMoved) return { act: 'create', desired, replaces: row };
  switch (row.state) {
    case 'gone':
      return { act: 'create', desired, replaces: row };
    case 'creating': {
      const isLost = listedById !== null && now.getTime() - row.updatedAt.getTime() >= LOST_ANSWER_MS;
      return isLost ? { act: 'create', desired, replaces: row } : null;
    }
    case 'active': {
      if (row.expiresAt && row.expiresAt <= now) return { act: 'check', row };
      if (listedById && differsFrom(row, listedById)) return { act: 'check', row };
      const isGood = isAsWanted(row, wanted);
      if (row.renewAt && row.renewAt <= now) {
        return isGood ? { act: 'renew', row } : { act: 'create', desired, replaces: row };
      }
      return isGood || endsSoon(row, now) ? null : { act: 'hurry', row };
    }
  }
}

/** The last try failed, and the next one is not due. */
function waits({ nextTryAt }: SubscriptionRow, now: Date): boolean {
  return nextTryAt !== null && nextTryAt > now;
}

function endsSoon({ renewAt }: SubscriptionRow, now: Date): boolean {
  return renewAt !== null && renewAt.getTime() - now.getTime() <= REKEY_WITHIN_MS;
}

/** Graph does not list it, or with another end than the one that it granted. */
function differsFrom(
  { subscriptionId, expiresAt }: SubscriptionRow,
  listedById: ReadonlyMap<string, GraphSubscription>,
): boolean {
  const found = listedById.get(subscriptionId ?? '');
  return found === undefined || found.expiresAt.getTime() !== expiresAt?.getTime();
}

/** Listed under our own address without a row. Those under other addresses are foreign and never touched. */
export function straysOf({
  listed,
  rows,
  notificationUrl,
}: Pick<PlanInput, 'listed' | 'rows' | 'notificationUrl'>): Map<string, GraphSubscription> {
  const known = new Set(rows.flatMap(({ subscriptionId }) => subscriptionId ?? []));
  const ours = (listed ?? []).filter((each) => each.notificationUrl === notificationUrl && !known.has(each.id));
  return new Map(ours.map((each) => [each.id, each]));
}

/** The one that was asked for with this row: one with resource data shows it by its `$select`. */
export function isOf(row: SubscriptionRow, { resource }: GraphSubscription): boolean {
  return sameResource(resource, resourceToWatch(row));
}

/** Where Graph accepts doubles, an older stray is not the one that was asked for last. */
function latest(found: readonly GraphSubscription[]): GraphSubscription | undefined {
  return found.toSorted((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime())[0];
}

function sameResource(a: string, b: string): boolean {
  return a.replace(/^\//, '').toLowerCase() === b.replace(/^\//, '').toLowerCase();
}

/** When to renew: between 50 and 60 % of the life that was granted, spread by chance. */
export function renewAtOf(now: Date, expiresAt: Date, random: () => number): Date {
  const lifeMs = expiresAt.getTime() - now.getTime();
  return new Date(now.getTime() + lifeMs * (0.5 + 0.1 * random()));
}
