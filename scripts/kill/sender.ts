import { z } from 'zod';
import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { createSeededRandom } from '../../src/simulator/world/seeded-random.js';
import { createControl } from '../demo/scene/control.js';
import type { Trial } from './trial.js';

/** What became of the notifications sent from here, one a POST. */
export interface Answers {
  /** 202. */
  readonly taken: number;
  /** 503 and other answers that ask to send again. */
  readonly refused: number;
  /** No answer: the process that had the request was ended, or there was none. */
  readonly broken: number;
  /** The slowest of the answered ones, in ms. */
  readonly slowestMs: number;
}

export interface Sender {
  answers(): Answers;
  stop(): Promise<void>;
}

const EVERY_MS = 50;
const ANSWER_WITHIN_MS = 10 * SECOND_MS;

const subscriptionSchema = z.object({
  id: z.string(),
  tenantId: z.string(),
  resource: z.string(),
  clientState: z.string(),
});

/** Posts true notifications about anybody as Graph would, without sending again, to count how each was answered. */
export async function startSender(trial: Trial, seed: number): Promise<Sender> {
  const { simulator, tenants, door, signal } = trial;
  const random = createSeededRandom(`sender ${seed}`);
  const known = await createControl(simulator.control, signal).items(subscriptionSchema, '/subscriptions');
  const users = known.filter(({ resource }) => resource.replace(/^\//, '') === 'users');
  const counts = { taken: 0, refused: 0, broken: 0, slowestMs: 0 };
  const stop = new AbortController();
  const limit = AbortSignal.any([signal, stop.signal]);
  const underWay = new Set<Promise<void>>();
  const running = run();
  return {
    answers: () => ({ ...counts }),
    stop: async () => {
      stop.abort();
      await running;
      await Promise.all(underWay);
    },
  };

  async function run(): Promise<void> {
    while (!limit.aborted) {
      const sent = send();
      underWay.add(sent);
      void sent.finally(() => underWay.delete(sent));
      await systemClock.sleep(EVERY_MS, limit).catch(() => undefined);
    }
  }

  async function send(): Promise<void> {
    const of = tenants[random.below(tenants.length)];
    const id = of?.people[random.below(of.people.length)];
    const subscription = users.find(({ tenantId }) => tenantId === of?.tenant.id);
    if (!subscription || !id) throw new Error('There is no subscription to send for.');
    const { id: subscriptionId, tenantId, clientState } = subscription;
    const about = { changeType: 'updated', resource: `Users/${id}`, resourceData: { id } };
    const startedMs = systemClock.nowMs();
    try {
      const response = await fetch(`${door.url}/graph/notifications`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ value: [{ subscriptionId, tenantId, clientState, ...about }] }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await response.arrayBuffer();
      counts[response.status === 202 ? 'taken' : 'refused'] += 1;
      counts.slowestMs = Math.max(counts.slowestMs, systemClock.nowMs() - startedMs);
    } catch {
      counts.broken += 1;
    }
  }
}
