import { FIELD_LABELS } from '../rules/field-labels.js';
import { hasLeftAllGroups, isUncertain, placementsOf } from '../rules/scope.js';
import type { FieldTarget, PlannedChange, Problem, Projection, ProjectionInput, TakingKind } from '../types.js';
import { type Decision, hashOf, problemSubject, sourceValueOf, subjectOf } from './decision.js';
import { leaveOut } from './leave-out.js';

/** A projection after what people said about its values (law L11). */
export interface Ruled {
  readonly projection: Projection;
  /** Takings that pass the guard because somebody approved this very value. */
  readonly approved: ReadonlySet<PlannedChange>;
  /** What the guard holds already, and since when: it is the same taking, whatever its source value is by now. */
  readonly waiting: ReadonlyMap<PlannedChange, Date>;
  /** Subjects of what was left out. */
  readonly declined: ReadonlySet<string>;
  /** Takings that were refused while the source goes on asking for them: they still count for the guard (law L12). */
  readonly refused: readonly RefusedTaking[];
  /** Decisions about a source value that is another by now: they have nothing to say any more. */
  readonly over: readonly Decision[];
}

export interface RefusedTaking {
  readonly taking: TakingKind;
  readonly change: PlannedChange;
  readonly at: Date;
}

/**
 * Leaves out what was declined, and says so as drift, for as long as the source value is the one that was decided on.
 * Pure. Problems are ruled at the end of a plan (`withoutIgnored`), because some show only over a batch.
 */
export function rule(
  projection: Projection,
  { decisions, now }: { readonly decisions: readonly Decision[]; readonly now: Date },
  input: ProjectionInput,
): Ruled {
  if (decisions.length === 0)
    return { projection, approved: new Set(), waiting: new Map(), declined: new Set(), refused: [], over: [] };
  const changes = new Map(
    [...projection.gives, ...projection.takes.map(({ change }) => change)].map((change) => [subjectOf(change), change]),
  );
  const approved = new Set<PlannedChange>();
  const waiting = new Map<PlannedChange, Date>();
  const declined = new Map<PlannedChange, Decision>();
  const over: Decision[] = [];
  for (const decision of decisions) {
    const change = changes.get(decision.subject);
    if (change === undefined) {
      if (isOver(decision, projection, input)) over.push(decision);
    } else if (decision.verdict === 'held' && !isExpired(decision, now)) {
      waiting.set(change, decision.at);
    } else if (hashOf(sourceValueOf(change)) !== decision.valueHash) over.push(decision);
    else if (decision.verdict === 'approved') approved.add(change);
    else declined.set(change, decision);
  }
  const refused = projection.takes.flatMap(({ taking, change }): RefusedTaking[] => {
    const decision = declined.get(change);
    return decision && decision.verdict !== 'declined' ? [{ taking, change, at: decision.at }] : [];
  });
  const subjects = new Set([...declined.keys()].map(subjectOf));
  return {
    projection: withoutDeclined(projection, declined, input),
    approved,
    waiting,
    declined: subjects,
    refused,
    over,
  };
}

/** What nobody decided on in time counts as refused. */
function isExpired({ until }: Decision, now: Date): boolean {
  return until !== null && until <= now;
}

/** Problems that somebody chose not to see, for as long as their cause is the same. */
export function withoutIgnored(problems: readonly Problem[], decisions: readonly Decision[]): readonly Problem[] {
  const ignored = new Map(
    decisions
      .filter(({ verdict }) => verdict === 'ignored' || verdict === 'kept_apart')
      .map(({ subject, valueHash }) => [subject, valueHash]),
  );
  if (ignored.size === 0) return problems;
  return problems.filter((problem) => ignored.get(problemSubject(problem)) !== hashOf(problem.message));
}

/** Verdicts on problems that the person has no more: should one come back, it is told again. */
export function problemsOver(problems: readonly Problem[], decisions: readonly Decision[]): readonly Decision[] {
  const present = new Set(problems.map(problemSubject));
  return decisions.filter(({ subject }) => subject.startsWith('problem:') && !present.has(subject));
}

function withoutDeclined(
  projection: Projection,
  declined: ReadonlyMap<PlannedChange, Decision>,
  { record }: ProjectionInput,
): Projection {
  if (declined.size === 0) return projection;
  const rest = leaveOut(projection, new Set(declined.keys()), record);
  const drift = [...declined].map(([change, decision]) => driftOf(change, decision));
  return { ...rest, problems: [...rest.problems, ...drift] };
}

/** What Entra wants and GetHomeSafe does not follow, in words. */
function driftOf(change: PlannedChange, { by, verdict, subject }: Decision): Problem {
  const how = verdict !== 'declined' ? `was not approved (${by})` : `was declined by ${by}`;
  return {
    code: 'drift',
    severity: 'warning',
    subject,
    message: `${wishOf(change)}, which ${how}. GetHomeSafe stays as it is.`,
    remedy: 'Put it right in Microsoft Entra ID, or release the decision to let the sync follow again.',
  };
}

function wishOf(change: PlannedChange): string {
  switch (change.kind) {
    case 'create':
      return 'Microsoft Entra ID has the person in a mapped group';
    case 'archive':
      return 'By Microsoft Entra ID the profile would be archived';
    case 'restore':
      return 'By Microsoft Entra ID the profile would be restored';
    case 'update':
      return `Microsoft Entra ID has ${change.after === null ? 'no value' : 'another value'} for ${FIELD_LABELS[change.field]}`;
    case 'join':
      return `By the mapped groups the person belongs to team ${change.teamId}`;
    case 'leave':
      return `By the mapped groups the person does not belong to team ${change.teamId}`;
  }
}

/** Whether the source has moved on where no change is planned; false where this reading does not tell. */
function isOver(decision: Decision, projection: Projection, input: ProjectionInput): boolean {
  const { subject, valueHash } = decision;
  const { reading } = input;
  const [kind, name = ''] = subject.split(':');
  switch (kind) {
    case 'field': {
      const given = projection.lastSynced[name as FieldTarget];
      return given !== undefined && hashOf(given) !== valueHash;
    }
    case 'team':
      if (reading.state !== 'present' || !isTeamCertain(name, projection, input)) return false;
      return hashOf(idsWanted(name, reading.groupIds, input)) !== valueHash;
    case 'archive':
      return isArchiveOver(valueHash, projection, input);
    case 'create':
    case 'restore':
      if (reading.state === 'absent') return reading.confirmed;
      if (reading.state === 'soft_deleted') return true;
      return !reading.attributes.accountEnabled || hasLeftAllGroups(reading.groupIds, input);
    default:
      return false;
  }
}

/** Somebody stays in a team although the groups want otherwise. */
const KEEPS_TEAM: ReadonlySet<string> = new Set(['leader_removal_blocked', 'active_activity_deferred']);

/** Mappings that justify the team now, whether or not the person may join it. */
function idsWanted(teamId: string, groupIds: readonly string[], input: ProjectionInput): string[] {
  const here = placementsOf(groupIds, input).filter(({ team }) => team.id === teamId);
  return here.map(({ mapping }) => mapping.id).sort();
}

/** An archive is not asked for any more once its own reason is gone. */
function isArchiveOver(valueHash: string, { isMember }: Projection, { reading }: ProjectionInput): boolean {
  if (reading.state !== 'present') return false;
  if (valueHash === hashOf('sync_disabled')) return reading.attributes.accountEnabled;
  return valueHash === hashOf('sync_out_of_scope') ? isMember : true;
}

/** Whether the membership as it is says what the groups want: nothing unread, and nobody kept. */
function isTeamCertain(teamId: string, projection: Projection, { rules, groups }: ProjectionInput): boolean {
  if (projection.problems.some(({ code, subject }) => KEEPS_TEAM.has(code) && subject === teamId)) return false;
  return rules.mappings.every((mapping) => mapping.teamId !== teamId || !isUncertain(mapping, groups));
}
