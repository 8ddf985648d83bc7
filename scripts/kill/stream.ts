import { systemClock } from '../../src/kernel/clock.js';
import { createSeededRandom } from '../../src/simulator/world/seeded-random.js';
import { recordsOf, type Trial, type TrialTenant } from './trial.js';

/** Edits of people that go on all the time, and what each of them was last given. */
export interface Stream {
  /** How many edits there were. */
  edits(): number;
  /** Gives a person a new surname; answers it. */
  edit(of: TrialTenant, objectId: string): string;
  /** People whose record does not have what they were last given. */
  missing(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const EVERY_MS = 60;

/** Somebody in some tenant gets a new surname, again and again, until it is stopped. */
export function startStream({ services, tenants, signal }: Trial, seed: number): Stream {
  const random = createSeededRandom(`stream ${seed}`);
  const last = new Map<string, { of: TrialTenant; objectId: string; surname: string }>();
  const stop = new AbortController();
  const limit = AbortSignal.any([signal, stop.signal]);
  let count = 0;
  const running = run();
  return {
    edits: () => count,
    edit,
    missing: async () => {
      const lacking: string[] = [];
      for (const of of tenants) {
        const records = await recordsOf(services, of.enterpriseId);
        for (const wanted of last.values()) {
          const isHere = wanted.of === of;
          if (isHere && records.get(wanted.objectId)?.lastName !== wanted.surname) lacking.push(wanted.objectId);
        }
      }
      return lacking;
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };

  function edit(of: TrialTenant, objectId: string): string {
    count += 1;
    const surname = `Trial ${seed}-${count}`;
    of.tenant.directory.updateUser(objectId, { surname });
    last.set(objectId, { of, objectId, surname });
    return surname;
  }

  async function run(): Promise<void> {
    while (!limit.aborted) {
      const of = tenants[random.below(tenants.length)];
      const objectId = of?.people[random.below(of.people.length)];
      if (of && objectId) edit(of, objectId);
      await systemClock.sleep(EVERY_MS, limit).catch(() => undefined);
    }
  }
}
