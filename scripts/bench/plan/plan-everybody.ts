import { type EmailClaim, settleClaims } from '../../../src/projection/claims.js';
import { emailKeyOf } from '../../../src/projection/email-address.js';
import { isHeld, judge, type Taking } from '../../../src/projection/guard.js';
import { settleLeaders } from '../../../src/projection/leaders.js';
import { project } from '../../../src/projection/project.js';
import { refuse } from '../../../src/projection/refuse.js';
import type { PresentRecord, Projection } from '../../../src/projection/types.js';
import type { PlannedPeople } from './planned-people.js';

/** What came of a plan of everybody. */
export interface PlanOutcome {
  /** Object ids of those of whom something would change. */
  readonly changed: ReadonlySet<string>;
  readonly held: number;
}

/** The pure part of a run in the order in which a run has it: rules, leaders, addresses, guard. */
export function planEverybody({ inputs, holders, linkedByTeam }: PlannedPeople): PlanOutcome {
  const projected = inputs.map((input) => ({ projection: project(input), record: input.record }));
  const [first] = inputs;
  if (!first) return { changed: new Set(), held: 0 };
  const kept = settleLeaders({ people: projected, teams: first.teams });
  const claims = kept.map((projection, index) => claimOf(projection, projected[index]?.record ?? null));
  const verdicts = settleClaims({ claims, holders, rivals: new Map() });
  const settled = kept.map((projection) => {
    const verdict = verdicts.get(projection.objectId);
    return verdict?.outcome === 'refused' ? refuse(projection, verdict.refusal) : projection;
  });
  const takings = settled.flatMap((projection, index) => takingsOf(projection, projected[index]?.record ?? null));
  const guard = judge({
    ...{ linkedCount: holders.size, linkedByTeam, window: [], pending: takings },
    brakePercent: first.rules.removalBrakePercent,
  });
  const changed = settled.filter(({ gives, takes }) => gives.length > 0 || takes.length > 0);
  return {
    changed: new Set(changed.map(({ objectId }) => objectId)),
    held: takings.filter((taking) => isHeld(guard, taking)).length,
  };
}

function claimOf({ objectId, wantedEmailKey }: Projection, record: PresentRecord | null): EmailClaim {
  const currentKey = emailKeyOf(record?.fields.email ?? '');
  return { objectId, recordId: record?.id ?? null, currentKey, wantedKey: wantedEmailKey };
}

function takingsOf({ objectId, takes }: Projection, record: PresentRecord | null): Taking[] {
  const teams = record?.memberships.map(({ teamId }) => teamId) ?? [];
  return takes.map(({ taking, change }) => ({
    ...{ personId: objectId, kind: taking },
    teamIds: change.kind === 'leave' ? [change.teamId] : teams,
  }));
}
