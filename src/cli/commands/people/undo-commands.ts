import type { Command } from 'commander';
import { z } from 'zod';
import type { Services } from '../../../compose.js';
import { type Answer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { instant, ofEnterprise } from '../../frame/option-values.js';

const REASON = ['--reason <text>', 'why, for the ledger'] as const;

/** `undo person|run`. */
export function addUndoCommands(program: Command, cli: Cli): void {
  const undo = family(program, 'undo', 'take back what the sync wrote');
  leaf(undo, cli, {
    name: 'person',
    about: 'Undo the newest write of the sync about a person; what Entra says is declined until it changes.',
    argument: ['<person>', 'id, object id or e-mail'],
    options: [['--since <instant>', 'everything the sync wrote since then'], REASON],
    schema: z.object({
      ...ofEnterprise,
      person: z.string(),
      since: instant.optional(),
      reason: z.string().optional(),
    }),
    run: async ({ enterprise, person, since, reason }) => {
      const services = await cli.services();
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), person };
      return undoAnswer(await services.undo.person(ref, { since }, { who: cli.who, reason: reason ?? null }));
    },
  });
  leaf(undo, cli, {
    name: 'run',
    about: 'Undo everything that a run wrote and nobody changed since; what Entra says is declined until it changes.',
    argument: ['<run>', 'id of the run'],
    options: [REASON],
    schema: z.object({ ...ofEnterprise, run: z.string(), reason: z.string().optional() }),
    run: async ({ enterprise, run, reason }) => {
      const services = await cli.services();
      const by = { who: cli.who, reason: reason ?? null };
      return undoAnswer(await services.undo.run(await cli.enterpriseId(enterprise), run, by));
    },
  });
}

function undoAnswer(document: Awaited<ReturnType<Services['undo']['run']>>): Answer {
  const { undone, people, skipped } = document;
  const rows = skipped.map(({ person, kind, field, team, why }) => [person, kind, field ?? team, why]);
  const left = skipped.length === 0 ? [] : table(['person', 'kind', 'what', 'left as it is, because'], rows);
  const lines = [`Undone: ${undone} changes of ${people} people.`, ...left];
  return { document, lines, hasFindings: undone === 0 };
}
