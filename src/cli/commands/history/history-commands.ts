import type { Command } from 'commander';
import { z } from 'zod';
import { ledgerPersonOf, ledgerView } from '../../../compose/history.js';
import { given } from '../../../kernel/given.js';
import { listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { inPages, instant, ofEnterprise } from '../../frame/option-values.js';
import { INSTALLATION_OPTION, idOfWhose, whose } from '../../frame/whose.js';
import { addExport } from './export-command.js';

const pages = inPages(100);

const PAGE_OPTIONS = [
  ['--since <instant>', 'from this instant on, such as 2026-09-25T14:30:00Z'],
  ['--until <instant>', 'before this instant'],
  ...pages.options,
] as const;
const paging = { ...pages.schema, since: instant.optional(), until: instant.optional() };

/** `history settings|ledger|export`. */
export function addHistoryCommands(program: Command, cli: Cli): void {
  const history = family(program, 'history', 'what was done, by whom and why');
  leaf(history, cli, {
    name: 'settings',
    about: 'List changes of settings, newest first: who, what, before and after.',
    options: [INSTALLATION_OPTION, ...PAGE_OPTIONS],
    schema: z.object({ ...whose, ...paging }),
    run: async ({ enterprise, installation, ...rest }) => {
      const enterpriseId = await idOfWhose(cli, { enterprise, installation });
      const services = await cli.services();
      const { rows, next } = await services.history.settings(enterpriseId, given(rest));
      const items = rows.map(({ _id: id, at, who, what, before, after }) => ({ id, at, who, what, before, after }));
      const cells = items.map(({ at, who, what, before, after }) => [at, who, what, before, after]);
      return listAnswer(items, table(['at', 'who', 'what', 'before', 'after'], cells), next);
    },
  });
  leaf(history, cli, {
    name: 'ledger',
    about: 'List what was written to records, newest first.',
    options: [['--person <person>', 'only what was written about this person'], ...PAGE_OPTIONS],
    schema: z.object({ ...ofEnterprise, ...paging, person: z.string().optional() }),
    run: async ({ enterprise, person, ...rest }) => {
      const services = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const about =
        person === undefined ? {} : { person: await ledgerPersonOf(services.people, { enterpriseId, person }) };
      const { rows, next } = await services.history.ledger(enterpriseId, { ...given(rest), ...about });
      const items = rows.map(ledgerView);
      const cells = items.map((item) => [
        ...[item.at, item.person ?? item.user, item.field ?? item.kind, item.before, item.after, item.why],
      ]);
      return listAnswer(items, table(['at', 'person', 'what', 'before', 'after', 'why'], cells), next);
    },
  });
  addExport(history, cli);
}
