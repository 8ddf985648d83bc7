import { messageOf } from '../../src/kernel/app-error.js';
import { systemClock } from '../../src/kernel/clock.js';

/** The steps of `--check` in their order (CONTRACT section 4), in words. */
export const STEP_NAMES = {
  mongodb: 'An embedded MongoDB runs',
  simulator: 'Two simulated Entra tenants answer',
  service: 'The service runs as a process of its own',
  connect: 'An administrator signs in, consents, and the tenant is connected',
  setup: 'Organisations, teams, Team Mappings and subscriptions are there',
  'first-run': 'The first sync brings in the members of the mapped groups',
  field: 'A changed field arrives',
  join: 'Somebody who joins a mapped group gets the team',
  'join-nested': 'Somebody who joins a group below a mapped one gets the team',
  leave: 'Somebody who leaves the group loses the team',
  duplicate: 'An address that is taken is a problem of that person only',
  archive: 'Somebody disabled and somebody deleted are archived',
  restore: 'Both come back',
  'event-created': 'An event in a calendar becomes a scheduled activity',
  'event-moved': 'The event is moved, and the activity with it',
  'event-private': 'A private event becomes no activity',
  'event-cancelled': 'The event is cancelled, and the activity with it',
  series: 'Each occurrence of a series is an activity of its own',
  'started-kept': 'An activity that has started stays, though its event is deleted',
  forged: 'A forged notification is answered and not stored',
  'foreign-tenant': "A notification with another tenant's clientState is answered and not stored",
  renew: 'A subscription that ends soon is renewed by scripts/renew-subscriptions',
  recreate: 'A subscription that Graph lost is made anew, and what was missed is found',
  crash: 'A change survives kill -9 of the service',
  'second-run': 'A sync of an unchanged tenant writes nothing',
} as const;

export type StepId = keyof typeof STEP_NAMES;

export interface StepResult {
  readonly id: StepId;
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail?: string;
}

/** What a step found out, in words. */
export type Tell = (detail: string) => void;

export interface Story {
  /** A step that the rest stands on: its failure ends the story. */
  need<T>(id: StepId, step: (tell: Tell) => Promise<T>): Promise<T>;
  /** A step that fails by itself. */
  try(id: StepId, step: (tell: Tell) => Promise<void>): Promise<void>;
  /** All steps in their order; those that were not reached are failures too. */
  results(): readonly StepResult[];
}

export function createStory(report: (result: StepResult) => void): Story {
  const done = new Map<StepId, StepResult>();
  return {
    need: take,
    try: async (id, step) => {
      await take(id, step).catch(() => undefined);
    },
    results: () =>
      stepIds().map((id) => {
        const notReached = { id, name: STEP_NAMES[id], ok: false, ms: 0, detail: 'not reached' };
        return done.get(id) ?? notReached;
      }),
  };

  async function take<T>(id: StepId, step: (tell: Tell) => Promise<T>): Promise<T> {
    const startMs = systemClock.nowMs();
    let detail: string | null = null;
    const finish = (ok: boolean) => {
      const result = { id, name: STEP_NAMES[id], ok, ms: systemClock.nowMs() - startMs, ...(detail && { detail }) };
      done.set(id, result);
      report(result);
    };
    try {
      const value = await step((text) => {
        detail = text;
      });
      finish(true);
      return value;
    } catch (error) {
      detail = messageOf(error);
      finish(false);
      throw error;
    }
  }
}

function stepIds(): StepId[] {
  return Object.keys(STEP_NAMES).filter((id): id is StepId => id in STEP_NAMES);
}
