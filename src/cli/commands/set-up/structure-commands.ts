import type { Command } from 'commander';
import { z } from 'zod';
import { given } from '../../../kernel/given.js';
import { facts, listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { ofEnterprise, toggle } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';

/** `enterprise create|list|show` and `organisation create|list`. */
export function addStructureCommands(program: Command, cli: Cli): void {
  const enterprise = family(program, 'enterprise', 'enterprises: the customers');
  leaf(enterprise, cli, {
    name: 'create',
    about: 'Make an enterprise.',
    options: [['--name <name>', 'its name']],
    schema: z.object({ name: z.string() }),
    run: async ({ name }) => {
      const { structure } = await cli.services();
      const { _id: id, ...row } = await structure.createEnterprise({ name, by: cli.who });
      return { document: { id, name: row.name, createdAt: row.createdAt }, lines: [`Made the enterprise ${id}.`] };
    },
  });
  leaf(enterprise, cli, {
    name: 'list',
    about: 'List the enterprises.',
    schema: z.object({}),
    run: async () => {
      const { structure } = await cli.services();
      const rows = await structure.listEnterprises();
      const items = rows.map(({ _id: id, name, createdAt }) => ({ id, name, createdAt }));
      return listAnswer(
        items,
        table(
          ['id', 'name'],
          items.map(({ id, name }) => [id, name]),
        ),
      );
    },
  });
  leaf(enterprise, cli, {
    name: 'show',
    about: 'Show an enterprise with its organisations, its teams and its integration.',
    argument: ['[enterprise]', 'id of the enterprise; may be left out where there is one'],
    schema: z.object({ enterprise: z.string().optional() }),
    run: async ({ enterprise: named }) => showEnterprise(cli, named),
  });
  addOrganisationCommands(program, cli);
}

async function showEnterprise(cli: Cli, named: string | undefined) {
  const { structure, integrations } = await cli.services();
  const enterpriseId = await cli.enterpriseId(named);
  const { name, createdAt } = await structure.getEnterprise(enterpriseId);
  const teams = await structure.listTeams({ enterpriseId });
  const organisations = (await structure.listOrganisations(enterpriseId)).map((organisation) => ({
    id: organisation._id,
    name: organisation.name,
    zone: organisation.zone,
    country: organisation.country,
    teams: teams
      .filter((team) => team.organisationId === organisation._id)
      .map((team) => ({ id: team._id, name: team.name })),
  }));
  const { connection, tenantId } = await integrations.status(enterpriseId);
  const rows = organisations.flatMap((organisation) =>
    [{ id: '-', name: '-' }, ...organisation.teams]
      .slice(organisation.teams.length === 0 ? 0 : 1)
      .map((team) => [organisation.id, organisation.name, organisation.zone, team.id, team.name]),
  );
  const lines = [
    ...facts([
      ['id', enterpriseId],
      ['name', name],
      ['connection', connection],
      ['tenant', tenantId],
    ]),
    ...table(['organisation', 'name', 'zone', 'team', 'name'], rows, 'No organisations.'),
  ];
  return { document: { id: enterpriseId, name, createdAt, connection, tenantId, organisations }, lines };
}

function addOrganisationCommands(program: Command, cli: Cli): void {
  const organisation = family(program, 'organisation', 'organisations of an enterprise');
  leaf(organisation, cli, {
    name: 'create',
    about: 'Make an organisation.',
    options: [
      ['--name <name>', 'its name'],
      ['--zone <zone>', 'its IANA time zone, such as Pacific/Auckland'],
      ['--country <country>', 'its country, two letters of ISO 3166-1'],
    ],
    schema: z.object({ ...ofEnterprise, name: z.string(), zone: z.string(), country: z.string().optional() }),
    run: async ({ enterprise, name, zone, country }) => {
      const { structure } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const input = { enterpriseId, name, zone, country: country ?? null, by: cli.who };
      const row = await structure.createOrganisation(input);
      const document = { id: row._id, enterpriseId, name: row.name, zone: row.zone, country: row.country };
      return { document, lines: [`Made the organisation ${row._id}.`] };
    },
  });
  addOrganisationSet(organisation, cli);
  leaf(organisation, cli, {
    name: 'list',
    about: 'List the organisations of an enterprise.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => {
      const { structure } = await cli.services();
      const rows = await structure.listOrganisations(await cli.enterpriseId(enterprise));
      const items = rows.map(({ _id: id, name, zone, country }) => ({ id, name, zone, country }));
      const lines = items.map(({ id, name, zone, country }) => [id, name, zone, country]);
      return listAnswer(items, table(['id', 'name', 'zone', 'country'], lines));
    },
  });
}

function addOrganisationSet(organisation: Command, cli: Cli): void {
  leaf(organisation, cli, {
    name: 'set',
    about: 'Choose how calendars become activities in an organisation.',
    options: [
      ['--organisation <id>', 'the organisation'],
      ['--activity-type <name>', 'default activity type of what comes from calendars; "none" for no activities'],
      ['--needs-approval <on|off>', 'somebody has to approve each of them'],
    ],
    schema: z.object({
      ...ofEnterprise,
      organisation: z.string(),
      activityType: z
        .string()
        .transform((text) => (text === 'none' ? null : text))
        .optional(),
      needsApproval: toggle.optional(),
    }),
    run: async ({ enterprise, organisation: organisationId, activityType, needsApproval }) => {
      const patch = given({ type: activityType, needsApproval });
      if (Object.keys(patch).length === 0) throw new UsageError('Say what to change, such as --needs-approval on.');
      const { structure } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const row = await structure.setCalendarActivities({ enterpriseId, organisationId, patch, by: cli.who });
      return { document: { id: row._id, ...row.calendarActivities }, lines: ['Saved.'] };
    },
  });
}
