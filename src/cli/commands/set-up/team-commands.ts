import type { Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../../../kernel/app-error.js';
import { listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { jsonObject, ofEnterprise, wholeNumber } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';

/** `team create|list|leader|delete` and `teams map|unmap|priority|list`. */
export function addTeamCommands(program: Command, cli: Cli): void {
  const team = family(program, 'team', 'teams of the organisations');
  leaf(team, cli, {
    name: 'create',
    about: 'Make a team.',
    options: [
      ['--organisation <id>', 'the organisation it belongs to'],
      ['--name <name>', 'its name'],
      ['--settings <json>', 'what its members inherit, as a JSON object'],
    ],
    schema: z.object({ organisation: z.string(), name: z.string(), settings: jsonObject().optional() }),
    run: async ({ organisation, name, settings = {} }) => {
      const { structure } = await cli.services();
      const row = await structure.createTeam({ organisationId: organisation, name, settings, by: cli.who });
      const document = { id: row._id, organisation, name: row.name, settings: row.settings };
      return { document, lines: [`Made the team ${row._id}.`] };
    },
  });
  leaf(team, cli, {
    name: 'list',
    about: 'List the teams of an enterprise or organisation.',
    options: [['--organisation <id>', 'only those of this organisation']],
    schema: z.object({ ...ofEnterprise, organisation: z.string().optional() }),
    run: async ({ enterprise, organisation }) => {
      const { structure } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const of = { enterpriseId, ...(organisation === undefined ? {} : { organisationId: organisation }) };
      if (organisation !== undefined) await structure.organisationOf({ enterpriseId, organisationId: organisation });
      const items = (await structure.listTeams(of)).map(({ _id: id, organisationId, name, settings }) => ({
        ...{ id, organisation: organisationId, name, settings },
      }));
      const rows = items.map((item) => [item.id, item.organisation, item.name]);
      return listAnswer(items, table(['id', 'organisation', 'name'], rows));
    },
  });
  addLeader(team, cli);
  addDelete(team, cli);
  addMappingCommands(program, cli);
}

function addLeader(team: Command, cli: Cli): void {
  leaf(team, cli, {
    name: 'leader',
    about: 'Make a person a leader of a team, or end that.',
    options: [
      ['--team <id>', 'the team'],
      ['--person <person>', 'id, object id or e-mail of the person'],
      ['--off', 'leader no more'],
    ],
    schema: z.object({ ...ofEnterprise, team: z.string(), person: z.string(), off: z.boolean().optional() }),
    run: async ({ enterprise, team: teamId, person, off = false }) => {
      const { people } = await cli.services();
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), person };
      const user = await people.setLeader(ref, { teamId, on: !off }, { who: cli.who });
      const leaders = await people.leadersOf(ref.enterpriseId, [teamId]);
      const document = { id: user._id, team: teamId, leader: !off, leaders };
      return { document, lines: [`Leaders of the team now: ${leaders.length}.`] };
    },
  });
}

function addDelete(team: Command, cli: Cli): void {
  leaf(team, cli, {
    name: 'delete',
    about: 'Delete a team for good: its members stay without it, and Team Mappings to it are broken.',
    options: [['--team <id>', 'the team']],
    schema: z.object({ ...ofEnterprise, team: z.string() }),
    run: async ({ enterprise, team: teamId }) => {
      const { structure, people, mappingViews } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const deleted = await structure.deleteTeam({ enterpriseId, teamId, by: cli.who });
      // Also where the team is gone already: an earlier attempt may have been interrupted here.
      const members = await people.dropTeam({ enterpriseId, teamId }, { who: cli.who });
      if (deleted === null && members === 0) throw noSuchTeam(teamId);
      const mappings = (await mappingViews.list(enterpriseId)).filter((mapping) => mapping.teamId === teamId);
      const document = { id: teamId, members, brokenMappings: mappings.map(({ id }) => id) };
      const broken = mappings.map(({ id, remedy }) => `Team mapping ${id} leads nowhere now. ${remedy}`);
      return { document, lines: [`Deleted. People who were in it: ${members}.`, ...broken] };
    },
  });
}

function noSuchTeam(teamId: string): AppError {
  const message = `There is no team ${teamId} in this enterprise.`;
  return new AppError('team_not_found', message, { status: 404, field: 'team', command: 'ghs team list' });
}

const PRIORITY = ['--priority <n>', 'which goes first where two mappings disagree: the lower one'] as const;
const priority = wholeNumber(0, 1_000_000);

function addMappingCommands(program: Command, cli: Cli): void {
  const teams = family(program, 'teams', 'Team Mappings: which Entra groups feed which teams');
  leaf(teams, cli, {
    name: 'map',
    about: 'Map an Entra group to a team; applies with the next sync.',
    options: [
      ['--group <guid>', 'Object ID of the Entra group'],
      ['--team <id>', 'the team that its members join'],
      PRIORITY,
    ],
    schema: z.object({
      ...ofEnterprise,
      group: z.string(),
      team: z.string(),
      priority: priority.optional(),
    }),
    run: async ({ enterprise, group: groupId, team: teamId, priority }) => {
      const { teamMappings } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const wanted = { groupId, teamId, ...(priority === undefined ? {} : { priority }) };
      const mapping = await teamMappings.mapTeam(enterpriseId, wanted, cli.who);
      return { document: mapping, lines: [`Mapped: ${mapping.id}. It applies with the next sync.`] };
    },
  });
  addChanges(teams, cli);
}

/** Which mapping a command is about. */
const WHICH = {
  argument: ['[mapping]', 'id of the mapping; or give --group and --team'],
  options: [
    ['--group <guid>', 'Object ID of the Entra group'],
    ['--team <id>', 'the team'],
  ],
  schema: {
    ...ofEnterprise,
    mapping: z.string().optional(),
    group: z.string().optional(),
    team: z.string().optional(),
  },
} as const;

function addChanges(teams: Command, cli: Cli): void {
  leaf(teams, cli, {
    name: 'unmap',
    about: 'Remove a team mapping; applies with the next sync.',
    ...WHICH,
    schema: z.object(WHICH.schema),
    run: async ({ enterprise, ...which }) => {
      const { teamMappings } = await cli.services();
      const key = mappingKey(which);
      const removed = await teamMappings.unmapTeam(await cli.enterpriseId(enterprise), key, cli.who);
      return { document: removed, lines: [`Removed: ${removed.id}. It applies with the next sync.`] };
    },
  });
  leaf(teams, cli, {
    name: 'priority',
    about: 'Give a team mapping another place in the order; applies with the next sync.',
    argument: WHICH.argument,
    options: [...WHICH.options, PRIORITY],
    schema: z.object({ ...WHICH.schema, priority }),
    run: async ({ enterprise, priority: wanted, ...which }) => {
      const { teamMappings } = await cli.services();
      const changed = await teamMappings.setPriority(
        await cli.enterpriseId(enterprise),
        { ...mappingKey(which), priority: wanted },
        cli.who,
      );
      return { document: changed, lines: [`Changed: ${changed.id}. It applies with the next sync.`] };
    },
  });
  leaf(teams, cli, {
    name: 'list',
    about: 'List the team mappings in the order in which they decide.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => listMappings(cli, enterprise),
  });
}

async function listMappings(cli: Cli, enterprise: string | undefined) {
  const { mappingViews } = await cli.services();
  const items = await mappingViews.list(await cli.enterpriseId(enterprise));
  const rows = items.map((item) => {
    const { id, groupName, groupId, memberCount, teamName, teamId } = item;
    return [id, item.priority, groupName, groupId, memberCount, teamName ?? teamId, item.status];
  });
  const told = items.flatMap(({ id, reason, remedy }) => (reason === null ? [] : [`${id}: ${reason} ${remedy}`]));
  const lines = [...table(['id', 'priority', 'group', 'group id', 'members', 'team', 'status'], rows), ...told];
  return listAnswer(items, lines);
}

function mappingKey({ mapping, group, team }: Partial<Record<'mapping' | 'group' | 'team', string | undefined>>) {
  if (mapping !== undefined) return { id: mapping };
  if (group !== undefined && team !== undefined) return { groupId: group, teamId: team };
  throw new UsageError('Say which mapping: its id, or --group and --team.', 'mapping');
}
