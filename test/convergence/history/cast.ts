import { AppError } from '../../../src/kernel/app-error.js';
import { isTransient } from '../../../src/store/transaction.js';
import type { Instance } from '../machine/instance.js';
import type { Stage } from './stage.js';

/** The processes of the service that play in a history: at least one, which takes what Graph tells. */
export interface Cast {
  /** The one with the port, started anew where it has died. */
  first(): Promise<Instance>;
  crash(after: number): void;
  /** Does something in the middle of the first one's work, at its so-manieth operation from now on. */
  midway(after: number, what: () => void): void;
  /** A second one beside it, or none any more: killed. */
  second(): Promise<void>;
  /** Sets the clocks of both, of instances that start later too; a second one is started where there is none. */
  setClocks(aheadMs: readonly [number, number]): Promise<void>;
  /** Rings what the alarm clock would have rung by now. */
  ring(): Promise<void>;
  ringNow(job: string): Promise<void>;
  crashes(): number;
  /** How often work of the living ones has failed as a whole and was started again. */
  failures(): Promise<number>;
}

const SECOND_MS = 1_000;
const STARTS_MOST = 5;
const EVERY_MS: Readonly<Record<string, number>> = {
  'reconcile-due': 15 * SECOND_MS,
  'renew-subscriptions': 300 * SECOND_MS,
  'catch-up': 300 * SECOND_MS,
  'calendar-nightly': 3_600 * SECOND_MS,
  notices: 60 * SECOND_MS,
  prune: 600 * SECOND_MS,
};

/** @param rings  whether a job rings by itself in this history */
export function createCast(stage: Stage, rings: (job: string) => boolean): Cast {
  const rungAt = new Map<string, number>();
  let [one, two]: (Instance | null)[] = [null, null];
  let [born, died] = [0, 0];
  let [oneAheadMs, twoAheadMs] = [0, 0];
  return {
    first,
    crash: (after) => one?.party.after(after, () => one?.party.kill()),
    midway: (after, what) => one?.party.after(after, what),
    second: async () => {
      if (two) two.party.kill();
      two = two ? null : await another();
    },
    setClocks: async ([first, second]) => {
      [oneAheadMs, twoAheadMs] = [first, second];
      if (!two || two.party.isDead()) two = await another();
      else stage.time.set(two.party, second);
      if (one) stage.time.set(one.party, first);
    },
    ring: async () => {
      const instance = await first();
      for (const { name, run } of instance.jobs) {
        const every = EVERY_MS[name];
        if (every === undefined) throw new Error(`how often does ${name} ring?`);
        if (!rings(name) || stage.time.nowMs() - (rungAt.get(name) ?? 0) < every) continue;
        rungAt.set(name, stage.time.nowMs());
        await handle(instance, run);
      }
    },
    ringNow: async (job) => {
      const instance = await first();
      const found = instance.jobs.find(({ name }) => name === job);
      if (!found) throw new Error(`there is no job ${job}`);
      await handle(instance, found.run);
    },
    crashes: () => died,
    failures: async () => {
      let sum = 0;
      for (const instance of [one, two]) {
        const counter = await instance?.services.metrics.getSingleMetric('owner_work_failures_total')?.get();
        for (const { value } of counter?.values ?? []) sum += value;
      }
      return sum;
    },
  };

  async function first(): Promise<Instance> {
    if (one && !one.party.isDead()) return one;
    if (one) died += 1;
    one = await start({ intake: true, aheadMs: oneAheadMs });
    return one;
  }

  function another(): Promise<Instance> {
    return start({ intake: false, aheadMs: twoAheadMs });
  }

  /** A machine that is busy may keep a start from its database for a second: whoever started it starts it again. */
  async function start(options: { intake: boolean; aheadMs: number }): Promise<Instance> {
    for (let attempt = 1; ; attempt += 1) {
      born += 1;
      try {
        return await stage.start(`${options.intake ? 'a' : 'b'}${born}`, options);
      } catch (error) {
        const isBusy = error instanceof AppError && error.code === 'database_unreachable';
        if (!isBusy || attempt === STARTS_MOST) throw error;
      }
    }
  }

  /** A job that its process dies in never ends; one that fails is rung again. */
  async function handle({ party }: Instance, run: () => Promise<void>): Promise<void> {
    const ended = party.as(run).catch((error: unknown) => {
      if (!party.isDead() && !(error instanceof AppError || isTransient(error))) throw error;
    });
    await Promise.race([ended, party.died]);
  }
}
