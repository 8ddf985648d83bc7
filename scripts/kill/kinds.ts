import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { PEOPLE, type PersonRow } from '../../src/mirror/types.js';
import { waitUntil } from '../stage/wait-until.js';
import { sleepBeforeWrite } from './late-write.js';
import { freezeInTransaction } from './open-transaction.js';
import type { Ship } from './processes/fleet.js';
import { epochOf, ownerOf, type Trial, type TrialTenant } from './trial.js';

/** What a round ends, and how: a name in the answer each. */
export const KINDS = [
  ...['worker-kill', 'intake-kill', 'primary-kill', 'worker-sleep', 'worker-term', 'set-kill', 'intake-term'],
  'worker-late-write',
] as const;
export type Kind = (typeof KINDS)[number];

/** The tenant that a round is about, and who works it. */
export interface Victim {
  readonly of: TrialTenant;
  readonly owner: Ship;
  readonly epoch: number;
  /** Edits somebody of the tenant, to keep its owner busy; anybody unless told. */
  edit(objectId?: string): void;
}

/** What was met on the way, for the answer. */
export interface Met {
  inTransaction(): void;
  /** So many writes of somebody who had slept past its lease were refused. */
  refusedWrites(count: number): void;
}

/** Undoes a blow: starts again what was ended. Checks on the way what only this kind can break. */
type Mend = () => Promise<void>;

const OWNED_WITHIN_MS = 60 * SECOND_MS;
const LOST_WITHIN_MS = 60 * SECOND_MS;
/** Longest that a whole replica set stays dead. */
const MOST_OUTAGE_MS = 3 * SECOND_MS;

export async function chooseVictim(trial: Trial): Promise<Omit<Victim, 'edit'>> {
  const of = trial.tenants[trial.random.below(trial.tenants.length)];
  if (!of) throw new Error('There is no tenant.');
  const waiting = { for: `an owner of ${of.tenant.id}`, limitMs: OWNED_WITHIN_MS, signal: trial.signal };
  const { ship: owner, epoch } = await waitUntil(() => ownerOf(trial, of), waiting);
  return { of, owner, epoch };
}

/** One blow of each kind; what comes back mends it once changes arrive again. */
export const BLOWS: Readonly<Record<Kind, (trial: Trial, victim: Victim, met: Met) => Promise<Mend>>> = {
  'worker-kill': async (trial, victim, met) => {
    const { owner } = victim;
    if (await freezeInTransaction(trial, victim)) met.inTransaction();
    await owner.kill();
    return () => owner.start();
  },
  'worker-term': async (_trial, { owner }) => {
    await owner.stop();
    return () => owner.start();
  },
  'worker-sleep': async (trial, victim, met) => {
    if (await freezeInTransaction(trial, victim)) met.inTransaction();
    return () => wake(trial, victim);
  },
  'worker-late-write': async (trial, victim, met) => {
    const write = await sleepBeforeWrite(trial, victim);
    return async () => {
      try {
        await wake(trial, victim);
        met.refusedWrites(await write.refused());
      } finally {
        write.end();
      }
    };
  },
  'intake-kill': async (trial) => {
    const ship = anIntake(trial);
    await ship.kill();
    return () => ship.start();
  },
  'intake-term': async (trial) => {
    const ship = anIntake(trial);
    await ship.stop();
    return () => ship.start();
  },
  'primary-kill': async ({ set, signal }) => {
    const primary = await waitUntil(() => set.primary(), { for: 'a primary', limitMs: OWNED_WITHIN_MS, signal });
    await primary.kill();
    return async () => {
      await primary.start();
      await set.healthy();
    };
  },
  'set-kill': async ({ set, random }) => {
    await Promise.all(set.members.map((member) => member.kill()));
    await systemClock.sleep(random.below(MOST_OUTAGE_MS));
    await Promise.all(set.members.map((member) => member.start()));
    return () => set.healthy();
  },
};

function anIntake({ ships, random }: Trial): Ship {
  const intakes = ships.filter(({ role }) => role === 'intake');
  const ship = intakes[random.below(intakes.length)];
  if (!ship) throw new Error('There is no intake.');
  return ship;
}

/**
 * Somebody else has the tenant by now: whoever slept wakes, notices, and what it read before is not written any more.
 * A row tells by its ticket in whose epoch it was read (law L7).
 */
async function wake(trial: Trial, { of, owner, epoch }: Victim): Promise<void> {
  if ((await epochOf(trial, of)) <= epoch) throw new Error('Nobody took the tenant of the one that sleeps.');
  const before = await ticketsUpTo(trial, of, epoch);
  owner.wake();
  // It says so last, when everything that it had in hand came to an end.
  const hasEnded = async () =>
    (await owner.tenures()).some(
      (each) => each.tenantId === of.tenant.id && each.epoch === epoch && each.event === 'owner.ended',
    );
  await waitUntil(hasEnded, {
    for: 'the sleeper to give the tenant up',
    limitMs: LOST_WITHIN_MS,
    signal: trial.signal,
  });
  for (const [id, ticket] of await ticketsUpTo(trial, of, epoch)) {
    if (before.get(id) !== ticket) throw new Error(`Epoch ${epoch} wrote ${id} after it had slept past its lease.`);
  }
}

/** Numbers of the reads of this epoch or an older one that rows rest on, by row. */
async function ticketsUpTo({ services }: Trial, { tenant }: TrialTenant, epoch: number) {
  const rows = await services.store
    .collection<PersonRow>(PEOPLE)
    .find({ tenantId: tenant.id, 'ticket.epoch': { $lte: epoch } })
    .toArray();
  return new Map(rows.map(({ _id, ticket }) => [_id, `${ticket.epoch}.${ticket.number}`]));
}
