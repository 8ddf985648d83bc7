import { emailKeyOf } from './email-address.js';
import { type ProjectedFields, projectFields } from './rules/fields.js';
import {
  ARCHIVED_BY_ADMIN,
  type Departure,
  depart,
  keptThough,
  mayRestore,
  NOT_CREATED_DISABLED,
  SKIPPED_GUEST,
  SKIPPED_NO_PERSON,
} from './rules/lifecycle.js';
import { hasLeftAllGroups, type Placement, placementsOf, type Sort, sortOf } from './rules/scope.js';
import { effectiveMappings, rawValues } from './rules/sources.js';
import { projectTeams } from './rules/teams.js';
import type { PlannedChange, PresentRecord, Problem, Projection, ProjectionInput, Reading } from './types.js';

type Present = Reading & { state: 'present' };

/** A person who was read, with what follows from the groups alone. */
interface Standing {
  readonly input: ProjectionInput;
  readonly reading: Present;
  readonly placements: readonly Placement[];
  readonly sort: Sort;
}

/**
 * What one reading means for one person: the changes it gives and takes, with reasons, and what is wrong.
 *
 * Pure. What only a batch can tell is settled afterwards: addresses (`settleClaims`), the last leaders of a team
 * (`settleLeaders`) and the mass-change guard (`judge`).
 */
export function project(input: ProjectionInput): Projection {
  const { reading, record } = input;
  switch (reading.state) {
    case 'present':
      return projectPresent(input, reading);
    case 'soft_deleted':
      return record && isLive(record) ? projectGone(input, record) : nothing(input);
    case 'absent':
      if (!record || !isLive(record)) return nothing(input);
      return reading.confirmed ? projectGone(input, record) : { ...nothing(input), wantedEmailKey: keyOf(record) };
  }
}

function projectPresent(input: ProjectionInput, reading: Present): Projection {
  const { record, rules } = input;
  const placements = placementsOf(reading.groupIds, input);
  const standing = { input, reading, placements, sort: sortOf(reading.attributes, rules) };
  const projection = { ...nothing(input), isMember: placements.length > 0 };
  if (record === null) return { ...projection, ...newcomer(standing) };
  if (isLive(record)) return { ...projection, ...linked(standing, record) };
  return { ...projection, ...archived(standing, record) };
}

/** Somebody without a record: created when they are in scope and can be (E3, E8, E17, E18, E29, E30). */
function newcomer(standing: Standing): Partial<Projection> {
  const { input, reading, placements } = standing;
  const [first] = placements;
  if (!first) return {};
  const skipped = skippedProblem(standing.sort);
  if (skipped) return { problems: [skipped] };
  if (!reading.attributes.accountEnabled) return { problems: [NOT_CREATED_DISABLED] };
  const { organisationId } = first.team;
  const fields = fieldsOf(standing, { record: null, organisationId });
  const wantedEmailKey = fields.after.email === null ? null : emailKeyOf(fields.after.email);
  if (wantedEmailKey === null) return { problems: emailProblems(fields) };
  const { groupId } = first.mapping;
  const why = `Member of mapped group ${groupId} in Microsoft Entra ID and not in GetHomeSafe yet.`;
  const create: PlannedChange = { kind: 'create', organisationId, after: fields.after, why };
  const teams = projectTeams({ ground: input, placements, organisationId, memberships: [], mayJoin: true });
  return {
    wantedEmailKey,
    gives: [create, ...teams.gives],
    problems: [...fields.problems, ...teams.problems],
    lastSynced: fields.lastSynced,
  };
}

/** Somebody with a record in use. A skipped account keeps its fields; what the sync gave may still go. */
function linked(standing: Standing, record: PresentRecord): Partial<Projection> {
  const { input, placements, sort } = standing;
  const { organisationId, memberships } = record;
  const departure = departureOf(standing);
  const { archive, problems: lifecycle } = departure ? depart(departure, record, input) : STAYS;
  const skipped = departure === null ? skippedProblem(sort) : null;
  const fields = sort === 'person' ? fieldsOf(standing, { record, organisationId }) : null;
  const mayJoin = sort === 'person' && archive === null;
  const { hasOpenActivity } = record;
  const teams = projectTeams({ ground: input, placements, organisationId, memberships, mayJoin, hasOpenActivity });
  const given = archive ? withoutEmail(fields) : fields;
  const parts = [given, teams].filter((part) => part !== null);
  return {
    wantedEmailKey: archive ? null : (emailKeyOf(given?.after.email ?? '') ?? keyOf(record)),
    gives: parts.flatMap(({ gives }) => gives),
    takes: [
      ...parts.flatMap(({ takes }) => takes),
      ...(archive ? [{ taking: 'archive', change: archive } as const] : []),
    ],
    problems: distinct([
      ...lifecycle,
      ...(skipped ? [keptThough(skipped)] : []),
      ...parts.flatMap(({ problems }) => problems),
    ]),
    lastSynced: given?.lastSynced ?? {},
  };
}

/** Somebody whom the sync archived comes back with teams and fields; whom an administrator archived does not (E25). */
function archived(standing: Standing, record: PresentRecord): Partial<Projection> {
  const { input, reading, placements, sort } = standing;
  if (sort !== 'person' || !reading.attributes.accountEnabled) return {};
  if (!mayRestore(record)) return placements.length > 0 ? { problems: [ARCHIVED_BY_ADMIN] } : {};
  const lifecycle = placements.length > 0 ? [] : stayingWithoutGroup(standing, record);
  if (lifecycle === null) return {};
  const { organisationId, memberships } = record;
  const fields = fieldsOf(standing, { record, organisationId });
  const teams = projectTeams({
    ground: input,
    placements,
    organisationId,
    memberships,
    mayJoin: true,
    isArchived: true,
  });
  const where = placements.length > 0 ? ' and in a mapped group' : '';
  const why = `The account is enabled${where} again; the sync had archived the profile.`;
  const after = record.statusBeforeArchive ?? 'active';
  const restore: PlannedChange = { kind: 'restore', before: 'archived', after, why };
  // An archived profile has no address in use that a change could take away: it comes back with the one of now.
  const addresses = fields.takes.filter(({ taking }) => taking === 'email_change').map(({ change }) => change);
  return {
    wantedEmailKey: emailKeyOf(fields.after.email ?? ''),
    gives: [restore, ...addresses, ...fields.gives, ...teams.gives],
    takes: [...fields.takes.filter(({ taking }) => taking !== 'email_change'), ...teams.takes],
    problems: distinct([...lifecycle, ...fields.problems, ...teams.problems]),
    lastSynced: fields.lastSynced,
  };
}

/**
 * Who was archived for another reason than having left comes back where somebody who never was would stay (E8, E9):
 * what Entra says decides, not the way there. The problems they stay with; null: they do not come back.
 */
function stayingWithoutGroup(standing: Standing, record: PresentRecord): readonly Problem[] | null {
  if (record.archivedReason === 'sync_out_of_scope') return null;
  const departure = departureOf(standing);
  const { archive, problems } = departure ? depart(departure, record, standing.input) : STAYS;
  return archive ? null : problems;
}

/** Deleted in Entra: found among deleted items, or missing twice (law L8). Teams stay as they are. */
function projectGone(input: ProjectionInput, record: PresentRecord): Projection {
  const { archive, problems } = depart('deleted', record, input);
  const takes = archive ? [{ taking: 'archive', change: archive } as const] : [];
  return { ...nothing(input), wantedEmailKey: archive ? null : keyOf(record), takes, problems };
}

const STAYS = { archive: null, problems: [] } as const;

/** Disabled goes before having left, unless the settings keep disabled accounts and archive who has left. */
function departureOf({ reading, input, placements }: Standing): Departure | null {
  const hasLeft = placements.length === 0 && hasLeftAllGroups(reading.groupIds, input);
  if (reading.attributes.accountEnabled) return hasLeft ? 'left_all_groups' : null;
  const { onDisabledOrDeleted, onLeaveAllGroups } = input.rules;
  const onlyLeavingArchives = onDisabledOrDeleted === 'keep' && onLeaveAllGroups === 'archive';
  return hasLeft && onlyLeavingArchives ? 'left_all_groups' : 'disabled';
}

function fieldsOf(
  { input, reading }: Standing,
  { record, organisationId }: { record: PresentRecord | null; organisationId: string },
): ProjectedFields {
  const { attributes } = reading;
  const organisation = input.organisations.get(organisationId);
  return projectFields({
    rawOf: rawValues(attributes, organisation?.zone),
    mappings: effectiveMappings(input.rules.fields, attributes),
    record,
    organisationCountry: organisation?.country ?? null,
    hasNoMailbox: attributes.hasNoMailbox === true,
  });
}

function skippedProblem(sort: Sort): Problem | null {
  switch (sort) {
    case 'person':
      return null;
    case 'guest':
      return SKIPPED_GUEST;
    case 'no_person':
      return SKIPPED_NO_PERSON;
  }
}

/** Somebody who is about to be archived needs no new address, and must not stand in the way of who has it now. */
function withoutEmail(fields: ProjectedFields | null): ProjectedFields | null {
  if (fields === null) return null;
  const { email: _, ...lastSynced } = fields.lastSynced;
  return { ...fields, takes: fields.takes.filter(({ taking }) => taking !== 'email_change'), lastSynced };
}

function emailProblems({ problems }: ProjectedFields): readonly Problem[] {
  const found = problems.filter(({ subject }) => subject === 'email');
  if (found.length > 0) return found;
  const message = 'Email Address is mandatory, but no attribute is mapped to it. The person is not imported.';
  const remedy = 'Choose a source for Email Address in Field Mappings.';
  return [{ code: 'email_missing', severity: 'error', subject: 'email', message, remedy }];
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.code}:${problem.subject}`, problem])).values()];
}

function isLive({ status }: PresentRecord): boolean {
  return status !== 'archived';
}

function keyOf({ fields }: PresentRecord): string | null {
  return fields.email === null ? null : emailKeyOf(fields.email);
}

function nothing({ objectId }: ProjectionInput): Projection {
  return { objectId, isMember: false, wantedEmailKey: null, gives: [], takes: [], problems: [], lastSynced: {} };
}
