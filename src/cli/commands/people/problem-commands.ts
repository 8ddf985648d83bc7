import type { Command } from 'commander';
import { z } from 'zod';
import { problemCodes } from '../../../compose.js';
import { listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { limit, ofEnterprise } from '../../frame/option-values.js';

/** `problems list|retry|ignore|keep-apart|link`. */
export function addProblemCommands(program: Command, cli: Cli): void {
  const problems = family(program, 'problems', 'what keeps people from being in step');
  const options = [
    ['--person <person>', 'only those of this person'],
    ['--code <code>', 'only those of this kind, such as duplicate_email'],
  ] as const;
  const code = z.enum(problemCodes, { error: `is none of ${problemCodes.join(', ')}` }).optional();
  const filter = { ...ofEnterprise, person: z.string().optional(), code };
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
      const rows = items.map((item) => [item.id, item.person, item.openedAt, `${item.message} ${item.remedy}`]);
      return listAnswer(items, table(['id', 'person', 'since', 'what to do'], rows));
    },
  });
  leaf(problems, cli, {
    name: 'retry',
    about: 'Have the people with problems read from Entra and tried again.',
    options,
    schema: z.object(filter),
    run: async ({ enterprise, ...rest }) => {
      const { readAgain } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const filter = await filterOf(cli, enterpriseId, { ...rest, all: true });
      const noted = await readAgain.problems(enterpriseId, { filter }, { who: cli.who });
      return { document: { noted }, lines: [`Noted ${noted} people.`] };
    },
  });
  addVerdicts(problems, cli);
  addLink(problems, cli);
}

/** The clash of two profiles that are one person. */
function addLink(problems: Command, cli: Cli): void {
  leaf(problems, cli, {
    name: 'link',
    about: 'The profile that has the address is this person: link it to the directory person and keep it.',
    options: [['--problem <id>', 'a duplicate_email as "ghs problems list" has it'], REASON],
    schema: z.object({ ...ofEnterprise, problem: z.string(), reason: z.string().optional() }),
    run: async ({ enterprise, problem, reason }) => {
      const { problemActs, personViews } = await cli.services();
      const by = { who: cli.who, reason: reason ?? null };
      const user = await problemActs.link(await cli.enterpriseId(enterprise), problem, by);
      return { document: await personViews.of(user), lines: [`Linked ${user._id}; the person is read again.`] };
    },
  });
}

/** What an administrator can say of a problem, beside mending its cause. */
function addVerdicts(problems: Command, cli: Cli): void {
  const acts = [
    ['ignore', 'ignore', 'Do not show a problem any more until it is another one.'],
    ['keep-apart', 'keepApart', 'Two people have one address and are not one person: link nobody, show it no more.'],
  ] as const;
  for (const [name, act, about] of acts) {
    leaf(problems, cli, {
      name,
      about,
      options: [['--problem <id...>', 'ids as "ghs problems list" has them'], REASON],
      schema: z.object({ ...ofEnterprise, problem: z.array(z.string()), reason: z.string().optional() }),
      run: async ({ enterprise, problem, reason }) => {
        const { problemActs } = await cli.services();
        const by = { who: cli.who, reason: reason ?? null };
        const decided = await problemActs[act](await cli.enterpriseId(enterprise), problem, by);
        return { document: { decided }, lines: [`Closed ${decided} problems; see "ghs decisions release".`] };
      },
    });
  }
}

const REASON = ['--reason <text>', 'why, for the audit log'] as const;

interface Wanted {
  readonly person?: string | undefined;
  readonly code?: string | undefined;
  readonly all: boolean;
  readonly limit?: number | undefined;
}

async function find(cli: Cli, enterpriseId: string, wanted: Wanted) {
  const { problems } = await cli.services();
  return problems.list(enterpriseId, await filterOf(cli, enterpriseId, wanted));
}

async function filterOf(cli: Cli, enterpriseId: string, { person, code, all, limit: most }: Wanted) {
  return {
    all,
    ...(most === undefined ? {} : { limit: most }),
    ...(person === undefined ? {} : { objectId: await objectIdOf(cli, enterpriseId, person) }),
    ...(code === undefined ? {} : { code }),
  };
}

/** Problems and decisions are about people of the directory, some of whom have no record yet. */
export async function objectIdOf(cli: Cli, enterpriseId: string, person: string): Promise<string> {
  const { people, explainPerson } = await cli.services();
  const user = await people.findOrNull(enterpriseId, person);
  if (user?.entra) return user.entra.objectId;
  const { objectId } = await explainPerson({ enterpriseId, person });
  return objectId ?? person.toLowerCase();
}
