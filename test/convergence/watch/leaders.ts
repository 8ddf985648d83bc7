import type { OracleRecord } from '../oracle/facts.js';
import { Broken } from './broken.js';
import type { LedgerFacts } from './ledger-facts.js';

/** The sync never takes one of the last two leaders of a team; people may. */
export interface Leaders {
  /** Goes through what was written since the last time, in order; `records` are as they are now. */
  follow(entries: readonly LedgerFacts[], records: readonly OracleRecord[]): void;
}

const LEAST = 2;

export function createLeaders(): Leaders {
  let leading = new Map<string, Set<string>>();
  return {
    follow: (entries, records) => {
      const now = leadersByTeam(records);
      for (const entry of entries) {
        if (entry.kind === 'archive' || entry.kind === 'leave' || entry.kind === 'remove') take(entry, now);
        if (entry.kind === 'restore') comeBack(entry, records);
        if (entry.kind === 'update' && entry.teamId !== null) appoint(entry, entry.teamId);
      }
      leading = now;
    },
  };

  function take(entry: LedgerFacts, now: ReadonlyMap<string, ReadonlySet<string>>): void {
    const { userId, kind, byPerson } = entry;
    for (const [teamId, leaders] of leading) {
      if (kind === 'leave' && (teamId !== entry.teamId || now.get(teamId)?.has(userId))) continue;
      if (!leaders.delete(userId) || byPerson || leaders.size >= LEAST) continue;
      throw new Broken('leaders', `the sync took one of the last leaders of ${teamId}: ${JSON.stringify(entry)}`);
    }
  }

  function comeBack({ userId }: LedgerFacts, records: readonly OracleRecord[]): void {
    const { memberships = [] } = records.find(({ id }) => id === userId) ?? {};
    for (const { teamId, isLeader } of memberships) if (isLeader) of(teamId).add(userId);
  }

  function appoint({ userId, after }: LedgerFacts, teamId: string): void {
    if ((after as { isLeader?: boolean } | null)?.isLeader) of(teamId).add(userId);
    else of(teamId).delete(userId);
  }

  function of(teamId: string): Set<string> {
    const known = leading.get(teamId) ?? new Set();
    leading.set(teamId, known);
    return known;
  }
}

function leadersByTeam(all: readonly OracleRecord[]): Map<string, Set<string>> {
  const leading = new Map<string, Set<string>>();
  for (const { id, status, memberships } of all) {
    if (status === 'archived') continue;
    for (const { teamId, isLeader } of memberships) {
      if (isLeader) leading.set(teamId, (leading.get(teamId) ?? new Set()).add(id));
    }
  }
  return leading;
}
