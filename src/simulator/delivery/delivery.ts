import { systemClock } from '../../kernel/clock.js';
import type { Subscription } from '../subscriptions/subscription.js';
import type { SubscriptionStore } from '../subscriptions/subscription-store.js';
import { createSeededRandom } from '../world/seeded-random.js';
import type { Commit, Tenant, World } from '../world/types.js';
import { type BoundedLog, createBoundedLog } from './bounded-log.js';
import { type DeliverySettings, drawCopies, PERFECT_DELIVERY } from './delivery-chance.js';
import { DELIVERY_LIMITS, type DeliveryLimits } from './delivery-limits.js';
import {
  type Attempt,
  createEndpointQueue,
  type EndpointDeps,
  type EndpointQueue,
  type Waiting,
} from './endpoint-queue.js';
import { announceEvents } from './event-notifications.js';
import { changeItem, isAbout, type LifecycleEvent, lifecycleItem, type NotificationItem } from './notification-item.js';
import { createValidationTokens, type TokenIssuer } from './validation-tokens.js';

const LOGGED_ATTEMPTS = 10_000;
/** A burst of thousands need not be named one by one. */
const MOST_ABOUT = 5;

/** One POST to a notification address. */
export interface DeliveryRecord {
  /** Simulated instant of its end. */
  readonly at: string;
  readonly url: string;
  readonly items: number;
  /** What the first of them are about, such as `updated Users/ID`. */
  readonly about: readonly string[];
  /** Null where no answer came in time. */
  readonly status: number | null;
  readonly attempt: number;
  readonly tookMs: number;
}

export interface DeliveryDeps {
  readonly world: World;
  readonly store: SubscriptionStore;
  readonly limits?: Partial<DeliveryLimits>;
  /** Who signs that notifications with resource data are Graph's. */
  readonly issuer?: TokenIssuer;
  /** Sees every collection that was sent. */
  readonly recordNotification?: (collection: { value: readonly NotificationItem[] }) => void;
}

export interface Delivery {
  /** Changed in place. */
  readonly settings: DeliverySettings;
  readonly log: BoundedLog<DeliveryRecord>;
  /** Puts an item on its way to its subscription's address. */
  publish(subscription: Subscription, item: NotificationItem): void;
  /** False where the subscription has no lifecycle address. */
  tellLifecycle(subscription: Subscription, event: LifecycleEvent): boolean;
  /** Items not yet delivered, those of paused subscriptions included. */
  waiting(): number;
  close(): void;
}

/** Turns the commits of all tenants into change notifications and brings them to the subscribers' addresses. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { world, store } = deps;
  const stop = new AbortController();
  const limits = { ...DELIVERY_LIMITS, ...deps.limits };
  const settings = { ...PERFECT_DELIVERY };
  const log = createBoundedLog<DeliveryRecord>(LOGGED_ATTEMPTS);
  const random = createSeededRandom(`${world.seed} delivery`);
  const endpoints = createEndpoints({
    ...{ clock: world.clock, random: createSeededRandom(`${world.seed} retries`), limits, signal: stop.signal },
    validationTokens: deps.issuer && createValidationTokens(world, deps.issuer),
    onAttempt: (attempt) => {
      log.add(recordOf(attempt, world.clock.nowMs()));
      deps.recordNotification?.({ value: attempt.items });
    },
    onLost: noteLost,
  });
  for (const tenant of world.tenants.values()) tenant.onCommit((commit) => announce(tenant, commit));

  const publish: Delivery['publish'] = (subscription, item) => send(subscription, item, subscription.notificationUrl);
  announceEvents(deps, publish);
  return { settings, log, publish, tellLifecycle, waiting: endpoints.waiting, close: () => stop.abort() };

  function announce(tenant: Tenant, commit: Commit): void {
    const options = { members: world.switches.membersInGroupNotifications };
    const interested = store.ofTenant(tenant.id).filter((subscription) => isAbout(subscription, commit));
    for (const subscription of interested) publish(subscription, changeItem(subscription, commit, options));
  }

  function tellLifecycle(subscription: Subscription, event: LifecycleEvent): boolean {
    const url = subscription.lifecycleNotificationUrl;
    if (url) send(subscription, lifecycleItem(subscription, event), url);
    return url !== null;
  }

  function send(subscription: Subscription, item: NotificationItem, url: string): void {
    const arisenAtMs = world.clock.nowMs();
    const dueAtMs = arisenAtMs + settings.delayMs;
    const copies = drawCopies(settings, random);
    if (copies.length === 0) noteLost({ subscription, item });
    for (const passesHeld of copies) endpoints.put(url, { subscription, item, arisenAtMs, dueAtMs, passesHeld });
  }

  /** Outlook tells later that something was missed; the directory never does. */
  function noteLost(lost: Pick<Waiting, 'subscription' | 'item'>): void {
    const isOutlook = lost.subscription.watched.kind === 'events';
    if (isOutlook && lost.item.lifecycleEvent === undefined) tellLifecycle(lost.subscription, 'missed');
  }
}

/** The queues of all addresses, and the loop that empties them; it runs only while something is waiting. */
function createEndpoints(deps: EndpointDeps) {
  const queues = new Map<string, EndpointQueue>();
  let isRunning = false;
  return { put, waiting };

  function put(url: string, item: Waiting): void {
    const queue = queues.get(url) ?? createEndpointQueue(deps, url);
    queues.set(url, queue);
    queue.put(item);
    if (!isRunning) void run();
  }

  function waiting(): number {
    return [...queues.values()].reduce((sum, queue) => sum + queue.size(), 0);
  }

  /** Looks again and again in real time, because the simulated clock may be moved at any moment. */
  async function run(): Promise<void> {
    isRunning = true;
    while (waiting() > 0 && !deps.signal.aborted) {
      await systemClock.sleep(deps.limits.batchingMs, deps.signal).catch(() => {});
      if (!deps.signal.aborted) for (const queue of queues.values()) queue.pass();
    }
    isRunning = false;
  }
}

function recordOf({ url, items, attempt, answer }: Attempt, nowMs: number): DeliveryRecord {
  const { status, tookMs } = answer;
  const about = items
    .slice(0, MOST_ABOUT)
    .map((item) => `${item.lifecycleEvent ?? item.changeType} ${item.resource ?? ''}`.trim());
  return { at: new Date(nowMs).toISOString(), url, items: items.length, about, status, attempt, tookMs };
}
