import { SECOND_MS } from '../../src/kernel/clock.js';
import { metricsAt } from '../stage/metrics-at.js';
import { waitUntil } from '../stage/wait-until.js';
import type { Victim } from './kinds.js';
import type { Trial } from './trial.js';

/** Graph takes this long to answer: in it the owner is put to sleep. */
const ANSWER_MS = 3 * SECOND_MS;
const ASKED_WITHIN_MS = 60 * SECOND_MS;
const REFUSED_WITHIN_MS = 30 * SECOND_MS;

/** The write that somebody who sleeps will try. */
export interface LateWrite {
  /** How often the fence refused the owner since it was put to sleep; fails where it never did. */
  refused(): Promise<number>;
  /** Lets others read the person too. */
  end(): void;
}

/**
 * Puts the owner of a tenant to sleep while it waits for what Graph says of somebody. The answer comes while it sleeps,
 * so that the first thing it does when it wakes is to write that, and nobody else has been told: what is read of that
 * person afterwards is refused until the end.
 */
export async function sleepBeforeWrite(trial: Trial, { owner, of, edit }: Victim): Promise<LateWrite> {
  const { simulator, random, signal } = trial;
  const { faults } = simulator;
  const objectId = of.people[random.below(of.people.length)] ?? '';
  const match = { path: `/users/${objectId}[?]`, tenant: of.tenant.id };
  const body = { error: { code: 'Request_BadRequest', message: 'not now' } };
  const before = await refusals();
  const slow = faults.add({ match, after: 0, times: 1, action: { delayMs: ANSWER_MS } });
  const closed = faults.add({ match, after: 0, times: Number.MAX_SAFE_INTEGER, action: { status: 400, body } });
  edit(objectId);
  const isAsked = () => faults.list().some(({ id, caught }) => id === slow && caught > 0);
  await waitUntil(isAsked, { for: 'the owner to read', limitMs: ASKED_WITHIN_MS, everyMs: 2, signal });
  owner.sleep();
  return {
    refused: () => {
      const since = async () => (await refusals()) - before;
      const waiting = { for: 'the write of the sleeper to be refused', limitMs: REFUSED_WITHIN_MS, signal };
      return waitUntil(since, waiting);
    },
    end: () => {
      faults.remove(slow);
      faults.remove(closed);
    },
  };

  async function refusals(): Promise<number> {
    const told = await metricsAt(`http://127.0.0.1:${owner.opsPort}`);
    return told.get('owner_writes_refused_total') ?? 0;
  }
}
