import type { TeamState } from '../../projection/types.js';
import type { DecisionRow } from '../../records/types.js';
import type { Draft } from '../../sync/plan/decide.js';
import type { DraftedPeople } from '../../sync/plan/draft-people.js';
import { nameInEntra } from '../history/person-labels.js';

/** What a dry run drafted, part by part, until all of it is settled together. */
export interface CollectedDrafts {
  add(drafted: DraftedPeople): void;
  /** As `add`, without the people who might lose something: their drafts rest on lists only, and `leftOut` has them. */
  addGiving(drafted: DraftedPeople): void;
  /** Everything so far as one, but for people for whom there is nothing to say; null where nothing was drafted. */
  all(): DraftedPeople | null;
  /** Whom `addGiving` left out: to be read by themselves, also where something else keeps what they might lose. */
  leftOut(): ReadonlySet<string>;
  /** People for whom there is nothing to say. */
  quiet(): number;
  /** Names of those who have no record, by object id: nothing but a plan of them tells who they are. */
  newcomers(): ReadonlyMap<string, string>;
}

export function collectDrafts(): CollectedDrafts {
  const drafts: Draft[] = [];
  const decisions = new Map<string, readonly DecisionRow[]>();
  const leaderCounts = new Map<string, TeamState>();
  const leftOut = new Set<string>();
  const newcomers = new Map<string, string>();
  let quiet = 0;
  let ground: Pick<DraftedPeople, 'context' | 'rules'> | null = null;
  return {
    add,
    addGiving: (drafted) => {
      const isGiving = ({ projection }: Draft) => projection.takes.length === 0;
      for (const draft of drafted.drafts) if (!isGiving(draft)) leftOut.add(draft.read.objectId);
      add({ ...drafted, drafts: drafted.drafts.filter(isGiving) });
    },
    all: () => {
      if (!ground) return null;
      const context = { ...ground.context, teams: new Map([...ground.context.teams, ...leaderCounts]) };
      const inputs = { rows: new Map(), users: new Map(), problems: new Map(), decisions };
      return { context, inputs, rules: ground.rules, drafts, stale: [], outdated: [] };
    },
    leftOut: () => leftOut,
    quiet: () => quiet,
    newcomers: () => newcomers,
  };

  function add(drafted: DraftedPeople): void {
    ground ??= { context: drafted.context, rules: drafted.rules };
    // Who keeps what they have is known from the records: nearly everybody, and all of them would be in memory.
    const speaking = drafted.drafts.filter(says);
    drafts.push(...speaking.map(forPlan));
    for (const { user, row, read } of speaking) {
      const name = user === null && row !== null ? nameInEntra(row) : null;
      if (name !== null) newcomers.set(read.objectId, name);
    }
    quiet += drafted.drafts.length - speaking.length;
    for (const [objectId, rows] of drafted.inputs.decisions) decisions.set(objectId, rows);
    // Each part counted the leaders of the teams that its own people lead.
    for (const [teamId, team] of drafted.context.teams) if (team.leaderCount > 0) leaderCounts.set(teamId, team);
  }
}

/** Somebody of whom the mirror says something else by now is kept too: it must not count against others. */
function says({ projection, rowBefore }: Draft): boolean {
  const { gives, takes, problems, wantedEmailKey } = projection;
  const isOutdated = rowBefore !== null && (rowBefore.ripening !== null || rowBefore.wantedEmailKey !== wantedEmailKey);
  return isOutdated || gives.length + takes.length + problems.length > 0;
}

/** A plan is not written: of the mirror it needs nothing but the takings that ripen, and everybody is in memory. */
function forPlan(draft: Draft): Draft {
  return { ...draft, row: draft.row && { ...draft.row, attributes: null, past: [] }, rowBefore: null };
}
