import { CHANGES, type ChangeDocument, changeId } from '../../src/changes/change-document.js';
import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { makeClientState } from '../../src/kernel/signed/client-state.js';
import { createSeededRandom } from '../../src/simulator/world/seeded-random.js';
import { APP_SECRET } from './stage.js';
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
  /** How many of those answered 202 since it was last asked are not stored. */
  lost(): Promise<number>;
  stop(): Promise<void>;
}

const EVERY_MS = 20;
const ANSWER_WITHIN_MS = 10 * SECOND_MS;

/**
 * Posts true notifications, each about somebody else, of a tenant that nobody works: what was answered 202 stays in the
 * set, where each of them can be found (until `prune` closes it after ten minutes). Nothing is sent a second time.
 */
export function startSender({ services, door, signal }: Trial, seed: number): Sender {
  const random = createSeededRandom(`sender ${seed}`);
  const tenantId = random.guid();
  const about = {
    subscriptionId: random.guid(),
    tenantId,
    changeType: 'updated',
    clientState: clientStateOf(tenantId),
  };
  const counts = { taken: 0, refused: 0, broken: 0, slowestMs: 0 };
  let unchecked: string[] = [];
  const stop = new AbortController();
  const limit = AbortSignal.any([signal, stop.signal]);
  const underWay = new Set<Promise<void>>();
  const running = run();
  return {
    answers: () => ({ ...counts }),
    lost,
    stop: async () => {
      stop.abort();
      await running;
      await Promise.all(underWay);
    },
  };

  async function run(): Promise<void> {
    while (!limit.aborted) {
      const sent = send(random.guid());
      underWay.add(sent);
      void sent.finally(() => underWay.delete(sent));
      await systemClock.sleep(EVERY_MS, limit).catch(() => undefined);
    }
  }

  async function send(id: string): Promise<void> {
    const startedMs = systemClock.nowMs();
    try {
      const response = await fetch(`${door.url}/graph/notifications`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ value: [{ ...about, resource: `Users/${id}`, resourceData: { id } }] }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await response.arrayBuffer();
      counts.slowestMs = Math.max(counts.slowestMs, systemClock.nowMs() - startedMs);
      if (response.status !== 202) {
        counts.refused += 1;
        return;
      }
      counts.taken += 1;
      unchecked.push(changeId({ tenantId, kind: 'user', objectId: id }));
    } catch {
      counts.broken += 1;
    }
  }

  async function lost(): Promise<number> {
    const ids = unchecked;
    unchecked = [];
    const changes = services.store.collection<ChangeDocument>(CHANGES);
    return ids.length - (await changes.countDocuments({ _id: { $in: ids } }));
  }
}

function clientStateOf(tenantId: string): string {
  return makeClientState({ secrets: [APP_SECRET], tenantId, kind: 'u', resourceId: null, nonce: 'trialday' });
}
