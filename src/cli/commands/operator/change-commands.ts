import type { Command } from 'commander';
import { z } from 'zod';
import { changeView } from '../../../compose.js';
import { given } from '../../../kernel/given.js';
import { facts, listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { inPages, ofEnterprise } from '../../frame/option-values.js';
import { tenantOf } from '../../frame/tenant.js';

const pages = inPages(100);

/** `changes stats|list|retry|look` and `jobs`. */
export function addChangeCommands(program: Command, cli: Cli): void {
  const changes = family(program, 'changes', 'what Graph told and is not done yet');
  leaf(changes, cli, {
    name: 'stats',
    about: 'Count the accepted notifications by what became of them; of all tenants unless told.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => {
      const services = await cli.services();
      const tenantId = enterprise === undefined ? undefined : (await tenantOf(cli, enterprise)).tenantId;
      const document = await services.changes.stats(tenantId);
      return { document, lines: facts(Object.entries(document)) };
    },
  });
  leaf(changes, cli, {
    name: 'list',
    about: 'List open and parked changes, the longest open first.',
    options: [['--parked', 'only those set aside after repeated failure'], ...pages.options],
    schema: z.object({ ...ofEnterprise, ...pages.schema, parked: z.boolean().optional() }),
    run: async ({ enterprise, parked, ...rest }) => {
      const services = await cli.services();
      const { tenantId } = await tenantOf(cli, enterprise);
      const wanted = { tenantId, ...given(rest), ...(parked ? { parked } : {}) };
      const { rows, next } = await services.changes.list(wanted);
      const items = rows.map(changeView);
      const cells = items.map((row) => [row.id, row.via, row.attempts, row.openedAt, row.dueAt, row.parked?.code]);
      return listAnswer(items, table(['id', 'via', 'attempts', 'opened', 'due', 'parked'], cells), next);
    },
  });
  addRepairs(changes, cli);
  addJobs(program, cli);
}

const NONE_PARKED = 'Nothing was opened: no change is parked that this is about. See "ghs changes list --parked".';

function addRepairs(changes: Command, cli: Cli): void {
  leaf(changes, cli, {
    name: 'retry',
    about: 'Open parked changes again.',
    argument: ['[change]', 'id of one change; all parked ones where left out'],
    options: [
      ['--code <code>', 'only those parked for this reason'],
      ['--kind <kind>', 'only those about a user, group, events (a calendar) or subscription'],
    ],
    schema: z.object({
      ...ofEnterprise,
      change: z.string().optional(),
      code: z.string().optional(),
      kind: z.enum(['user', 'group', 'events', 'subscription']).optional(),
    }),
    run: async ({ enterprise, change, ...only }) => {
      const services = await cli.services();
      const { tenantId } = await tenantOf(cli, enterprise);
      const which = { ...given(only), ...(change === undefined ? {} : { id: change }) };
      const retried = await services.changes.retry({ tenantId, ...which });
      const lines = retried === 0 && change === undefined ? [NONE_PARKED] : [`Opened ${retried} changes again.`];
      return { document: { retried }, lines };
    },
  });
  leaf(changes, cli, {
    name: 'look',
    about: 'Ask Graph now which objects changed since it was last asked, as after an outage.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => {
      const { mirror, clock } = await cli.services();
      const { tenantId } = await tenantOf(cli, enterprise);
      const askedAt = clock.now();
      await mirror.cursors.ask(tenantId, askedAt);
      return { document: { tenantId, askedAt }, lines: ['Asked: the service looks next.'] };
    },
  });
}

function addJobs(program: Command, cli: Cli): void {
  leaf(program, cli, {
    name: 'jobs',
    about: 'List what runs on a schedule, with the last and the next time.',
    schema: z.object({}),
    run: async () => {
      const { jobStates } = await cli.services();
      const items = await jobStates();
      const rows = items.map((job) => [job.name, job.lastRunAt, job.lastFinishedAt, job.failedAt, job.nextRunAt]);
      return listAnswer(items, table(['job', 'last run', 'finished', 'failed', 'next run'], rows));
    },
  });
}
