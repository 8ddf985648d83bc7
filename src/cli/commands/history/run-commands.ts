import type { Command } from 'commander';
import { z } from 'zod';
import { ledgerPersonOf, runPersonOf } from '../../../compose/history.js';
import { ownHere } from '../../../compose/worker/here.js';
import { previews, runView, type Services } from '../../../compose.js';
import { AppError } from '../../../kernel/app-error.js';
import { SECOND_MS } from '../../../kernel/clock.js';
import { given } from '../../../kernel/given.js';
import { type Answer, facts, listAnswer, shown, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { inPages, instant, ofEnterprise, wholeNumber } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';

type Run = NonNullable<Awaited<ReturnType<Services['runs']['get']>>>;
type RunItem = Awaited<ReturnType<Services['runs']['items']>>[number];

/** What a sync that was asked for ends as where nothing came of it. */
const NOT_DONE: ReadonlySet<Run['status']> = new Set(['failed', 'cancelled', 'skipped']);

const runPages = inPages(20);
const itemPages = inPages(500);
const WAIT_SECONDS = 3_600;
/** Once a second for longer than a lease lives (law L3). */
const TRIES_HERE = 20;

/** `sync now`, `runs list|show` and `schedule preview`. */
export function addRunCommands(program: Command, cli: Cli): void {
  const sync = family(program, 'sync', 'bring everybody in step');
  leaf(sync, cli, {
    name: 'now',
    about: 'Sync Now: read everything from Entra and put everybody in step.',
    options: [
      ['--dry-run', 'change nothing, show what would change; waits for the end'],
      ['--plan <run>', 'apply exactly what this dry run planned, and list the rest; waits for the end'],
      ['--wait', 'wait for the end'],
      ['--here', 'do it in this process where no service works on the tenant; waits for the end'],
      ['--timeout <seconds>', `wait no longer (default: ${WAIT_SECONDS})`],
    ],
    schema: z.object({
      ...ofEnterprise,
      dryRun: z.boolean().optional(),
      plan: z.string().optional(),
      wait: z.boolean().optional(),
      here: z.boolean().optional(),
      timeout: wholeNumber(1, 1_000_000).optional(),
    }),
    run: async ({ enterprise, dryRun = false, plan, wait = false, here = false, timeout = WAIT_SECONDS }) => {
      if (plan !== undefined && dryRun) throw new UsageError('Give --plan or --dry-run, not both.', 'plan');
      const { runs } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const wanted = { enterpriseId, trigger: 'manual', requestedBy: cli.who, dry: dryRun } as const;
      const { run, alreadyRunning } = await runs.request(plan === undefined ? wanted : { ...wanted, planId: plan });
      if (alreadyRunning && plan !== undefined && run.planId !== plan) throw busy(run);
      if (alreadyRunning) cli.say(`A sync is running already: ${run._id}.`);
      if (plan !== undefined) await sayWhatElse(cli, enterpriseId);
      if (!wait && !dryRun && !here && plan === undefined) return runAnswer(run);
      const ended = here ? await runHere(cli, run, timeout) : await waitFor(cli, run, timeout);
      return runAnswer(ended, ended.dry || ended.planId ? await runs.items(ended._id) : undefined);
    },
  });
  addHistory(program, cli);
  addSchedule(program, cli);
}

/** A plan binds its run only: with Team Sync on, everything else follows as it happens. */
async function sayWhatElse(cli: Cli, enterpriseId: string): Promise<void> {
  const { integrations } = await cli.services();
  const { teamSync } = await integrations.status(enterpriseId);
  if (teamSync) cli.say('Enable Team Sync is on: what the plan leaves alone may follow at once, by itself.');
}

function busy(run: Run): AppError {
  const text = `Another sync is running (${run._id}), so that the plan was not applied: try again when it has ended.`;
  return new AppError('already_running', text, { status: 409, field: 'plan' });
}

/** In this process where no service works on the tenant; waits for its end. */
export async function runHere(cli: Cli, run: Run, timeoutSeconds: number): Promise<Run> {
  const { enterpriseId, tenantId } = run;
  const parts = { microsoft: await cli.microsoft(), config: cli.config() };
  const services = await cli.services();
  const { runs, clock } = services;
  let owned = await ownHere(services, parts, { enterpriseId, tenantId });
  if (owned === null) cli.say('A service works on this tenant: it does the sync.');
  // Unless it is dead, and only its lease is left, such as after a crash or in a backup.
  for (let tries = 0; owned === null && tries < TRIES_HERE; tries += 1) {
    if ((await runs.get(run._id))?.status !== 'queued') break;
    await clock.sleep(SECOND_MS);
    owned = await ownHere(services, parts, { enterpriseId, tenantId });
  }
  try {
    return await waitFor(cli, run, timeoutSeconds);
  } finally {
    await owned?.stop();
  }
}

async function waitFor(cli: Cli, run: Run, timeoutSeconds: number): Promise<Run> {
  const { runs } = await cli.services();
  let said = '';
  return runs.wait(run._id, {
    timeoutMs: timeoutSeconds * SECOND_MS,
    onProgress: ({ status, phase, counts }) => {
      const line = `${status === 'queued' ? 'Waiting for the service' : `Syncing, ${phase}`}: ${counts.seen} people seen`;
      if (line !== said) cli.say(line);
      said = line;
    },
  });
}

function addHistory(program: Command, cli: Cli): void {
  const history = family(program, 'runs', 'what syncs did');
  leaf(history, cli, {
    name: 'list',
    about: 'List the latest syncs, newest first.',
    options: runPages.options,
    schema: z.object({ ...ofEnterprise, ...runPages.schema }),
    run: async ({ enterprise, ...rest }) => {
      const { runs } = await cli.services();
      const { rows, next } = await runs.list(await cli.enterpriseId(enterprise), given(rest));
      const items = rows.map((run) => runView(run));
      const cells = items.map((run) => [
        ...[run.id, run.dry ? 'dry run' : run.trigger, run.status, run.code, run.startedAt, run.finishedAt],
      ]);
      return listAnswer(items, table(['id', 'trigger', 'status', 'code', 'started', 'finished'], cells), next);
    },
  });
  addRunShow(history, cli);
}

function addRunShow(history: Command, cli: Cli): void {
  leaf(history, cli, {
    name: 'show',
    about: 'Show one sync: what it did to whom and what stood in the way; of a dry run, what would change.',
    argument: ['<run>', 'id of the run'],
    options: [
      ['--code <code>', 'only problems of this kind, such as duplicate_email'],
      ['--person <person>', 'only what is about this person'],
      ...itemPages.options,
    ],
    schema: z.object({
      run: z.string(),
      code: z.string().optional(),
      person: z.string().optional(),
      ...itemPages.schema,
    }),
    run: async ({ run: id, person, ...rest }) => {
      const { runs, runItems, people } = await cli.services();
      const run = await runs.get(id);
      if (run === null) {
        throw new AppError('run_not_found', `There is no run ${id}.`, {
          status: 404,
          field: 'run',
          command: 'ghs runs list',
        });
      }
      const { enterpriseId } = run;
      const about = person === undefined ? {} : { person: await aboutPerson(people, { enterpriseId, person }) };
      const isFiltered = person !== undefined || rest.code !== undefined;
      return runPage(run, await runItems.page(run, { ...given(rest), ...about }), isFiltered);
    },
  });
}

/** Whom no record and no object id is about is a misspelling, not somebody of whom a run says nothing. */
async function aboutPerson(people: Services['people'], ref: { enterpriseId: string; person: string }): Promise<string> {
  await ledgerPersonOf(people, ref);
  return runPersonOf(people, ref);
}

function runPage(
  run: Run,
  { items, next }: Awaited<ReturnType<Services['runItems']['page']>>,
  isFiltered: boolean,
): Answer {
  const { lines } = runAnswer(run);
  const cells = items.map(({ label, person, result, kind, field, team, before, after, why }) => [
    ...[label ?? person, result, kind, field ?? team, before, after, why],
  ]);
  const headings = ['person', 'result', 'kind', 'what', 'before', 'after', 'why'];
  const more = next === null ? [] : [`More with --after ${next}`];
  const nothing = isFiltered ? 'Nothing matches.' : run.dry ? 'Nothing would change.' : 'Nothing was changed.';
  return {
    document: { ...runView(run), items, next },
    lines: [...lines, ...table(headings, cells, nothing), ...more],
  };
}

function runAnswer(run: Run, items?: readonly RunItem[]): Answer {
  const planned = items?.map(({ _id, runId: _run, position: _position, ...item }) => item);
  const { counts, ...rest } = runView(run);
  const changes = planned?.map(({ person, kind, field, team, activity, before, after, why }) => [
    ...[person, kind, field ?? team ?? activity, before, after, why],
  ]);
  const lines = [
    ...facts(Object.entries(rest)),
    `people: ${Object.entries(counts)
      .map(([name, count]) => `${name} ${shown(count)}`)
      .join(', ')}`,
    ...(changes ? table(['person', 'kind', 'what', 'before', 'after', 'why'], changes, 'Nothing would change.') : []),
  ];
  const document = { ...rest, counts, ...(planned ? { items: planned } : {}) };
  return { document, lines, hasFindings: NOT_DONE.has(run.status) };
}

function addSchedule(program: Command, cli: Cli): void {
  const schedule = family(program, 'schedule', 'when syncs run by themselves');
  leaf(schedule, cli, {
    name: 'preview',
    about: 'Show the instants of a schedule. Needs no database.',
    options: [
      ['--frequency <frequency>', 'daily, weekly or monthly'],
      ['--day-of-week <day>', '0 to 6, 0 is Sunday (default: 0)'],
      ['--day-of-month <day>', "1 to 31, the month's last day where there is none (default: 1)"],
      ['--time <time>', 'HH:MM, 24 hours'],
      ['--zone <zone>', 'IANA time zone'],
      ['--from <instant>', 'the instants after this one (default: now)'],
      ['--count <n>', 'how many (default: 5)'],
    ],
    schema: z.object({
      frequency: z.enum(['daily', 'weekly', 'monthly'], { error: 'is daily, weekly or monthly' }),
      dayOfWeek: wholeNumber(0, 6).optional(),
      dayOfMonth: wholeNumber(1, 31).optional(),
      time: z.string(),
      zone: z.string(),
      from: instant.optional(),
      count: wholeNumber(1, 1_000).optional(),
    }),
    run: async ({ dayOfWeek = 0, dayOfMonth = 1, from = cli.now(), count = 5, ...rest }) => {
      const runs = previews.schedule({ ...rest, dayOfWeek, dayOfMonth }, from, count);
      return { document: { runs }, lines: runs.map((at) => at.toISOString()) };
    },
  });
}
