import type { Command } from 'commander';
import { z } from 'zod';
import { verdicts } from '../../../compose.js';
import { listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { limit, ofEnterprise } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';
import { objectIdOf } from './problem-commands.js';

/** `decisions list|approve|refuse|release`. */
export function addDecisionCommands(program: Command, cli: Cli): void {
  const decisions = family(program, 'decisions', 'verdicts on single values of single people');
  leaf(decisions, cli, {
    name: 'list',
    about: 'List decisions, newest first; the held ones wait for an administrator.',
    options: [
      ['--verdict <verdict>', verdicts.join(', ')],
      ['--person <person>', 'only those about this person'],
      ['--limit <n>', 'at most so many'],
    ],
    schema: z.object({
      ...ofEnterprise,
      verdict: z.enum(verdicts, { error: `is none of ${verdicts.join(', ')}` }).optional(),
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
      const rows = items.map((item) => [item.id, item.subject, item.verdict, item.by, item.until, item.value]);
      return listAnswer(items, table(['id', 'subject', 'verdict', 'by', 'until', 'value'], rows));
    },
  });
  addActs(decisions, cli);
}

const ACTS = [
  ['approve', 'Let what the guard holds be taken, as long as Entra still says so.'],
  ['refuse', 'Keep GetHomeSafe as it is until the value in Entra changes.'],
  ['release', 'Take a verdict back: the sync follows Entra again.'],
] as const;

const NONE_DECIDED = 'Nothing was decided: there is no decision that this is about. See "ghs decisions list".';

function addActs(decisions: Command, cli: Cli): void {
  for (const [name, about] of ACTS) {
    leaf(decisions, cli, {
      name,
      about,
      argument: ['[decision]', 'id of one decision; or give --all'],
      options: [
        ['--all', name === 'release' ? 'all that can be released' : 'everything that is held'],
        ['--subject <subject>', 'with --all: only those of this subject, such as archive or team:ID'],
        ['--value <value>', 'only while the decision is about this value, as "ghs decisions list" has it'],
        ['--reason <text>', 'why, for the audit log'],
      ],
      schema: z.object({
        ...ofEnterprise,
        decision: z.string().optional(),
        all: z.boolean().optional(),
        subject: z.string().optional(),
        value: z.string().optional(),
        reason: z.string().optional(),
      }),
      run: async ({ enterprise, reason, ...wanted }) => {
        const { decisionActs } = await cli.services();
        const enterpriseId = await cli.enterpriseId(enterprise);
        const by = { who: cli.who, reason: reason ?? null };
        const decided = await decisionActs[name](enterpriseId, wantedOf(wanted), by);
        const done = `Decided ${decided}; the people concerned are read again.`;
        return { document: { decided }, lines: [decided === 0 ? NONE_DECIDED : done] };
      },
    });
  }
}

function wantedOf(given: {
  decision?: string | undefined;
  all?: boolean | undefined;
  subject?: string | undefined;
  value?: string | undefined;
}) {
  const { decision, all = false, subject, value } = given;
  if (decision !== undefined && all) throw new UsageError('Give one decision or --all, not both.', 'decision');
  if (decision !== undefined) return { ids: [decision], ...(value === undefined ? {} : { value }) };
  if (!all) throw new UsageError('Say which decision, or --all.', 'decision');
  if (value !== undefined) throw new UsageError('--value goes with one decision.', 'value');
  return { all: true as const, ...(subject === undefined ? {} : { subject }) };
}
