import type { Command } from 'commander';
import { z } from 'zod';
import type { Services } from '../../../compose.js';
import { given } from '../../../kernel/given.js';
import type { Answer } from '../../frame/answer.js';
import { facts } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { ofEnterprise, toggle, wholeNumber } from '../../frame/option-values.js';
import { UsageError } from '../../frame/usage-error.js';

type Status = Awaited<ReturnType<Services['integrationView']>>;

/** `integration connect|attest|set|status|pause|resume|disconnect`. */
export function addIntegrationCommands(program: Command, cli: Cli): void {
  const integration = family(program, 'integration', 'the connection to Microsoft Entra ID');
  addConnecting(integration, cli);
  addSettings(integration, cli);
  addStatus(integration, cli);
  addDisconnect(integration, cli);
  const acts = [
    ['pause', 'Stop reading and writing until resumed.'],
    ['resume', 'Go on after a pause.'],
  ] as const;
  for (const [name, about] of acts) {
    leaf(integration, cli, {
      name,
      about,
      schema: z.object(ofEnterprise),
      run: async ({ enterprise }) => {
        const { integrations } = await cli.services();
        const enterpriseId = await cli.enterpriseId(enterprise);
        await integrations[name](enterpriseId, cli.who);
        return statusAnswer(cli, enterpriseId);
      },
    });
  }
}

function addDisconnect(integration: Command, cli: Cli): void {
  leaf(integration, cli, {
    name: 'disconnect',
    about: 'End the connection; people, teams, mappings and history stay.',
    options: [CALENDAR_ACTIVITIES],
    schema: z.object({ ...ofEnterprise, calendarActivities }),
    run: async ({ enterprise, calendarActivities }) => {
      const { leaveTenant } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      await leaveTenant.disconnect(enterpriseId, { by: cli.who, calendarActivities });
      return statusAnswer(cli, enterpriseId);
    },
  });
}

const CALENDAR_ACTIVITIES = [
  '--calendar-activities <what>',
  'keep (unless told) or cancel what came from calendars of the tenant that is left and has not begun',
] as const;
const calendarActivities = z.enum(['keep', 'cancel'], { error: 'is keep or cancel' }).optional();

const CHANGE_TENANT = [
  '--change-tenant',
  'go over to another tenant: clears the team mappings, see what is said without it',
] as const;

const changing = { changeTenant: z.boolean().optional(), calendarActivities };

function addConnecting(integration: Command, cli: Cli): void {
  leaf(integration, cli, {
    name: 'connect',
    about: "Enter the Tenant GUID and print the address at which the tenant's administrator signs in.",
    options: [['--tenant <guid>', 'Tenant GUID'], CHANGE_TENANT, CALENDAR_ACTIVITIES],
    schema: z.object({ ...ofEnterprise, tenant: z.string(), ...changing }),
    run: async ({ enterprise, tenant, ...rest }) => {
      const enterpriseId = await cli.enterpriseId(enterprise);
      const { connect } = await cli.microsoft();
      const wanted = { tenantText: tenant, by: cli.who, ...given(rest) };
      const { url, tenantId, expiresAt } = await connect.begin(enterpriseId, wanted);
      await (await cli.services()).leaveTenant.goOn(enterpriseId);
      cli.say(`Open this address as an administrator of the tenant, before ${expiresAt.toISOString()}:`);
      return { document: { url, tenantId, expiresAt }, lines: [url] };
    },
  });
  leaf(integration, cli, {
    name: 'attest',
    about: 'Vouch for a tenant as an operator, instead of a sign-in; stays in the audit log.',
    options: [
      ['--tenant <guid>', 'Tenant GUID'],
      ['--reason <text>', 'how you know that the enterprise owns the tenant'],
      ...[CHANGE_TENANT, CALENDAR_ACTIVITIES],
    ],
    schema: z.object({ ...{ ...ofEnterprise, tenant: z.string(), reason: z.string() }, ...changing }),
    run: async ({ enterprise, tenant, reason, ...rest }) => {
      const enterpriseId = await cli.enterpriseId(enterprise);
      const { proofs, connect } = await cli.microsoft();
      const wanted = { tenantText: tenant, reason, by: cli.who, ...given(rest) };
      const { probe } = await proofs.attest(enterpriseId, wanted);
      await (await cli.services()).leaveTenant.goOn(enterpriseId);
      if (probe.outcome === 'consented') return statusAnswer(cli, enterpriseId);
      cli.say(probe.message);
      cli.say(`An administrator of the tenant consents at: ${await connect.consentUrl(enterpriseId)}`);
      return statusAnswer(cli, enterpriseId);
    },
  });
}

const SETTINGS = [
  ['--users-sync <on|off>', 'Entra ID Users Sync'],
  ['--team-sync <on|off>', 'Enable Team Sync: the automatic synchronisation'],
  ['--calendar-sync <on|off>', 'make scheduled activities from Office 365 calendars'],
  ['--calendar-stale-hours <hours>', 'calendars that could not be verified for so long are listed as stale'],
  ['--group-changes <when>', 'as_they_happen or next_sync'],
  ['--send-invitations <on|off>', 'invite people whom the sync adds'],
  ['--send-address-notices <on|off>', 'tell people and account administrators of changed sign-in addresses'],
  ['--frequency <frequency>', 'daily, weekly or monthly'],
  ['--day-of-week <day>', '0 to 6, 0 is Sunday'],
  ['--day-of-month <day>', "1 to 31, the month's last day where there is none"],
  ['--time <time>', 'Time of Day, HH:MM'],
  ['--zone <zone>', 'time zone of the Time of Day, such as Pacific/Auckland'],
  ['--on-leave-all-groups <what>', 'keep or archive'],
  ['--on-disabled-or-deleted <what>', 'archive or keep'],
  ['--include-guests <on|off>', 'bring in guests too'],
  ['--removal-brake-percent <percent>', 'share of people above which removals are held'],
  ['--start-with-team <id>', 'before the first sync: only the mappings of this team; "none" for all'],
] as const;

function addSettings(integration: Command, cli: Cli): void {
  leaf(integration, cli, {
    name: 'set',
    about: 'Change settings; they apply with the next sync.',
    options: SETTINGS,
    schema: z.object({
      ...ofEnterprise,
      usersSync: toggle.optional(),
      teamSync: toggle.optional(),
      calendarSync: toggle.optional(),
      calendarStaleHours: wholeNumber(1, 24 * 31).optional(),
      groupChanges: z.enum(['as_they_happen', 'next_sync'], { error: 'is as_they_happen or next_sync' }).optional(),
      sendInvitations: toggle.optional(),
      sendAddressNotices: toggle.optional(),
      frequency: z.enum(['daily', 'weekly', 'monthly'], { error: 'is daily, weekly or monthly' }).optional(),
      dayOfWeek: wholeNumber(0, 6).optional(),
      dayOfMonth: wholeNumber(1, 31).optional(),
      time: z.string().optional(),
      zone: z.string().optional(),
      onLeaveAllGroups: z.enum(['keep', 'archive'], { error: 'is keep or archive' }).optional(),
      onDisabledOrDeleted: z.enum(['archive', 'keep'], { error: 'is archive or keep' }).optional(),
      includeGuests: toggle.optional(),
      removalBrakePercent: wholeNumber(1, 100).optional(),
      startWithTeam: z
        .string()
        .transform((text) => (text === 'none' ? null : text))
        .optional(),
    }),
    run: async ({ enterprise, ...rest }) => {
      const { settings } = await cli.services();
      const patch = given(rest);
      if (Object.keys(patch).length === 0) throw new UsageError('Say what to change, such as --users-sync on.');
      const enterpriseId = await cli.enterpriseId(enterprise);
      await settings.setSettings(enterpriseId, patch, { by: cli.who });
      return statusAnswer(cli, enterpriseId);
    },
  });
}

function addStatus(integration: Command, cli: Cli): void {
  leaf(integration, cli, {
    name: 'status',
    about: 'Show how the connection stands.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => statusAnswer(cli, await cli.enterpriseId(enterprise)),
  });
}

async function statusAnswer(cli: Cli, enterpriseId: string): Promise<Answer> {
  const { integrationView } = await cli.services();
  const document = await integrationView(enterpriseId);
  return { document, lines: facts(Object.entries({ ...document, ...inWords(document) })) };
}

/** Last Sync and Next Sync where there is none, in the words of the page (S18, S19). */
function inWords({ usersSync, teamSync, lastSyncAt, nextSyncAt }: Status) {
  const unscheduled = !usersSync ? 'Off' : teamSync ? null : 'Not scheduled';
  return { lastSyncAt: lastSyncAt ?? 'Never', nextSyncAt: nextSyncAt ?? unscheduled };
}
