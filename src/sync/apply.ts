import { type ClientSession, MongoServerError } from 'mongodb';
import type { ChangeRow, Closing } from '../changes/types.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Rival } from '../projection/claims.js';
import type { AddressChain } from '../projection/rules/address-chains.js';
import { keepRunProblems } from '../records/problems/run-problems.js';
import type { Cause } from '../records/types.js';
import { isDuplicateKey, isTransient } from '../store/transaction.js';
import { requireSyncOn } from './admission/switched-off.js';
import { inLane } from './in-lane.js';
import { keepSuspects, suspectsOf } from './losses/suspects.js';
import { packChains } from './ordering/pack-chains.js';
import type { Owner } from './owner.js';
import { countRun, type RunTally } from './plan/count-run.js';
import type { PersonRead, Times } from './plan/decide.js';
import { keepUnplanned } from './plan/exact-plan.js';
import { type LoadDeps, loadSetUp } from './plan/load-inputs.js';
import { endsUntaken } from './plan/person-plan.js';
import { type BatchPlan, MOST_OBJECTS_AN_APPLY, planPeople } from './plan/plan-people.js';
import { problemsMet } from './plan/problems-met.js';
import { createSetUpMemory } from './plan/set-up-memory.js';
import { type WriteDeps, writePlan } from './plan/write-plan.js';

/** After so many aborts in a row a batch is halved (law L4). */
const ABORTS_BEFORE_HALVING = 2;
const PAUSE_AFTER_ABORT_MS = 20;

export interface ApplyBatch {
  readonly reads: readonly PersonRead[];
  /** Open changes that the reads answer, by object id. */
  readonly changes: ReadonlyMap<string, ChangeRow>;
  readonly runId: string | null;
  /** That run is under way: where it applies a plan exactly, the plan holds for this batch. */
  readonly ofOpenRun?: boolean;
  /** People of the same run by wanted address, where several want one. */
  readonly rivals?: ReadonlyMap<string, readonly Rival[]>;
  causeOf(objectId: string): Cause;
  /**
   * Reads linked people whose addresses somebody of the batch wants, so that swaps, cycles and chains are decided
   * together (DESIGN section 4); without it, who wants such an address waits for it.
   */
  readHolders?(objectIds: readonly string[]): Promise<readonly PersonRead[]>;
}

/** What became of a batch, and the people who were left out of it until somebody else is read. */
interface Applied {
  readonly tally: RunTally;
  readonly chains: readonly AddressChain[];
}

export interface Apply {
  /** Plans and writes people as read: one transaction for each 200 at the most, in the owner's lane. */
  people(owner: Owner, batch: ApplyBatch): Promise<RunTally>;
  /** Closes changes that need no read. */
  close(owner: Owner, closings: readonly Closing[]): Promise<void>;
  /** Writes of another kind of work: one transaction in the owner's lane, behind its fence. */
  within<T>(owner: Owner, work: (session: ClientSession) => Promise<T>): Promise<T>;
  /** Whether something that ripened has ended in this process without being taken, since this was last asked. */
  endedUntaken(tenantId: string): boolean;
}

export interface ApplyDeps extends LoadDeps, WriteDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly times: Times;
}

export function createApply(deps: ApplyDeps): Apply {
  const { store, clock } = deps;
  const setUps = createSetUpMemory();
  const untaken = new Set<string>();
  return {
    people: async (owner, batch) => {
      const tallies: RunTally[] = [];
      for (let from = 0; from < batch.reads.length; from += MOST_OBJECTS_AN_APPLY) {
        const reads = batch.reads.slice(from, from + MOST_OBJECTS_AN_APPLY);
        tallies.push(...(await applyWithHolders(owner, { ...batch, reads })));
      }
      return countRun.sum(tallies);
    },
    close: async (owner, closings) => {
      if (closings.length > 0) await within(owner, (session) => deps.changes.close(session, closings));
    },
    within,
    endedUntaken: (tenantId) => untaken.delete(tenantId),
  };

  async function within<T>(owner: Owner, work: (session: ClientSession) => Promise<T>): Promise<T> {
    const { writes, result } = await inLane(deps, owner, async (session, counter) => ({
      writes: counter,
      result: await work(session),
    }));
    setUps.pass(owner, writes);
    return result;
  }

  /** Whoever hangs on an address of somebody beyond the batch is applied with that one, once that one is read too. */
  async function applyWithHolders(owner: Owner, batch: ApplyBatch): Promise<RunTally[]> {
    const asked = new Set<string>();
    const tallies: RunTally[] = [];
    const waiting = [batch.reads];
    for (let reads = waiting.shift(); reads; reads = waiting.shift()) {
      const { tally, chains } = await applyHalving(owner, { ...batch, reads }, asked);
      tallies.push(tally);
      const missing = [...new Set(chains.flatMap((chain) => chain.missing))].filter((id) => !asked.has(id));
      for (const objectId of missing) asked.add(objectId);
      const holders = missing.length === 0 ? [] : ((await batch.readHolders?.(missing)) ?? []);
      waiting.push(...packChains({ chains, reads: [...reads, ...holders], most: MOST_OBJECTS_AN_APPLY }));
    }
    return tallies;
  }

  async function applyHalving(owner: Owner, batch: ApplyBatch, asked: ReadonlySet<string>): Promise<Applied> {
    const takenEmails = new Set<string>();
    for (let aborts = 0; ; ) {
      try {
        return await owner.lane.run(() => applyOnce(owner, batch, { takenEmails, asked }));
      } catch (error) {
        const refused = refusedEmail(error);
        if (refused !== null && !takenEmails.has(refused)) takenEmails.add(refused);
        else if (!isTransient(error)) throw error;
        else aborts += 1;
      }
      if (aborts >= ABORTS_BEFORE_HALVING && batch.reads.length > 1) return applyHalves(owner, batch, asked);
      await clock.sleep(PAUSE_AFTER_ABORT_MS, owner.signal);
    }
  }

  async function applyHalves(owner: Owner, batch: ApplyBatch, asked: ReadonlySet<string>): Promise<Applied> {
    const middle = Math.ceil(batch.reads.length / 2);
    const first = await applyHalving(owner, { ...batch, reads: batch.reads.slice(0, middle) }, asked);
    const second = await applyHalving(owner, { ...batch, reads: batch.reads.slice(middle) }, asked);
    return { tally: countRun.sum([first.tally, second.tally]), chains: [...first.chains, ...second.chains] };
  }

  async function applyOnce(
    owner: Owner,
    batch: ApplyBatch,
    addresses: { takenEmails: ReadonlySet<string>; asked: ReadonlySet<string> },
  ): Promise<Applied> {
    // A mailbox has an order of its own: what it says neither overtakes the directory nor is overtaken by it.
    const isOrdered = ({ seen }: PersonRead) => seen.state !== 'mailbox';
    const fresh = batch.reads.filter(
      (read) => !isOrdered(read) || !owner.tickets.isOvertaken(read.objectId, read.moment.ticket),
    );
    const now = clock.now();
    const result = await owner.transaction(async (session, counter) => {
      const setUp = setUps.at(owner, counter) ?? (await loadSetUp(deps, owner, session));
      requireSyncOn(setUp.integration, owner);
      const planning = batch.ofOpenRun ? batch.runId : null;
      const asked = batch.readHolders ? addresses.asked : undefined;
      const { takenEmails } = addresses;
      const common = { scope: owner, reads: fresh, times: deps.times, setUp, session };
      const request = { ...common, rivals: batch.rivals, runId: planning, takenEmails, asked };
      const planned = await planPeople(deps, request);
      const overtaken = batch.reads.filter((read) => !fresh.includes(read)).map(({ objectId }) => objectId);
      const plan: BatchPlan = { ...planned, stale: [...planned.stale, ...overtaken] };
      const { changes, runId, ofOpenRun = false, causeOf } = batch;
      const { problemDelayMs } = deps.times;
      const writes = await writePlan(
        deps,
        { scope: owner, plan, changes, runId, ofOpenRun, now, problemDelayMs, causeOf },
        session,
      );
      const suspects = suspectsOf(
        owner.tenantId,
        plan.people.map(({ draft }) => draft),
      );
      await keepSuspects(store, suspects, session);
      const tally = countRun.of(plan, writes);
      if (runId) {
        await countRun.add(store, { ...owner, runId, tally }, session);
        await keepUnplanned(store, { runId, plan }, session);
        await keepRunProblems(store, problemsMet(plan, { ...owner, runId, now }), session);
      }
      return { plan, tally, counter, setUp };
    });
    setUps.keep(owner, result.counter, result.setUp);
    if (result.plan.people.some(endsUntaken)) untaken.add(owner.tenantId);
    for (const { draft, accepted } of result.plan.people) {
      const { read } = draft;
      if (accepted.length === 0 && isOrdered(read)) owner.tickets.unchanged(read.objectId, read.moment.ticket);
    }
    return { tally: result.tally, chains: result.plan.chains };
  }
}

/** The address that the unique index refused, or null where it was something else. */
function refusedEmail(error: unknown): string | null {
  if (!isDuplicateKey(error) || !(error instanceof MongoServerError)) return null;
  const text = JSON.stringify(error.errorResponse) + JSON.stringify(error);
  return /"emailKey\\?":\\?"((?:[^"\\]|\\.)*?)\\?"/.exec(text)?.[1] ?? null;
}
