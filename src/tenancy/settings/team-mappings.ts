import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { changeIntegration, type IntegrationChange, readIntegration } from '../change-integration.js';
import { checked, noteSchema } from '../checked-input.js';
import type { TenancyDeps } from '../tenancy-deps.js';
import { type IntegrationRow, type MappingRow, TEAMS, type TeamRow } from '../types.js';
import { startCleared } from './integration-settings.js';
import { requireUnlocked } from './settings.js';

/** Most mappings of one enterprise: a row of this many stays far below MongoDB's 16 MB. */
const MAPPINGS_MOST = 5_000;
const PRIORITY_MOST = 1_000_000;

const prioritySchema = z
  .number('is no number')
  .int('is no whole number')
  .min(0, 'is below 0')
  .max(PRIORITY_MOST, `is above ${PRIORITY_MOST}`);

const mappingSchema = z.strictObject({
  groupId: z.string({ error: 'is missing' }).transform((text, context) => {
    const groupId = normaliseGuid(text);
    if (groupId !== null) return groupId;
    context.addIssue({ code: 'custom', message: 'is no GUID: give the Object ID of the Entra group' });
    return z.NEVER;
  }),
  groupName: noteSchema.nullish(),
  teamId: z.string({ error: 'is missing' }).min(1, 'is missing'),
  priority: prioritySchema.optional(),
});

export interface NewMapping {
  /** GUID of the Entra group, as typed. */
  readonly groupId: string;
  readonly groupName?: string | null;
  readonly teamId: string;
  /** Lower goes first; default: after all there are. */
  readonly priority?: number;
}

/** Which mapping: by its id, or by what it maps. */
export type MappingKey = { readonly id: string } | { readonly groupId: string; readonly teamId: string };

/** Team Mappings: which Entra groups feed which teams of the enterprise's organisations. They raise the revision too. */
export interface TeamMappings {
  mapTeam(enterpriseId: string, mapping: NewMapping, by: string): Promise<MappingRow>;
  unmapTeam(enterpriseId: string, key: MappingKey, by: string): Promise<MappingRow>;
  /** Another place in the order that decides. */
  setPriority(enterpriseId: string, change: MappingKey & { priority: number }, by: string): Promise<MappingRow>;
  /** In the order that decides: priority, then age. */
  listMappings(enterpriseId: string): Promise<MappingRow[]>;
}

export function createTeamMappings(deps: TenancyDeps): TeamMappings {
  const teams = deps.store.collection<TeamRow>(TEAMS);

  return { mapTeam, unmapTeam, setPriority, listMappings };

  async function mapTeam(enterpriseId: string, input: NewMapping, by: string): Promise<MappingRow> {
    const { groupId, groupName = null, teamId, priority } = checked(mappingSchema, input);
    const id = deps.chance.guid();
    const createdAt = deps.clock.now().toISOString();
    const row = await changeIntegration(deps, {
      enterpriseId,
      by,
      decide: async (current, session) => {
        requireUnlocked(current);
        const { mappings } = current.settings;
        // An attempt whose commit went unanswered may have written it already.
        if (mappings.some((mapping) => mapping.id === id)) return null;
        const team = await teams.findOne({ _id: teamId, enterpriseId }, { session });
        if (team === null) throw foreignTeam(teamId);
        refuseTwin(mappings, { groupId, teamId });
        const last = Math.max(0, ...mappings.map((mapping) => mapping.priority));
        const { organisationId } = team;
        const about = { id, groupId, groupName, teamId, organisationId, createdAt, createdBy: by };
        const added = { ...about, priority: priority ?? Math.min(last + 1, PRIORITY_MOST) };
        return withMappings(current, [...mappings, added], { what: 'mapping.added', before: null, after: added });
      },
    });
    deps.log.info({ event: 'mapping.added', enterpriseId, mappingId: id, groupId, teamId }, 'group mapped');
    return found(row.settings.mappings, { id });
  }

  async function unmapTeam(enterpriseId: string, key: MappingKey, by: string): Promise<MappingRow> {
    const wanted = found((await readIntegration(deps, enterpriseId)).settings.mappings, normalised(key));
    const { id } = wanted;
    await changeIntegration(deps, {
      enterpriseId,
      by,
      decide: (row) => {
        const rest = row.settings.mappings.filter((mapping) => mapping.id !== id);
        // Somebody else was faster, or an earlier attempt of ours.
        if (rest.length === row.settings.mappings.length) return null;
        const removed = withMappings(row, rest, { what: 'mapping.removed', before: wanted, after: null });
        const start = startCleared(row.settings, removed.next.settings);
        return start.before ? { ...removed, before: { ...wanted, ...start.before }, after: start.after } : removed;
      },
    });
    deps.log.info({ event: 'mapping.removed', enterpriseId, mappingId: id }, 'group unmapped');
    return wanted;
  }

  async function setPriority(
    enterpriseId: string,
    { priority: wanted, ...key }: MappingKey & { priority: number },
    by: string,
  ): Promise<MappingRow> {
    const { priority } = checked(z.object({ priority: prioritySchema }), { priority: wanted });
    const row = await changeIntegration(deps, {
      enterpriseId,
      by,
      decide: (current) => {
        requireUnlocked(current);
        const before = found(current.settings.mappings, normalised(key));
        if (before.priority === priority) return null;
        const after = { ...before, priority };
        const mappings = current.settings.mappings.map((mapping) => (mapping.id === before.id ? after : mapping));
        return withMappings(current, mappings, { what: 'mapping.changed', before, after });
      },
    });
    return found(row.settings.mappings, normalised(key));
  }

  async function listMappings(enterpriseId: string): Promise<MappingRow[]> {
    const { settings } = await readIntegration(deps, enterpriseId);
    return settings.mappings.toSorted((a, b) => a.priority - b.priority || a.createdAt.localeCompare(b.createdAt));
  }
}

function withMappings(
  row: IntegrationRow,
  mappings: readonly MappingRow[],
  entry: Omit<IntegrationChange, 'next'>,
): IntegrationChange {
  const { startWithTeam } = row.settings;
  // A start with a team that no group feeds any more would leave every run without a mapping.
  const hasStart = !startWithTeam || mappings.some(({ teamId }) => teamId === startWithTeam);
  const settings = { ...row.settings, mappings, ...(hasStart ? {} : { startWithTeam: null }) };
  return { ...entry, next: { ...row, settings, revision: row.revision + 1 } };
}

function normalised(key: MappingKey): MappingKey {
  return 'id' in key ? key : { groupId: normaliseGuid(key.groupId) ?? key.groupId, teamId: key.teamId };
}

function found(mappings: readonly MappingRow[], key: MappingKey): MappingRow {
  const mapping = mappings.find((candidate) =>
    'id' in key ? candidate.id === key.id : candidate.groupId === key.groupId && candidate.teamId === key.teamId,
  );
  if (mapping !== undefined) return mapping;
  const message = 'There is no such team mapping: it may have been removed meanwhile.';
  throw new AppError('mapping_not_found', message, { status: 404, field: 'mapping', command: 'ghs teams list' });
}

function refuseTwin(mappings: readonly MappingRow[], wanted: { groupId: string; teamId: string }): void {
  if (mappings.some((mapping) => mapping.groupId === wanted.groupId && mapping.teamId === wanted.teamId)) {
    const message = 'This group is mapped to this team already: remove that mapping first to change it.';
    throw new AppError('mapping_exists', message, { status: 409, field: 'groupId' });
  }
  if (mappings.length >= MAPPINGS_MOST) {
    const message = `There are ${MAPPINGS_MOST} mappings already: remove some that are no longer needed.`;
    throw new AppError('too_many_mappings', message, { status: 409 });
  }
}

function foreignTeam(teamId: string): AppError {
  const message = `There is no team ${teamId} in the organisations of this enterprise.`;
  return new AppError('team_not_found', message, { status: 404, field: 'teamId', command: 'ghs team list' });
}
