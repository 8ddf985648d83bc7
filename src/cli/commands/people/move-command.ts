import type { Command } from 'commander';
import { z } from 'zod';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';
import { ofEnterprise } from '../../frame/option-values.js';

/** `people move`. */
export function addMove(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'move',
    about: 'Move a person to another organisation of the enterprise; the teams of the former one end.',
    argument: ['<person>', 'id, object id or e-mail'],
    options: [
      ['--organisation <id>', 'the organisation that is home from now on'],
      ['--reason <text>', 'why, for the ledger'],
    ],
    schema: z.object({
      ...ofEnterprise,
      person: z.string(),
      organisation: z.string(),
      reason: z.string().optional(),
    }),
    run: async ({ enterprise, person, organisation, reason }) => {
      const { people: records, personViews } = await cli.services();
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), person };
      const user = await records.move(ref, organisation, { who: cli.who, reason: reason ?? null });
      return { document: await personViews.of(user), lines: [`${user._id} belongs to ${user.organisationId} now.`] };
    },
  });
}
