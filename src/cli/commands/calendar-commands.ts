import type { Command } from 'commander';
import { z } from 'zod';
import { previews } from '../../compose.js';
import { table } from '../frame/answer.js';
import type { Cli } from '../frame/cli.js';
import { family, leaf } from '../frame/command.js';
import { readJsonFile } from '../frame/json-file.js';
import { instant } from '../frame/option-values.js';

/** `calendar preview`. */
export function addCalendarCommands(program: Command, cli: Cli): void {
  const calendar = family(program, 'calendar', 'Office 365 calendars: which events become activities');
  leaf(calendar, cli, {
    name: 'preview',
    about: 'Show what a calendar rule makes of events. Needs no database.',
    options: [
      ['--file <json>', 'an answer of calendarView as Microsoft Graph gives it: {"value":[…]}; - is stdin'],
      ['--rule <json>', 'a file with a calendar rule; what is left out of it is as by default'],
      ['--zone <zone>', "the person's time zone, IANA"],
      ['--now <instant>', 'events that begin until then are past (default: now)'],
    ],
    schema: z.object({
      file: z.string(),
      rule: z.string().optional(),
      zone: z.string(),
      now: instant.optional(),
    }),
    run: async ({ file, rule, zone, now = cli.now() }) => {
      const document = previews.calendar({
        page: await readJsonFile(file, 'file'),
        rule: rule === undefined ? {} : await readJsonFile(rule, 'rule'),
        ...{ zone, now },
      });
      const rows = document.events.map(({ activity, start, finish, name, reasons, problem }) => [
        ...[activity, start, finish, name, problem ?? reasons],
      ]);
      return { document, lines: table(['activity', 'start', 'finish', 'name', 'reasons'], rows) };
    },
  });
}
