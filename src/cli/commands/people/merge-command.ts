import type { Command } from 'commander';
import { z } from 'zod';
import { facts } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';
import { ofEnterprise } from '../../frame/option-values.js';

/** `people merge`: what support does where two profiles are one person (S37). */
export function addMerge(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'merge',
    about:
      'Link a profile to the directory person it is. It keeps its history; a record that the sync made is archived.',
    argument: ['<person>', 'profile that stays: id or e-mail'],
    options: [
      ['--with <object-id>', 'object id of the person in Entra'],
      ['--reason <text>', 'why, for the ledger'],
    ],
    schema: z.object({ ...ofEnterprise, person: z.string(), with: z.string(), reason: z.string().min(1) }),
    run: async ({ enterprise, person, with: objectId, reason }) => {
      const { mergePeople, personViews } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const user = await mergePeople.merge({ enterpriseId, person, objectId }, { who: cli.who, reason });
      const document = await personViews.of(user);
      const { id, email, status } = document;
      const lines = [
        'Merged: the next sync brings the fields of Entra.',
        ...facts(Object.entries({ id, objectId, email, status })),
      ];
      return { document, lines };
    },
  });
}
