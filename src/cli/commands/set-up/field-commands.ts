import type { Command } from 'commander';
import { z } from 'zod';
import { previews, type Services } from '../../../compose.js';
import { given } from '../../../kernel/given.js';
import { listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { readJsonFile } from '../../frame/json-file.js';
import { ofEnterprise } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';

type FieldsPatch = NonNullable<Parameters<Services['settings']['setSettings']>[1]['fields']>;

/** An attribute of Entra; the settings themselves know which are on offer. `none`: not mapped. */
const attribute = <K extends keyof FieldsPatch>() =>
  z
    .string()
    .transform((text): unknown => (text === 'none' ? null : text))
    .pipe(z.custom<Exclude<FieldsPatch[K], undefined>>())
    .optional();

/** `fields list|set|preview`. */
export function addFieldCommands(program: Command, cli: Cli): void {
  const fields = family(program, 'fields', 'Field Mappings: which Entra attribute feeds which field');
  leaf(fields, cli, {
    name: 'list',
    about: 'List the field mappings.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => listFields(cli, await cli.enterpriseId(enterprise)),
  });
  addSet(fields, cli);
  addPreview(fields, cli);
}

function addSet(fields: Command, cli: Cli): void {
  leaf(fields, cli, {
    name: 'set',
    about: 'Change field mappings; they apply with the next sync. "none" leaves a field unmapped.',
    options: [
      ['--first-name <attribute>', 'attribute of First Name'],
      ['--last-name <attribute>', 'attribute of Last Name'],
      ['--email <attribute>', 'attribute of Email Address; mandatory'],
      ['--mobile-phone <attribute>', 'attribute of Mobile Phone Number'],
      ['--country <attribute>', 'attribute of Country'],
      ['--time-zone <attribute>', "attribute of Time Zone, or organisation.timeZone for the organisation's time zone"],
    ],
    schema: z.object({
      ...ofEnterprise,
      firstName: attribute<'firstName'>(),
      lastName: attribute<'lastName'>(),
      email: attribute<'email'>(),
      mobilePhone: attribute<'mobilePhone'>(),
      country: attribute<'country'>(),
      timeZone: attribute<'timeZone'>(),
    }),
    run: async ({ enterprise, ...wanted }) => {
      const { settings } = await cli.services();
      const patch = given(wanted);
      if (Object.keys(patch).length === 0) throw new UsageError('Say which field, such as --country usageLocation.');
      const enterpriseId = await cli.enterpriseId(enterprise);
      await settings.setSettings(enterpriseId, { fields: patch }, { by: cli.who });
      return listFields(cli, enterpriseId);
    },
  });
}

function addPreview(fields: Command, cli: Cli): void {
  leaf(fields, cli, {
    name: 'preview',
    about: 'Show what the field mappings make of one person. Needs no database.',
    options: [
      ['--file <json>', 'a user as Microsoft Graph gives it, with mailboxSettings where known; - is stdin'],
      ['--organisation-country <country>', "the organisation's country, for national phone numbers"],
      [
        '--organisation-zone <zone>',
        "the organisation's time zone, where Time Zone is mapped to organisation.timeZone",
      ],
      ['--mapping <json>', 'a file with other mappings: {"firstName":"givenName",…}'],
    ],
    schema: z.object({
      file: z.string(),
      organisationCountry: z.string().optional(),
      organisationZone: z.string().optional(),
      mapping: z.string().optional(),
    }),
    run: async ({ file, organisationCountry, organisationZone, mapping }) => {
      const document = previews.fields({
        person: await readJsonFile(file, 'file'),
        organisationCountry,
        organisationZone,
        ...(mapping === undefined ? {} : { mapping: await readJsonFile(mapping, 'mapping') }),
      });
      const rows = document.fields.map(({ target, source, raw, value, problem }) => [
        target,
        source,
        raw,
        value,
        problem,
      ]);
      return { document, lines: table(['field', 'attribute', 'raw', 'value', 'problem'], rows) };
    },
  });
}

async function listFields(cli: Cli, enterpriseId: string) {
  const { integrations } = await cli.services();
  const { fields } = (await integrations.getIntegration(enterpriseId)).settings;
  const items = Object.entries(fields).map(([target, source]) => ({ target, source }));
  return listAnswer(
    items,
    table(
      ['field', 'attribute'],
      items.map(({ target, source }) => [target, source]),
    ),
  );
}
