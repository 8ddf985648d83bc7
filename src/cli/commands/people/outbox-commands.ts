import type { Command } from 'commander';
import { z } from 'zod';
import { given } from '../../../kernel/given.js';
import { listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { limit, ofEnterprise } from '../../frame/option-values.js';

/** `outbox list|retry`. */
export function addOutboxCommands(program: Command, cli: Cli): void {
  const outbox = family(program, 'outbox', 'messages to people');
  leaf(outbox, cli, {
    name: 'list',
    about: 'List invitations and notices of changed sign-in addresses, oldest first, with what became of each.',
    options: [
      ['--person <person>', 'only those about this person'],
      ['--kind <kind>', 'invitation or address_changed'],
      ['--limit <n>', 'at most so many'],
    ],
    schema: z.object({
      ...ofEnterprise,
      person: z.string().optional(),
      kind: z.enum(['invitation', 'address_changed'], { error: 'is invitation or address_changed' }).optional(),
      limit: limit.optional(),
    }),
    run: async ({ enterprise, ...filter }) => {
      const services = await cli.services();
      const items = await services.outbox.list(await cli.enterpriseId(enterprise), given(filter));
      const rows = items.map((item) => [item.kind, item.person, item.to, item.at, item.state, item.failure]);
      return listAnswer(items, table(['kind', 'person', 'to', 'at', 'state', 'failure'], rows));
    },
  });
  leaf(outbox, cli, {
    name: 'retry',
    about: 'Send parked messages again.',
    argument: ['[message]', 'id of one, as the list with --json shows it; all parked ones where left out'],
    schema: z.object({ ...ofEnterprise, message: z.string().optional() }),
    run: async ({ enterprise, message: id }) => {
      const services = await cli.services();
      const retried = await services.outbox.retry(await cli.enterpriseId(enterprise), given({ id }));
      return { document: { retried }, lines: [`${retried} messages are sent again.`] };
    },
  });
}
