import { Command } from 'commander';
import { addHistoryCommands } from './commands/history/history-commands.js';
import { addRunCommands } from './commands/history/run-commands.js';
import { addAdminCommands } from './commands/operator/admin-commands.js';
import { addAfterRestoreCommand } from './commands/operator/after-restore-command.js';
import { addChangeCommands } from './commands/operator/change-commands.js';
import { addDoctorCommand } from './commands/operator/doctor-command.js';
import { addNotificationCommands } from './commands/operator/notification-commands.js';
import { addSubscriptionCommands } from './commands/operator/subscription-commands.js';
import { addTokenCommands } from './commands/operator/token-commands.js';
import { addActivityCommands } from './commands/people/activity-commands.js';
import { addDecisionCommands } from './commands/people/decision-commands.js';
import { addOutboxCommands } from './commands/people/outbox-commands.js';
import { addPeopleCommands } from './commands/people/people-commands.js';
import { addProblemCommands } from './commands/people/problem-commands.js';
import { addUndoCommands } from './commands/people/undo-commands.js';
import { addCalendarCommands } from './commands/set-up/calendar-commands.js';
import { addFieldCommands } from './commands/set-up/field-commands.js';
import { addIntegrationCommands } from './commands/set-up/integration-commands.js';
import { addNoticeCommands } from './commands/set-up/notice-commands.js';
import { addStructureCommands } from './commands/set-up/structure-commands.js';
import { addTeamCommands } from './commands/set-up/team-commands.js';
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
