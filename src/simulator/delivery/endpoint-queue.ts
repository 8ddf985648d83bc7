import { backoffMs } from '../../kernel/backoff.js';
import type { Subscription } from '../subscriptions/subscription.js';
import type { SeededRandom } from '../world/seeded-random.js';
import type { SimulatedClock } from '../world/types.js';
import type { DeliveryLimits } from './delivery-limits.js';
import { createEndpointHealth, PUNISHMENT_MS } from './endpoint-health.js';
import { collectionBody, type NotificationItem } from './notification-item.js';
import { type Answer, postCollection } from './post-collection.js';
import type { ValidationTokens } from './validation-tokens.js';

/** An item on its way to one address. */
export interface Waiting {
  readonly subscription: Subscription;
  readonly item: NotificationItem;
  readonly arisenAtMs: number;
  /** Simulated time before which it is not sent. */
  dueAtMs: number;
  /** How many sendings go first. */
  passesHeld: number;
}

/** One try to deliver a collection. */
export interface Attempt {
  readonly url: string;
  readonly items: readonly NotificationItem[];
  readonly attempt: number;
  readonly answer: Answer;
}

interface Collection {
  readonly batch: readonly Waiting[];
  readonly firstAtMs: number;
  attempt: number;
  dueAtMs: number;
}

export interface EndpointDeps {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly limits: DeliveryLimits;
  readonly signal: AbortSignal;
  /** Left out: nobody signs, so that no token is sent. */
  readonly validationTokens?: ValidationTokens | undefined;
  onAttempt(attempt: Attempt): void;
  /** Told of every item that will never arrive. */
  onLost(lost: Waiting): void;
}

export interface EndpointQueue {
  put(waiting: Waiting): void;
  /** Sends what is due and fits. */
  pass(): void;
  /** Items that are waiting, being sent or to be sent again. */
  size(): number;
}

/** What waits for one notification address: collected, sent in parallel, repeated until it is taken or four hours are over. */
export function createEndpointQueue(deps: EndpointDeps, url: string): EndpointQueue {
  const { clock, limits } = deps;
  const health = createEndpointHealth(deps);
  let fresh: Waiting[] = [];
  let retries: Collection[] = [];
  const underWay = new Set<Collection>();

  return {
    put: (waiting) => {
      const state = health.state();
      if (state === 'drop') return deps.onLost(waiting);
      if (state === 'slow') waiting.dueAtMs += PUNISHMENT_MS;
      fresh.push(waiting);
    },
    pass,
    size: () => fresh.length + [...retries, ...underWay].reduce((sum, { batch }) => sum + batch.length, 0),
  };

  function pass(): void {
    const nowMs = clock.nowMs();
    const dueAgain = retries.filter((collection) => collection.dueAtMs <= nowMs);
    const { due, later, outdated } = sortOut(fresh, { nowMs, waitsAtMostMs: limits.retryForMs });
    outdated.forEach(deps.onLost);
    while (underWay.size < limits.parallelPosts) {
      const again = dueAgain.shift();
      const next = again ?? collect(due.splice(0, limits.itemsPerPost), nowMs);
      if (next.batch.length === 0) break;
      if (again) retries = retries.filter((collection) => collection !== again);
      void send(next);
    }
    fresh = [...due, ...later];
  }

  async function send(collection: Collection): Promise<void> {
    underWay.add(collection);
    const items = collection.batch.map((waiting) => waiting.item);
    const limitMs = collection.attempt === 1 ? limits.firstAnswerMs : limits.retryAnswerMs;
    const tokens = deps.validationTokens?.(collection.batch.map(({ subscription }) => subscription));
    const answer = await postCollection(url, collectionBody(items, tokens), { limitMs, signal: deps.signal });
    underWay.delete(collection);
    if (deps.signal.aborted) return;
    health.note(answer.tookMs);
    deps.onAttempt({ url, items, attempt: collection.attempt, answer });
    if (!isTaken(answer) && !scheduleRetry(deps, collection, retries)) collection.batch.forEach(deps.onLost);
  }
}

function isTaken(answer: Answer): boolean {
  return answer.status !== null && answer.status >= 200 && answer.status < 300;
}

function collect(batch: readonly Waiting[], nowMs: number): Collection {
  return { batch, firstAtMs: nowMs, attempt: 1, dueAtMs: nowMs };
}

/** False once Graph has tried long enough. */
function scheduleRetry(deps: EndpointDeps, collection: Collection, retries: Collection[]): boolean {
  const { clock, limits, random } = deps;
  const pace = { firstMs: limits.retryFirstMs, mostMs: limits.retryMostMs };
  collection.dueAtMs = clock.nowMs() + backoffMs(collection.attempt, pace, random.next);
  collection.attempt += 1;
  if (collection.dueAtMs > collection.firstAtMs + limits.retryForMs) return false;
  retries.push(collection);
  return true;
}

/** Paused subscriptions keep their change notifications for as long as Graph would retry; lifecycle ones go through. */
function sortOut(fresh: readonly Waiting[], now: { nowMs: number; waitsAtMostMs: number }) {
  const sorted = { due: [] as Waiting[], later: [] as Waiting[], outdated: [] as Waiting[] };
  for (const waiting of fresh) {
    const isPaused = waiting.subscription.needsReauthorization && waiting.item.lifecycleEvent === undefined;
    if (isPaused) {
      const isOutdated = now.nowMs - waiting.arisenAtMs > now.waitsAtMostMs;
      sorted[isOutdated ? 'outdated' : 'later'].push(waiting);
    } else if (waiting.dueAtMs > now.nowMs) sorted.later.push(waiting);
    else if (waiting.passesHeld > 0) {
      waiting.passesHeld -= 1;
      sorted.later.push(waiting);
    } else sorted.due.push(waiting);
  }
  return sorted;
}
