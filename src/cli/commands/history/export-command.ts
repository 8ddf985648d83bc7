import type { Command } from 'commander';
import { z } from 'zod';
import { EXPORT_FORMATS, HISTORY_KINDS, ledgerPersonOf } from '../../../compose/history.js';
import { given } from '../../../kernel/given.js';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';
import { writeWhole } from '../../frame/export-file.js';
import { instant } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';
import { INSTALLATION_OPTION, idOfWhose, whose } from '../../frame/whose.js';

/** Kinds of history that belong to runs, of which one may be chosen. */
const OF_RUNS: readonly string[] = ['items', 'ledger'];

/** `history export`. */
export function addExport(history: Command, cli: Cli): void {
  leaf(history, cli, {
    name: 'export',
    about: 'Write history as CSV or as one JSON document a line, oldest first.',
    options: [
      INSTALLATION_OPTION,
      ['--what <what>', HISTORY_KINDS.join(', ')],
      ['--format <format>', EXPORT_FORMATS.join(' or ')],
      ['--run <id>', 'only what this run did: for items and ledger'],
      ['--person <person>', 'only what was written about this person: for ledger'],
      ['--since <instant>', 'from this instant on, such as 2026-09-25T14:30:00Z; of items: of runs asked for since'],
      ['--until <instant>', 'before this instant'],
      ['--out <file>', 'write this file, whole or not at all; else to stdout'],
    ],
    schema: z.object({
      ...whose,
      what: z.enum(HISTORY_KINDS, { error: `is none of ${HISTORY_KINDS.join(', ')}` }),
      format: z.enum(EXPORT_FORMATS, { error: `is none of ${EXPORT_FORMATS.join(', ')}` }),
      run: z.string().optional(),
      person: z.string().optional(),
      since: instant.optional(),
      until: instant.optional(),
      out: z.string().optional(),
    }),
    run: async ({ enterprise, installation, what, format, run, person, out, ...period }) => {
      if (cli.json && out === undefined) throw new UsageError('With --json an export needs --out.', 'out');
      if (run !== undefined && !OF_RUNS.includes(what)) throw new UsageError('--run is for items and ledger.', 'run');
      if (person !== undefined && what !== 'ledger') throw new UsageError('--person is for ledger.', 'person');
      if (installation && what !== 'settings') throw new UsageError('--installation is for settings.', 'installation');
      const enterpriseId = await idOfWhose(cli, { enterprise, installation });
      const services = await cli.services();
      const about = {
        ...(run === undefined ? {} : { runId: run }),
        ...(person === undefined ? {} : { person: await ledgerPersonOf(services.people, { enterpriseId, person }) }),
      };
      const chunks = await services.exportHistory({ enterpriseId, what, ...about, ...given(period) }, format);
      let rows = 0;
      if (out === undefined) for await (const text of counted()) await cli.print(text);
      else await writeWhole(services.chance, out, counted());
      const done = `${rows} rows${out === undefined ? '' : ` written to ${out}`}.`;
      if (out === undefined) cli.say(done);
      return { document: { file: out ?? null, rows }, lines: out === undefined ? [] : [done] };

      async function* counted(): AsyncIterable<string> {
        for await (const chunk of chunks) {
          rows += chunk.rows;
          yield chunk.text;
        }
      }
    },
  });
}
