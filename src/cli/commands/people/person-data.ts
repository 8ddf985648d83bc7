import type { Command } from 'commander';
import { z } from 'zod';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';
import { ofEnterprise } from '../../frame/option-values.js';

const PERSON = ['<person>', 'id, object id or e-mail'] as const;

/** `people export` and `people erase`. */
export function addPersonData(people: Command, cli: Cli): void {
  leaf(people, cli, {
    name: 'export',
    about: 'Answer everything that is kept about a person, as one JSON document.',
    argument: PERSON,
    schema: z.object({ ...ofEnterprise, person: z.string() }),
    run: async ({ enterprise, person }) => {
      const { exportPerson } = await cli.services();
      const document = await exportPerson({ enterpriseId: await cli.enterpriseId(enterprise), person });
      return { document, lines: [JSON.stringify(document, null, 2)] };
    },
  });
  leaf(people, cli, {
    name: 'erase',
    about: 'Delete everything that is kept about an archived person, or one without a record. Cannot be undone.',
    argument: PERSON,
    options: [['--reason <text>', 'why, for the audit log; write no personal data into it']],
    schema: z.object({ ...ofEnterprise, person: z.string(), reason: z.string() }),
    run: async ({ enterprise, person, reason }) => {
      const { erasePerson } = await cli.services();
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), person };
      const { id, counts } = await erasePerson(ref, { who: cli.who, reason });
      const parts = Object.entries(counts).filter(([, count]) => count > 0);
      const lines = ['Erased.', ...parts.map(([name, count]) => `${name}: ${count}`)];
      return { document: { id, erased: counts }, lines };
    },
  });
}
