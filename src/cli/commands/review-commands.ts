import type { Command } from 'commander';
import { z } from 'zod';
import { listAnswer, table } from '../frame/answer.js';
import type { Cli } from '../frame/cli.js';
import { family, leaf } from '../frame/command.js';
import { limit, ofEnterprise } from '../frame/option-values.js';
import { tenantOf } from '../frame/tenant.js';

/** `decisions list` and `problems list|retry`. */
export function addReviewCommands(program: Command, cli: Cli): void {
  const decisions = family(program, 'decisions', 'verdicts on single values of single people');
  leaf(decisions, cli, {
    name: 'list',
    about: 'List decisions, newest first; the held ones wait for an administrator.',
    options: [
      ['--verdict <verdict>', 'held, approved, refused or declined'],
      ['--person <person>', 'only those about this person'],
      ['--limit <n>', 'at most so many'],
    ],
    schema: z.object({
      ...ofEnterprise,
      verdict: z.enum(['held', 'approved', 'refused', 'declined']).optional(),
      person: z.string().optional(),
      limit: limit.optional(),
    }),
    run: async ({ enterprise, verdict, person, limit: most }) => {
      const services = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const items = await services.decisions.list(enterpriseId, {
        ...(verdict === undefined ? {} : { verdict }),
        ...(most === undefined ? {} : { limit: most }),
        ...(person === undefined ? {} : { objectId: await objectIdOf(cli, enterpriseId, person) }),
      });
      const rows = items.map((item) => [item.person, item.subject, item.verdict, item.by, item.until]);
      return listAnswer(items, table(['person', 'subject', 'verdict', 'by', 'until'], rows));
    },
  });
  addProblems(program, cli);
}

function addProblems(program: Command, cli: Cli): void {
  const problems = family(program, 'problems', 'what keeps people from being in step');
  const options = [
    ['--person <person>', 'only those of this person'],
    ['--code <code>', 'only those of this kind, such as duplicate_email'],
  ] as const;
  const filter = { ...ofEnterprise, person: z.string().optional(), code: z.string().optional() };
  leaf(problems, cli, {
    name: 'list',
    about: 'List the open problems, oldest first.',
    options: [
      ...options,
      ['--all', 'also those that may end by themselves within a moment'],
      ['--limit <n>', 'at most so many'],
    ],
    schema: z.object({ ...filter, all: z.boolean().optional(), limit: limit.optional() }),
    run: async ({ enterprise, all = false, limit: most, ...rest }) => {
      const items = await find(cli, await cli.enterpriseId(enterprise), { ...rest, all, limit: most });
      const rows = items.map((item) => [item.person, item.code, item.openedAt, `${item.message} ${item.remedy}`]);
      return listAnswer(items, table(['person', 'code', 'since', 'what to do'], rows));
    },
  });
  leaf(problems, cli, {
    name: 'retry',
    about: 'Have the people with problems read from Entra and tried again.',
    options,
    schema: z.object(filter),
    run: async ({ enterprise, ...rest }) => {
      const { changes } = await cli.services();
      const { enterpriseId, tenantId } = await tenantOf(cli, enterprise);
      const found = await find(cli, enterpriseId, { ...rest, all: true });
      const objectIds = [...new Set(found.map(({ person }) => person))];
      await changes.note(
        objectIds.map((objectId) => ({ tenantId, kind: 'user', objectId, via: 'manual', notified: 0 })),
      );
      return { document: { noted: objectIds.length }, lines: [`Noted ${objectIds.length} people.`] };
    },
  });
}

interface Wanted {
  readonly person?: string | undefined;
  readonly code?: string | undefined;
  readonly all: boolean;
  readonly limit?: number | undefined;
}

async function find(cli: Cli, enterpriseId: string, { person, code, all, limit: most }: Wanted) {
  const { problems } = await cli.services();
  return problems.list(enterpriseId, {
    all,
    ...(most === undefined ? {} : { limit: most }),
    ...(person === undefined ? {} : { objectId: await objectIdOf(cli, enterpriseId, person) }),
    ...(code === undefined ? {} : { code }),
  });
}

/** Problems and decisions are about people of the directory, some of whom have no record yet. */
async function objectIdOf(cli: Cli, enterpriseId: string, person: string): Promise<string> {
  const { people } = await cli.services();
  const user = await people.findOrNull(enterpriseId, person);
  return user?.entra?.objectId ?? person.toLowerCase();
}
