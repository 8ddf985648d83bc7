import {
  FIELD_TARGETS,
  type Fields,
  type FieldTarget,
  type PlannedChange,
  type PresentRecord,
  type Problem,
  type Projection,
} from './types.js';

/** One line of a dry run. */
export interface PlanItem {
  /** Object id. */
  readonly person: string;
  readonly kind: PlannedChange['kind'] | 'problem' | 'activity_cancel';
  readonly field?: FieldTarget;
  readonly team?: string;
  readonly activity?: string;
  /** Field value, mapping ids that justify a membership, or status. */
  readonly before: Fields | readonly string[] | string | null;
  /** As `before`; a problem's code. */
  readonly after: Fields | readonly string[] | string | null;
  readonly why: string;
  /** Of a problem. */
  readonly severity?: Problem['severity'];
}

export interface PlanCounts {
  readonly seen: number;
  readonly created: number;
  /** People of whom any field changes. */
  readonly updated: number;
  /** People for whom nothing changes and nothing is wrong. */
  readonly unchanged: number;
  readonly archived: number;
  readonly restored: number;
  /** Memberships. */
  readonly teamAdded: number;
  readonly teamRemoved: number;
  /** People who could not be brought in step. */
  readonly failed: number;
  /** Problems that are warnings. */
  readonly warnings: number;
}

/** Everything one projection would do or complains about, gives first. */
export function planItems(projection: Projection): PlanItem[] {
  const { objectId } = projection;
  return [
    ...changesOf(projection).map((change) => changeItem(objectId, change)),
    ...projection.problems.map((problem) => problemItem(objectId, problem)),
  ];
}

export function countPlan(projections: readonly Projection[]): PlanCounts {
  const counts = {
    seen: projections.length,
    created: 0,
    updated: 0,
    unchanged: 0,
    archived: 0,
    restored: 0,
    teamAdded: 0,
    teamRemoved: 0,
    failed: 0,
    warnings: 0,
  };
  for (const projection of projections) {
    const changes = changesOf(projection);
    const kinds = new Set(changes.map(({ kind }) => kind));
    const hasFailed = projection.problems.some(({ severity }) => severity === 'error');
    counts.created += Number(kinds.has('create'));
    counts.updated += Number(kinds.has('update'));
    counts.archived += Number(kinds.has('archive'));
    counts.restored += Number(kinds.has('restore'));
    counts.unchanged += Number(changes.length === 0 && !hasFailed);
    counts.teamAdded += changes.filter((change) => change.kind === 'join' && change.before.length === 0).length;
    counts.teamRemoved += changes.filter(({ kind }) => kind === 'leave').length;
    counts.failed += Number(hasFailed);
    counts.warnings += projection.problems.filter(({ severity }) => severity === 'warning').length;
  }
  return counts;
}

export type Take = Projection['takes'][number];

/** The projection without some of its takings: held, not ripe or without evidence. They are planned again later. */
export function withhold(projection: Projection, isWithheld: (take: Take) => boolean): Projection {
  return without(projection, new Set(projection.takes.filter(isWithheld).map(({ change }) => change)));
}

/** The projection without changes of any kind that somebody declined (law L11). */
export function decline(projection: Projection, isDeclined: (change: PlannedChange) => boolean): Projection {
  return without(projection, new Set(changesOf(projection).filter(isDeclined)));
}

/**
 * What is remembered as given by Entra follows what is left, so that a clear or an e-mail change is planned again;
 * without its record or restore nothing is left for a person.
 */
function without(projection: Projection, unwanted: ReadonlySet<PlannedChange>): Projection {
  if (unwanted.size === 0) return projection;
  const isOut = [...unwanted].some(({ kind }) => kind === 'create' || kind === 'restore');
  if (isOut) return { ...projection, gives: [], takes: [], lastSynced: {} };
  const fields = new Set<string>([...unwanted].flatMap((change) => (change.kind === 'update' ? [change.field] : [])));
  return {
    ...projection,
    gives: projection.gives.filter((change) => !unwanted.has(change)),
    takes: projection.takes.filter(({ change }) => !unwanted.has(change)),
    lastSynced: Object.fromEntries(Object.entries(projection.lastSynced).filter(([field]) => !fields.has(field))),
  };
}

/** Whether writing the projection would leave the record as it is, what Entra gave last included. */
export function changesNothing({ gives, takes, lastSynced }: Projection, record: PresentRecord | null): boolean {
  if (gives.length > 0 || takes.length > 0) return false;
  return FIELD_TARGETS.every(
    (field) => lastSynced[field] === undefined || lastSynced[field] === record?.lastSynced[field],
  );
}

function changesOf({ gives, takes }: Projection): PlannedChange[] {
  return [...gives, ...takes.map(({ change }) => change)];
}

/** One change as a line of a plan. */
export function changeItem(person: string, change: PlannedChange): PlanItem {
  const { kind, why } = change;
  switch (kind) {
    case 'create':
      return { person, kind, before: null, after: change.after, why };
    case 'update':
      return { person, kind, field: change.field, before: change.before, after: change.after, why };
    case 'join':
      return { person, kind, team: change.teamId, before: change.before, after: change.after, why };
    case 'leave':
      return { person, kind, team: change.teamId, before: change.before, after: null, why };
    case 'archive':
      return { person, kind, before: change.before, after: 'archived', why };
    case 'restore':
      return { person, kind, before: change.before, after: change.after, why };
  }
}

function problemItem(person: string, problem: Problem): PlanItem {
  const { code, severity, message, remedy } = problem;
  const why = `${message} ${remedy}`;
  return { person, kind: 'problem', ...problemSubject(problem), severity, before: null, after: code, why };
}

/** The field or team that a problem is about, where it is about one. */
export function problemSubject({ code, subject }: { readonly code: string; readonly subject: string | null }): {
  readonly field?: FieldTarget;
  readonly team?: string;
} {
  const field = FIELD_TARGETS.find((target) => target === subject);
  if (field) return { field };
  const isAboutTeam = code === 'leader_removal_blocked' || code === 'active_activity_deferred';
  return isAboutTeam && subject !== null ? { team: subject } : {};
}
