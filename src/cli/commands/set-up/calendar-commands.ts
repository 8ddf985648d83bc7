import type { Command } from 'commander';
import { z } from 'zod';
import { previewCalendarOf } from '../../../compose/calendars.js';
import { previews } from '../../../compose.js';
import { hoursBefore } from '../../../kernel/clock.js';
import { type Answer, listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { readJsonFile } from '../../frame/json-file.js';
import { instant, ofEnterprise } from '../../frame/option-values.js';
import { tenantOf } from '../../frame/tenant.js';
import { UsageError } from '../../frame/usage-error.js';

/** `calendar preview|list|rule`. */
export function addCalendarCommands(program: Command, cli: Cli): void {
  const calendar = family(program, 'calendar', 'Office 365 calendars: which events become activities');
  addPreview(calendar, cli);
  addList(calendar, cli);
  addRule(calendar, cli);
}

function addPreview(calendar: Command, cli: Cli): void {
  leaf(calendar, cli, {
    name: 'preview',
    about: 'Show what becomes of events and why: of a file (needs no database), or of the calendar of a person.',
    argument: ['[person]', 'id, object id or e-mail: reads the calendar at Microsoft Graph, and changes nothing'],
    options: [
      ['--file <json>', 'an answer of calendarView as Microsoft Graph gives it: {"value":[…]}; - is stdin'],
      ['--rule <json>', 'with --file: a file with a calendar rule; what is left out of it is as by default'],
      ['--zone <zone>', "with --file: the person's time zone, IANA"],
      ['--now <instant>', 'with --file: events that begin until then are past (default: now)'],
    ],
    schema: z.object({
      ...ofEnterprise,
      person: z.string().optional(),
      file: z.string().optional(),
      rule: z.string().optional(),
      zone: z.string().optional(),
      now: instant.optional(),
    }),
    run: async ({ enterprise, person, ...fromFile }) => {
      if (person === undefined) return ofFile(cli, fromFile);
      if (Object.values(fromFile).some((value) => value !== undefined))
        throw new UsageError(
          'Give a person or --file, not both: the rule of a person is the one in the settings.',
          'person',
        );
      return ofPerson(cli, { enterprise, person });
    },
  });
}

const HEAD = ['activity', 'start', 'finish', 'name', 'reasons'];

async function ofFile(
  cli: Cli,
  {
    file,
    rule,
    zone,
    now = cli.now(),
  }: {
    file?: string | undefined;
    rule?: string | undefined;
    zone?: string | undefined;
    now?: Date | undefined;
  },
): Promise<Answer> {
  if (file === undefined) throw new UsageError('Name a person, or give --file with an answer of calendarView.', 'file');
  if (zone === undefined)
    throw new UsageError("Give --zone: the person's time zone, such as Pacific/Auckland.", 'zone');
  const document = previews.calendar({
    page: await readJsonFile(file, 'file'),
    rule: rule === undefined ? {} : await readJsonFile(rule, 'rule'),
    ...{ zone, now },
  });
  const rows = document.events.map(({ activity, start, finish, name, reasons, problem }) => [
    ...[activity, start, finish, name, problem ?? reasons],
  ]);
  return { document, lines: table(HEAD, rows) };
}

async function ofPerson(
  cli: Cli,
  { enterprise, person }: { enterprise: string | undefined; person: string },
): Promise<Answer> {
  const wanted = { enterpriseId: await cli.enterpriseId(enterprise), person };
  const document = await previewCalendarOf(await cli.services(), await cli.microsoft(), wanted);
  const rows = document.events.map(({ activity, start, finish, name, reasons }) => [
    activity,
    start,
    finish,
    name,
    reasons,
  ]);
  const lines = [
    ...(document.problem === null ? [] : [document.problem]),
    ...(document.scope === 'in' ? [] : [`The calendar is not followed (${document.scope}).`]),
    ...table(HEAD, rows, 'No events.'),
    ...document.changes.map(({ kind, name, start, why }) => `${kind} ${start.toISOString()} ${name}: ${why}`),
    ...document.problems.map(({ code, message, remedy }) => `${code}: ${message} ${remedy}`),
  ];
  return { document, lines };
}

function addList(calendar: Command, cli: Cli): void {
  leaf(calendar, cli, {
    name: 'list',
    about: 'List the calendars that are followed, or cannot be, with the reason.',
    options: [['--stale', 'only those that could not be verified for longer than the settings allow']],
    schema: z.object({ ...ofEnterprise, stale: z.boolean().optional() }),
    run: async ({ enterprise, stale = false }) => {
      const { enterpriseId, tenantId } = await tenantOf(cli, enterprise);
      const { mirror, integrations, labels, clock } = await cli.services();
      const { calendarStaleHours } = await integrations.status(enterpriseId);
      const before = hoursBefore(clock.now(), calendarStaleHours);
      const found = await mirror.calendars.list(tenantId, stale ? { verifiedBefore: before } : {});
      const people = found.map((each) => ({ ...each, person: each.objectId }));
      const items = await labels.add({ enterpriseId, tenantId }, people);
      const rows = items.map(({ label, person, state, verifiedAt, problem, problems }) => [
        ...[label, person, state, verifiedAt, problems.map(({ code }) => code), problem],
      ]);
      const head = ['name', 'person', 'state', 'verified', 'warnings', 'problem'];
      return listAnswer(items, table(head, rows, 'No calendars.'));
    },
  });
}

function addRule(calendar: Command, cli: Cli): void {
  leaf(calendar, cli, {
    name: 'rule',
    about:
      'Show the calendar rules, or set the one of the enterprise or of an organisation; applies with the next sync.',
    options: [
      ['--file <json>', 'a calendar rule; what is left out of it is as by default; - is stdin'],
      ['--organisation <id>', 'the rule is an exception for this organisation'],
      ['--clear', "with --organisation: the enterprise's rule again"],
    ],
    schema: z.object({
      ...ofEnterprise,
      file: z.string().optional(),
      organisation: z.string().optional(),
      clear: z.boolean().optional(),
    }),
    run: async ({ enterprise, file, organisation, clear = false }) => {
      const { settings, integrations, structure } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      if (organisation !== undefined) await structure.organisationOf({ enterpriseId, organisationId: organisation });
      if (clear && (file !== undefined || organisation === undefined))
        throw new UsageError('Give --clear with --organisation, and no file.', 'clear');
      if (file !== undefined || clear) {
        const rule = file === undefined ? null : await readJsonFile(file, 'file');
        const patch = organisation === undefined ? { calendarRule: rule } : { calendarRules: { [organisation]: rule } };
        await settings.setSettings(enterpriseId, patch as Parameters<typeof settings.setSettings>[1], { by: cli.who });
      }
      const { settings: now } = await integrations.getIntegration(enterpriseId);
      const document = { rule: now.calendarRule ?? null, organisations: now.calendarRules ?? {} };
      const own = Object.entries(document.organisations).map(([id, rule]) => `${id}: ${JSON.stringify(rule)}`);
      return { document, lines: [`enterprise: ${JSON.stringify(document.rule)}`, ...own] };
    },
  });
}
