import type { Changes } from '../changes/create-changes.js';
import type { ChangeRow } from '../changes/types.js';
import type { Priority } from '../graph/types.js';
import { messageOf } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import { groupBy } from '../kernel/lists.js';
import type { Log } from '../kernel/log.js';
import type { People } from '../mirror/people-store.js';
import type { Cause } from '../records/types.js';
import type { Admission } from './admission/admission.js';
import { endsWork } from './admission/switched-off.js';
import type { Apply } from './apply.js';
import { CLOSED_POLL_MS, type Gate, type MappedGroups, type OpenTo } from './may-work.js';
import type { Owner, OwnerWork } from './owner.js';
import type { UntilDue } from './pacing/until-due.js';
import type { PersonRead, Times } from './plan/decide.js';
import { loadUsers } from './plan/load-inputs.js';
import { type ReadPeopleDeps, startReads } from './read-people.js';
import { createSetAside } from './set-aside.js';

/** Reads of one turn: 10 `$batch` calls of 10 people. */
const MOST_A_TURN = 100;
export interface PeopleWorkDeps extends ReadPeopleDeps {
  readonly untilDue: UntilDue;
  readonly people: People;
  readonly changes: Changes;
  readonly apply: Apply;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly admission: Admission;
  readonly times: Times;
  /** Graph told something through these subscriptions: they are alive. */
  heard(tenantId: string, subscriptionIds: readonly string[], at: Date): Promise<void>;
}

/** Due changes of people in scope, with the groups that they are read for. */
interface DueWork {
  readonly due: readonly ChangeRow[];
  readonly mapped: MappedGroups;
}

/** Takes noted people, reads them again and applies what they are now: step 3 to 6 of the way of a change. */
export function createPeopleWork(deps: PeopleWorkDeps): OwnerWork {
  const { changes, clock, gate } = deps;
  const setAside = createSetAside(deps);
  return {
    name: 'people',
    run: async (owner) => {
      while (!owner.signal.aborted) {
        const openTo = await gate.openTo(owner);
        const worked = openTo === null ? 0 : await turn(owner, openTo);
        if (openTo === null) await clock.sleep(CLOSED_POLL_MS, owner.signal);
        else if (worked === 0) await deps.untilDue.people(owner.tenantId, owner.signal);
      }
    },
  };

  async function turn(owner: Owner, { runId, exactly }: OpenTo): Promise<number> {
    const { tenantId } = owner;
    const ofRun = exactly && runId !== null ? { runId } : {};
    const due = await changes.takeDue({ tenantId, limit: MOST_A_TURN, now: clock.now(), kinds: ['user'], ...ofRun });
    await deps.heard(tenantId, subscriptionsOf(due), clock.now());
    if (due.length > 0) await workOn(owner, due, runId);
    return due.length;
  }

  async function workOn(owner: Owner, due: readonly ChangeRow[], runId: string | null): Promise<void> {
    const startedMs = clock.nowMs();
    const mapped = await gate.mapped(owner);
    const known = mapped === null ? [] : await scopeOf(owner, due);
    const outside = due.filter((change) => !known.includes(change));
    const inScope = known.map((change) => ({ ...change, runId: change.runId ?? runId }));
    await deps.apply.close(
      owner,
      outside.map(({ _id, mark }) => ({ id: _id, mark, outcome: 'outOfScope' as const })),
    );
    if (inScope.length > 0 && mapped) await withoutPoison(owner, { due: inScope, mapped });
    const durationMs = clock.nowMs() - startedMs;
    const { tenantId } = owner;
    const counts = { taken: due.length, outOfScope: outside.length, durationMs };
    deps.log.info({ event: 'people.turn', tenantId, ...counts, traceIds: traceIdsOf(due) }, 'people read and applied');
  }

  /** One person whom our own code cannot handle is set aside with the reason and keeps nobody else waiting. */
  async function withoutPoison(owner: Owner, work: DueWork): Promise<void> {
    try {
      await readAndApply(owner, work);
    } catch (error) {
      if (endsWork(owner, error)) throw error;
      const [change, ...others] = work.due;
      if (others.length > 0) for (const each of work.due) await withoutPoison(owner, { ...work, due: [each] });
      else if (change) await setAside.park(change, { code: 'internal', message: messageOf(error) });
    }
  }

  /**
   * Members, linked people, those that the sync archived and whoever a run asks for (it met them on a list) are read;
   * everybody else is dropped unread (law L10).
   */
  async function scopeOf(owner: Owner, due: readonly ChangeRow[]): Promise<ChangeRow[]> {
    const objectIds = due.map(({ objectId }) => objectId);
    const rows = await deps.people.load({ tenantId: owner.tenantId, objectIds });
    const users = await loadUsers(deps, { scope: owner, objectIds });
    return due.filter(({ objectId, runId }) => {
      const user = users.get(objectId);
      return (
        runId !== null ||
        rows.has(objectId) ||
        (user && (user.status !== 'archived' || user.archivedReason !== 'admin'))
      );
    });
  }

  async function readAndApply(owner: Owner, { due, mapped }: DueWork): Promise<void> {
    const changesById = new Map(due.map((change) => [change.objectId, change]));
    const work = startReads(deps, owner, { mapped, movesGroups: false, priority: priorityOf(due) });
    const { readHolders } = work;
    try {
      const { reads, failed } = await work.read([...changesById.keys()]);
      const causeOf = (objectId: string) => causeOfChange(changesById.get(objectId));
      const openRunId = due.some(({ runId }) => runId !== null) ? await gate.openRunNow(owner) : null;
      const withOrigin = reads.map((read) => ({ ...read, ...originOf(changesById.get(read.objectId), openRunId) }));
      const byRun = groupBy(withOrigin, ({ objectId }) => changesById.get(objectId)?.runId ?? null);
      for (const [runId, part] of byRun) {
        // Another part answers the changes of its own people, also where they are read for somebody of this one.
        const answered = new Map([...changesById].filter(([, change]) => change.runId === runId));
        const ofOpenRun = runId !== null && runId === openRunId;
        await deps.apply.people(owner, { reads: part, changes: answered, runId, ofOpenRun, causeOf, readHolders });
      }
      for (const { objectId, failure } of failed) await setAside.afterFailure(changesById.get(objectId), failure);
    } finally {
      work.done();
    }
  }
}

/** Subscriptions that told of these changes. */
export function subscriptionsOf(due: readonly ChangeRow[]): string[] {
  return [...new Set(due.flatMap(({ subscriptionId }) => subscriptionId ?? []))];
}

function priorityOf(due: readonly ChangeRow[]): Priority {
  if (due.some(({ removed }) => removed)) return 'deleted';
  return due.some(({ named }) => named) ? 'notification' : 'catch_up';
}

function traceIdsOf(due: readonly ChangeRow[]): string[] {
  return [...new Set(due.flatMap(({ traceId }) => traceId ?? []))].slice(0, 10);
}

/** Only a run that is under way moves groups in effect, not what was left over from one. */
function originOf(
  change: ChangeRow | undefined,
  openRunId: string | null,
): Pick<PersonRead, 'notified' | 'notifiedAt' | 'movesGroups' | 'round'> {
  const notifiedAt = change?.notifiedAt ?? null;
  const movesGroups = openRunId !== null && change?.runId === openRunId;
  const round = change?.runId === null ? change.round : null;
  return { notified: change?.named === true, notifiedAt, movesGroups, round };
}

function causeOfChange(change: ChangeRow | undefined): Cause {
  const by = !change || change.via === 'manual' ? 'recheck' : change.via;
  return { by, traceId: change?.traceId ?? null, runId: change?.runId ?? null, graphRequestId: null };
}
