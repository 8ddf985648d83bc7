import type { TakingKind } from './types.js';

/** Fewer than this never trip the guard (law L12). */
export const HELD_FROM = 5;

/** One taking, as the guard counts it: a person counts once for each kind, in the enterprise and in each team. */
export interface Taking {
  readonly personId: string;
  readonly kind: TakingKind;
  /** `team_removal`: the team; every other kind: the teams in which the person is. */
  readonly teamIds: readonly string[];
}

export type KindCounts = Readonly<Partial<Record<TakingKind, number>>>;

/** People by kind of taking, over the enterprise and by team. */
export interface Takings {
  readonly enterprise: KindCounts;
  readonly teams: ReadonlyMap<string, KindCounts>;
}

export interface GuardInput {
  /** People with a record at the window's start, or after the first run, whichever is later. */
  readonly linkedCount: number;
  /** The same by team. */
  readonly linkedByTeam: ReadonlyMap<string, number>;
  /** Applied in the last 24 hours and still in force, without those that an administrator approved. */
  readonly window: readonly Taking[];
  /** Ripe or still ripening now, judged before the first of them is applied. */
  readonly pending: readonly Taking[];
  readonly brakePercent: number;
}

/** Kinds of taking that wait for an administrator. */
export interface GuardVerdict {
  readonly enterprise: ReadonlySet<TakingKind>;
  readonly teams: ReadonlyMap<string, ReadonlySet<TakingKind>>;
}

/** Counts people, not changes: two cleared fields of one person are one clear. */
export function countTakings(takings: readonly Taking[]): Takings {
  const enterprise = new Map<TakingKind, Set<string>>();
  const teams = new Map<string, Map<TakingKind, Set<string>>>();
  for (const { personId, kind, teamIds } of takings) {
    addPerson(enterprise, { kind, personId });
    for (const teamId of teamIds) {
      const team = teams.get(teamId) ?? new Map<TakingKind, Set<string>>();
      addPerson(team, { kind, personId });
      teams.set(teamId, team);
    }
  }
  return {
    enterprise: sizes(enterprise),
    teams: new Map([...teams].map(([teamId, kinds]) => [teamId, sizes(kinds)])),
  };
}

/** What the guard holds (law L12): everything that is pending of a kind that is too many, enterprise or team. */
export function judge({ linkedCount, linkedByTeam, window, pending, brakePercent }: GuardInput): GuardVerdict {
  const now = countTakings(pending);
  // Together, so that somebody who was taken and is about to be taken again counts once.
  const all = countTakings([...window, ...pending]);
  const enterprise = tooMany({ pending: now.enterprise, all: all.enterprise, base: linkedCount, brakePercent });
  const teams = new Map<string, ReadonlySet<TakingKind>>();
  for (const [teamId, counts] of now.teams) {
    const base = linkedByTeam.get(teamId) ?? 0;
    const held = tooMany({ pending: counts, all: all.teams.get(teamId) ?? counts, base, brakePercent });
    if (held.size > 0) teams.set(teamId, held);
  }
  return { enterprise, teams };
}

/** Whether this taking waits for an administrator. */
export function isHeld(
  { enterprise, teams }: GuardVerdict,
  { kind, teamIds }: Pick<Taking, 'kind' | 'teamIds'>,
): boolean {
  return enterprise.has(kind) || teamIds.some((teamId) => teams.get(teamId)?.has(kind) ?? false);
}

/**
 * The rule itself, for anything that is counted: at least five, and more than the share of the base. 100 % opens the
 * brake: whoever came since the base was counted may go then, too.
 */
export function exceedsBrake({
  count,
  base,
  brakePercent,
}: {
  count: number;
  base: number;
  brakePercent: number;
}): boolean {
  return brakePercent < 100 && count >= HELD_FROM && count * 100 > brakePercent * base;
}

function tooMany(facts: { pending: KindCounts; all: KindCounts; base: number; brakePercent: number }): Set<TakingKind> {
  const { pending, all, base, brakePercent } = facts;
  const kinds: readonly TakingKind[] = ['archive', 'team_removal', 'email_change', 'clear'];
  const held = kinds.filter((kind) => {
    return (pending[kind] ?? 0) > 0 && exceedsBrake({ count: all[kind] ?? 0, base, brakePercent });
  });
  return new Set(held);
}

function addPerson(
  kinds: Map<TakingKind, Set<string>>,
  { kind, personId }: { kind: TakingKind; personId: string },
): void {
  const people = kinds.get(kind);
  if (people) people.add(personId);
  else kinds.set(kind, new Set([personId]));
}

function sizes(kinds: ReadonlyMap<TakingKind, ReadonlySet<string>>): KindCounts {
  return Object.fromEntries([...kinds].map(([kind, people]) => [kind, people.size]));
}
