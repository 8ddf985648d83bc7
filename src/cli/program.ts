import { Command } from 'commander';
import { addAdminCommands } from './commands/access/admin-commands.js';
import { addTokenCommands } from './commands/access/token-commands.js';
import { addActivityCommands } from './commands/activity/activity-commands.js';
import { addCalendarCommands } from './commands/calendar-commands.js';
import { addChangeCommands } from './commands/change-commands.js';
import { addDoctorCommand } from './commands/doctor/doctor-command.js';
import { addFieldCommands } from './commands/field-commands.js';
import { addHistoryCommands } from './commands/history/history-commands.js';
import { addIntegrationCommands } from './commands/integration-commands.js';
import { addNoticeCommands } from './commands/notices/notice-commands.js';
import { addNotificationCommands } from './commands/notification-commands.js';
import { addOutboxCommands } from './commands/outbox/outbox-commands.js';
import { addPeopleCommands } from './commands/people-commands.js';
import { addAfterRestoreCommand } from './commands/restore/after-restore-command.js';
import { addDecisionCommands } from './commands/review/decision-commands.js';
import { addProblemCommands } from './commands/review/problem-commands.js';
import { addUndoCommands } from './commands/review/undo-commands.js';
import { addRunCommands } from './commands/run-commands.js';
import { addStructureCommands } from './commands/structure-commands.js';
import { addSubscriptionCommands } from './commands/subscription-commands.js';
import { addTeamCommands } from './commands/team-commands.js';
import type { Cli } from './frame/cli.js';

/** What commander says by itself: help, and errors of usage. */
export interface ProgramOutput {
  writeOut(text: string): void;
  writeErr(text: string): void;
}

/** Every command of the operator's tool. */
export function createProgram(cli: Cli, output: ProgramOutput): Command {
  const program = new Command('ghs')
    .description("The operator's tool of GetHomeSafe's Microsoft Entra ID integration.")
    .option('--json', 'answer with one JSON document on stdout')
    .exitOverride()
    .configureOutput(output)
    .showSuggestionAfterError();
  addStructureCommands(program, cli);
  addTeamCommands(program, cli);
  addPeopleCommands(program, cli);
  addActivityCommands(program, cli);
  addOutboxCommands(program, cli);
  addNoticeCommands(program, cli);
  addIntegrationCommands(program, cli);
  addFieldCommands(program, cli);
  addCalendarCommands(program, cli);
  addRunCommands(program, cli);
  addDecisionCommands(program, cli);
  addHistoryCommands(program, cli);
  addProblemCommands(program, cli);
  addUndoCommands(program, cli);
  addSubscriptionCommands(program, cli);
  addNotificationCommands(program, cli);
  addChangeCommands(program, cli);
  addAfterRestoreCommand(program, cli);
  addAdminCommands(program, cli);
  addTokenCommands(program, cli);
  addDoctorCommand(program, cli);
  return program;
}
