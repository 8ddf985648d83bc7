import type { Command } from 'commander';
import { z } from 'zod';
import { tokenView } from '../../../compose/accounts.js';
import { listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { durationMs } from '../../frame/option-values.js';
import { enterpriseOf, roleOption } from './admin-commands.js';

/** `token create|list|revoke`. */
export function addTokenCommands(program: Command, cli: Cli): void {
  const token = family(program, 'token', 'bearer tokens of programs that use the API');
  leaf(token, cli, {
    name: 'create',
    about: 'Make a token for a program; it is shown only now.',
    options: [
      ['--role <role>', 'admin: of one enterprise; reader: sees one; operator: all, or the named one'],
      ['--name <name>', 'what it is for'],
      ['--expires-in <duration>', 'how long it is good for, such as 30d; 90 days unless given, at most 365d'],
    ],
    schema: z.object({
      enterprise: z.string().optional(),
      role: roleOption,
      name: z.string().default(''),
      expiresIn: durationMs.optional(),
    }),
    run: async ({ enterprise, role, name, expiresIn }) => {
      const { bearerTokens } = await cli.services();
      const enterpriseId = await enterpriseOf(cli, { role, enterprise });
      const life = expiresIn === undefined ? {} : { lifeMs: expiresIn };
      const made = await bearerTokens.create({ name, role, enterpriseId, ...life, by: cli.who });
      const { _id: id, expiresAt } = made.row;
      const lines = [`Token, shown only now: ${made.token}`, `It ends on ${expiresAt.toISOString()}.`];
      return { document: { id, token: made.token, expiresAt, role, enterpriseId }, lines };
    },
  });
  addListAndRevoke(token, cli);
}

function addListAndRevoke(token: Command, cli: Cli): void {
  leaf(token, cli, {
    name: 'list',
    about: 'List the tokens, the newest first; those that have ended included.',
    schema: z.object({}),
    run: async () => {
      const { bearerTokens } = await cli.services();
      const items = (await bearerTokens.list()).map(tokenView);
      const rows = items.map(({ id, name, role, enterpriseId, createdBy, expiresAt, revokedAt, lastUsedAt }) => [
        ...[id, name, role, enterpriseId, createdBy, expiresAt, revokedAt, lastUsedAt],
      ]);
      const headings = ['id', 'name', 'role', 'enterprise', 'made by', 'ends', 'revoked', 'last used'];
      return listAnswer(items, table(headings, rows));
    },
  });
  leaf(token, cli, {
    name: 'revoke',
    about: 'End a token at once.',
    argument: ['<token>', 'its id, as "token list" shows it'],
    schema: z.object({ token: z.string() }),
    run: async ({ token: tokenId }) => {
      const { bearerTokens } = await cli.services();
      const row = await bearerTokens.revoke(tokenId, cli.who);
      return { document: tokenView(row), lines: [`Revoked ${row.name} (${row._id}).`] };
    },
  });
}
