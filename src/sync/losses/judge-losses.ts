import type { Clock } from '../../kernel/clock.js';
import { groupBy } from '../../kernel/lists.js';
import type { Groups } from '../../mirror/groups-store.js';
import type { People } from '../../mirror/people-store.js';
import type { Store } from '../../store/connect.js';
import { type LossKind, SUSPECTS, type SuspectRow } from './suspects.js';

/** How many notices of each kind a round found to be lost. */
export type Loss = Readonly<Record<LossKind, number>>;

export interface Losses {
  /** A round has ended and everything that it named is read: it is judged once the lag is over. */
  roundEnded(tenantId: string, round: number): void;
  /** Judges what is due; @returns the loss of each judged round, in order */
  judge(tenantId: string): Promise<readonly Loss[]>;
}

export interface LossesDeps {
  readonly store: Store;
  readonly people: People;
  readonly groups: Pick<Groups, 'toldSince'>;
  readonly clock: Clock;
  readonly lagMs: number;
}

/** Rounds that wait are in the owner's memory: after a take-over only what was suspected is judged, with the next one. */
export function createLosses({ store, people, groups, clock, lagMs }: LossesDeps): Losses {
  const suspects = store.collection<SuspectRow>(SUSPECTS);
  const ended = new Map<string, { readonly round: number; readonly dueAtMs: number }[]>();
  return {
    roundEnded: (tenantId, round) => {
      // Without a lag nothing says whether a notice is late or lost.
      if (lagMs === 0) return;
      const waiting = ended.get(tenantId) ?? [];
      ended.set(tenantId, [...waiting, { round, dueAtMs: clock.nowMs() + lagMs }]);
    },
    judge: async (tenantId) => {
      const waiting = ended.get(tenantId) ?? [];
      const due = waiting.filter(({ dueAtMs }) => dueAtMs <= clock.nowMs());
      if (due.length === 0) return [];
      ended.set(
        tenantId,
        waiting.filter((each) => !due.includes(each)),
      );
      const losses: Loss[] = [];
      for (const { round } of due) losses.push(await judgeRound(tenantId, round));
      return losses;
    },
  };

  async function judgeRound(tenantId: string, round: number): Promise<Loss> {
    const found = await suspects.find({ tenantId, round: { $lte: round } }).toArray();
    const byKind = groupBy(found, ({ kind }) => kind);
    const loss = {
      users: await untoldPeople(tenantId, byKind.get('users') ?? []),
      groups: await untoldGroups(tenantId, byKind.get('groups') ?? []),
    };
    await suspects.deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, round: { $lte: round } });
    return loss;
  }

  async function untoldPeople(tenantId: string, found: readonly SuspectRow[]): Promise<number> {
    const rows = await people.load({ tenantId, objectIds: found.map(({ objectId }) => objectId) });
    // Whoever is out of scope by now left no trace of a notice.
    const known = found.filter(({ objectId }) => rows.has(objectId));
    return known.filter(({ objectId, at }) => !isNear(rows.get(objectId)?.notifiedAt, at)).length;
  }

  async function untoldGroups(tenantId: string, found: readonly SuspectRow[]): Promise<number> {
    let untold = 0;
    for (const { groupIds, at } of found) {
      const since = new Date(at.getTime() - lagMs);
      if (!(await groups.toldSince(tenantId, groupIds, since))) untold += 1;
    }
    return untold;
  }

  function isNear(notifiedAt: Date | null | undefined, at: Date): boolean {
    return !!notifiedAt && notifiedAt.getTime() >= at.getTime() - lagMs;
  }
}
