import type { Command } from 'commander';
import { z } from 'zod';
import type { Services } from '../../../compose.js';
import { given } from '../../../kernel/given.js';
import { facts, listAnswer, shown, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { limit, ofEnterprise, toggle } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';
import { addMerge } from './merge-command.js';
import { addMove } from './move-command.js';
import { addPersonInsight } from './person-insight.js';

const PERSON = ['<person>', 'id, object id or e-mail'] as const;
const REASON = ['--reason <text>', 'why, for the ledger'] as const;

const FIELD_OPTIONS = [
  ['--email <email>', 'e-mail address, unique in all of GetHomeSafe'],
  ['--first-name <name>', 'first name'],
  ['--last-name <name>', 'last name'],
  ['--mobile-phone <number>', 'mobile phone number'],
  ['--country <country>', 'country'],
  ['--time-zone <zone>', 'time zone'],
] as const;
const fieldTexts = {
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  mobilePhone: z.string().optional(),
  country: z.string().optional(),
  timeZone: z.string().optional(),
};

/** `people add|edit|archive|list|show|why|sync|merge`. */
export function addPeopleCommands(program: Command, cli: Cli): void {
  const people = family(program, 'people', "people: GetHomeSafe's own records");
  addAdd(people, cli);
  addEdit(people, cli);
  addArchive(people, cli);
  addReads(people, cli);
  addPersonInsight(people, cli);
  addMerge(people, cli);
  addMove(people, cli);
}

function addAdd(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'add',
    about: 'Add somebody by hand.',
    options: [
      ['--organisation <id>', 'home organisation'],
      ...FIELD_OPTIONS,
      ['--team <id...>', 'teams to put the person in'],
      ['--account-admin <on|off>', 'account administrators are never archived by the sync'],
      ['--origin <origin>', 'manual or other_integration'],
    ],
    schema: z.object({
      ...ofEnterprise,
      organisation: z.string(),
      ...fieldTexts,
      email: z.string(),
      team: z.array(z.string()).optional(),
      accountAdmin: toggle.optional(),
      origin: z.enum(['manual', 'other_integration']).optional(),
    }),
    run: async ({ enterprise, organisation, team, accountAdmin, origin, email, ...fields }) => {
      const services = await cli.services();
      const enterpriseId = enterprise ?? (await services.structure.getOrganisation(organisation)).enterpriseId;
      const user = await services.people.add(
        {
          ...{ enterpriseId, organisationId: organisation, fields: { ...given(fields), email } },
          ...(team === undefined ? {} : { teamIds: team }),
          ...(accountAdmin === undefined ? {} : { isAccountAdmin: accountAdmin }),
          ...(origin === undefined ? {} : { origin }),
        },
        { who: cli.who },
      );
      return personAnswer(services, user, `Added ${user._id}.`);
    },
  });
}

function addEdit(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'edit',
    about: "Change a person's fields and teams by hand; an empty text clears a field.",
    argument: PERSON,
    options: [
      ...FIELD_OPTIONS,
      ['--add-team <id...>', 'teams to put the person in'],
      ['--remove-team <id...>', 'teams to take the person out of'],
      ['--account-admin <on|off>', 'account administrators are never archived by the sync'],
      REASON,
    ],
    schema: z.object({
      ...ofEnterprise,
      ...fieldTexts,
      person: z.string(),
      addTeam: z.array(z.string()).optional(),
      removeTeam: z.array(z.string()).optional(),
      accountAdmin: toggle.optional(),
      reason: z.string().optional(),
    }),
    run: async ({ enterprise, person, addTeam, removeTeam, accountAdmin, reason, ...fields }) => {
      const services = await cli.services();
      const edit = {
        fields: given(fields),
        ...(addTeam === undefined ? {} : { addTeams: addTeam }),
        ...(removeTeam === undefined ? {} : { removeTeams: removeTeam }),
        ...(accountAdmin === undefined ? {} : { isAccountAdmin: accountAdmin }),
      };
      if (Object.keys(edit).length === 1 && Object.keys(edit.fields).length === 0) {
        throw new UsageError('Say what to change, such as --first-name.');
      }
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), person };
      const user = await services.people.edit(ref, edit, { who: cli.who, reason: reason ?? null });
      return personAnswer(services, user, 'Changed.');
    },
  });
}

function addArchive(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'archive',
    about: 'Archive a person, whose address is free for others then; or undo that.',
    argument: PERSON,
    options: [['--off', 'take the person back out of the archive'], REASON],
    schema: z.object({
      ...ofEnterprise,
      person: z.string(),
      off: z.boolean().optional(),
      reason: z.string().optional(),
    }),
    run: async ({ enterprise, person, off, reason }) => {
      const services = await cli.services();
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), person };
      const by = { who: cli.who, reason: reason ?? null };
      const user = off ? await services.people.restore(ref, by) : await services.people.archive(ref, by);
      return personAnswer(services, user, off ? 'Taken back out of the archive.' : 'Archived.');
    },
  });
}

function addReads(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'list',
    about: 'List people in the order in which they were added.',
    options: [
      ['--status <status>', 'invited, active or archived'],
      ['--team <id>', 'only members of this team'],
      ['--organisation <id>', 'only those of this organisation'],
      ['--text <text>', 'part of an address or name'],
      ['--limit <n>', 'at most so many'],
      ['--after <cursor>', 'go on where the list before ended'],
    ],
    schema: z.object({
      ...ofEnterprise,
      status: z.enum(['invited', 'active', 'archived']).optional(),
      team: z.string().optional(),
      organisation: z.string().optional(),
      text: z.string().optional(),
      limit: limit.optional(),
      after: z.string().optional(),
    }),
    run: async ({ enterprise, team, organisation, ...rest }) => {
      const services = await cli.services();
      const filter = { ...rest, teamId: team, organisationId: organisation };
      const { items, next } = await services.people.list(await cli.enterpriseId(enterprise), given(filter));
      const rows = items.map((item) => [
        item.id,
        item.status,
        item.email,
        item.firstName,
        item.lastName,
        item.teams.length,
      ]);
      return listAnswer(items, table(['id', 'status', 'email', 'first name', 'last name', 'teams'], rows), next);
    },
  });
  leaf(people, cli, {
    name: 'show',
    about: 'Show a person in full.',
    argument: PERSON,
    schema: z.object({ ...ofEnterprise, person: z.string() }),
    run: async ({ enterprise, person }) => {
      const services = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      return personAnswer(services, await services.people.find(enterpriseId, person));
    },
  });
}

type User = Awaited<ReturnType<Services['people']['find']>>;

async function personAnswer(services: Services, user: User, done?: string) {
  const groups = await services.groupsSeen(user);
  const document = { ...(await services.personViews.of(user)), groups };
  const { teams, problems, decisions, effective, groups: _, ...rest } = document;
  const lines = [
    ...facts(Object.entries(rest)),
    ...groups.map(({ id, name, mappings }) => `group ${shown(name ?? id)} (${id}): ${mappings.length} team mapping(s)`),
    ...teams.map(({ id, name, reason, isLeader, groups: justifying }) => {
      const through = justifying.length > 0 ? `, through ${justifying.join(', ')}` : '';
      return `team ${name ?? id} (${id}): ${reason}${through}${isLeader ? ', leader' : ''}`;
    }),
    ...problems.map(({ code, message, remedy }) => `problem ${code}: ${message} ${remedy}`),
    ...decisions.map(({ subject, verdict, by }) => `decision ${subject}: ${verdict} by ${by}`),
  ];
  return { document, lines: done === undefined ? lines : [done, ...lines] };
}
