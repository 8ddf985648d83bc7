import type { Command } from 'commander';
import { z } from 'zod';
import type { Services } from '../../../compose.js';
import { given } from '../../../kernel/given.js';
import { type Answer, facts, listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { instant, limit, ofEnterprise } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';

type Activity = Awaited<ReturnType<Services['activities']['start']>>;

const ACTIVITY = ['[activity]', 'id of the activity'] as const;
const PERSON_OPEN = ['--person <person>', 'instead of an id: the open activity of this person'] as const;
const REASON = ['--reason <text>', 'why, for the ledger'] as const;

const ofActivity = {
  ...ofEnterprise,
  activity: z.string().optional(),
  person: z.string().optional(),
  reason: z.string().optional(),
};

/** `activity list|schedule|start|finish|alert|approve|remove`: what the phone app does. */
export function addActivityCommands(program: Command, cli: Cli): void {
  const activity = family(program, 'activity', "people's activities: stands in for the phone app");
  addList(activity, cli);
  addSchedule(activity, cli);
  addStart(activity, cli);
  addFinish(activity, cli);
  addAlert(activity, cli);
  addAct(activity, cli, { name: 'approve', about: 'Approve an activity whose type asks for it.', done: 'Approved.' });
  const removing = "Delete an activity that has not started; a calendar's activity is not made again.";
  addAct(activity, cli, { name: 'remove', about: removing, done: 'Deleted.' });
}

function addList(activity: Command, cli: Cli): void {
  leaf(activity, cli, {
    name: 'list',
    about: 'List activities in the order in which they were made.',
    options: [
      ['--person <person>', 'only those of this person'],
      ['--status <status>', 'scheduled, awaiting_approval, active, finished, cancelled, or open: active or alerted'],
      ['--limit <n>', 'at most so many'],
    ],
    schema: z.object({
      ...ofEnterprise,
      person: z.string().optional(),
      status: z
        .enum(['scheduled', 'awaiting_approval', 'active', 'finished', 'cancelled', 'open'], {
          error: 'is scheduled, awaiting_approval, active, finished, cancelled or open',
        })
        .optional(),
      limit: limit.optional(),
    }),
    run: async ({ enterprise, ...filter }) => {
      const { activities } = await cli.services();
      const items = await activities.list(await cli.enterpriseId(enterprise), given(filter));
      const rows = items.map((item) => [
        ...[item.id, item.person, item.status, item.alert, item.startedAt ?? item.start],
        ...[item.finishedAt ?? item.finish, item.type, item.name],
      ]);
      return listAnswer(items, table(['id', 'person', 'status', 'alert', 'start', 'finish', 'type', 'name'], rows));
    },
  });
}

function addSchedule(activity: Command, cli: Cli): void {
  leaf(activity, cli, {
    name: 'schedule',
    about: 'Plan an activity for a person by hand.',
    options: [
      ['--person <person>', 'id, object id or e-mail'],
      ['--name <name>', 'what it is'],
      ['--start <instant>', 'such as 2026-09-25T14:30:00Z'],
      ['--finish <instant>', 'after the start'],
      ['--destination <place>', 'where it goes to'],
      REASON,
    ],
    schema: z.object({
      ...ofEnterprise,
      person: z.string(),
      name: z.string(),
      start: instant,
      finish: instant,
      destination: z.string().optional(),
      reason: z.string().optional(),
    }),
    run: async ({ enterprise, person, reason, destination, ...planned }) => {
      const { activities } = await cli.services();
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), person };
      const place = destination ?? null;
      const made = await activities.schedule(ref, { ...planned, destination: place }, byOf(cli, reason));
      return activityAnswer(made, 'Planned.');
    },
  });
}

function addStart(activity: Command, cli: Cli): void {
  leaf(activity, cli, {
    name: 'start',
    about: 'Start a planned activity by its id, or one that was not planned for a person, now.',
    argument: ACTIVITY,
    options: [
      ['--person <person>', 'instead of an id: starts a new activity of this person'],
      ['--name <name>', 'what the new activity is'],
      REASON,
    ],
    schema: z.object({ ...ofActivity, name: z.string().optional() }),
    run: async ({ enterprise, reason, name, ...ref }) => {
      const { activities } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const which = named(ref);
      const by = byOf(cli, reason);
      const started =
        'activity' in which
          ? await activities.start({ enterpriseId, ...which }, by)
          : await activities.startNow({ enterpriseId, ...which }, { name }, by);
      return activityAnswer(started, 'Started.');
    },
  });
}

function addFinish(activity: Command, cli: Cli): void {
  leaf(activity, cli, {
    name: 'finish',
    about: 'Finish an activity; whoever waits for it to be archived is looked at again.',
    argument: ACTIVITY,
    options: [PERSON_OPEN, REASON],
    schema: z.object(ofActivity),
    run: async ({ enterprise, reason, ...ref }) => {
      const { activities } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      return activityAnswer(await activities.finish({ enterpriseId, ...named(ref) }, byOf(cli, reason)), 'Finished.');
    },
  });
}

function addAlert(activity: Command, cli: Cli): void {
  leaf(activity, cli, {
    name: 'alert',
    about: 'Raise an alert for an activity; it is open until it is finished.',
    argument: ACTIVITY,
    options: [['--kind <kind>', 'missed_start, overdue, panic, silent or no_movement'], PERSON_OPEN, REASON],
    schema: z.object({ ...ofActivity, kind: z.string() }),
    run: async ({ enterprise, reason, kind, ...ref }) => {
      const { activities } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const alerted = await activities.alert({ enterpriseId, ...named(ref) }, kind, byOf(cli, reason));
      return activityAnswer(alerted, 'Alert raised.');
    },
  });
}

/** An act on one activity, named by its id. */
function addAct(
  activity: Command,
  cli: Cli,
  { name, about, done }: { name: 'approve' | 'remove'; about: string; done: string },
): void {
  leaf(activity, cli, {
    ...{ name, about },
    argument: ['<activity>', 'id of the activity'],
    options: [REASON],
    schema: z.object({ ...ofEnterprise, activity: z.string(), reason: z.string().optional() }),
    run: async ({ enterprise, activity: id, reason }) => {
      const { activities } = await cli.services();
      const ref = { enterpriseId: await cli.enterpriseId(enterprise), activity: id };
      return activityAnswer(await activities[name](ref, byOf(cli, reason)), done);
    },
  });
}

/** An activity is named by its id or by its person, never by both. */
function named({
  activity,
  person,
}: {
  activity?: string | undefined;
  person?: string | undefined;
}): { activity: string } | { person: string } {
  if (activity !== undefined && person === undefined) return { activity };
  if (person !== undefined && activity === undefined) return { person };
  const text = 'Name the activity by its id, or the person with --person.';
  throw new UsageError(text, activity === undefined ? 'activity' : 'person');
}

function byOf(cli: Cli, reason: string | undefined) {
  return { who: cli.who, reason: reason ?? null };
}

function activityAnswer(activity: Activity, done: string): Answer {
  return { document: activity, lines: [done, ...facts(Object.entries(activity))] };
}
