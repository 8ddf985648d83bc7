import type { Command } from 'commander';
import { z } from 'zod';
import { accountView, ROLES } from '../../../compose/accounts.js';
import type { Services } from '../../../compose.js';
import { type Answer, listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { readTextFile } from '../../frame/text-file.js';
import { UsageError } from '../../frame/usage-error.js';

type Account = Awaited<ReturnType<Services['accounts']['create']>>;

const passwordOption = ['--password-stdin', 'take the password from stdin, one line; otherwise one is made'] as const;

/** `admin create|list|disable|password`. */
export function addAdminCommands(program: Command, cli: Cli): void {
  const admin = family(program, 'admin', 'accounts that may use the portal');
  addCreate(admin, cli);
  leaf(admin, cli, {
    name: 'list',
    about: 'List the accounts, disabled ones included.',
    schema: z.object({}),
    run: async () => {
      const { accounts } = await cli.services();
      const items = (await accounts.list()).map(accountView);
      const rows = items.map((item) => [
        item.userName,
        item.role,
        item.enterpriseId,
        item.lastSignInAt,
        item.disabledAt,
      ]);
      return listAnswer(items, table(['user name', 'role', 'enterprise', 'last sign-in', 'disabled'], rows));
    },
  });
  leaf(admin, cli, {
    name: 'disable',
    about: 'End an account for good, with its sessions and the tokens that it made.',
    argument: ['<user>', 'its user name'],
    schema: z.object({ user: z.string() }),
    run: async ({ user }) => {
      const { accounts } = await cli.services();
      const { row, revokedTokens } = await accounts.disable(user, cli.who);
      const line = `Disabled ${row.userName}; its sessions have ended. Tokens revoked with it: ${revokedTokens}.`;
      return { document: { ...accountView(row), revokedTokens }, lines: [line] };
    },
  });
  leaf(admin, cli, {
    name: 'password',
    about: 'Give an account another password; its sessions end.',
    argument: ['<user>', 'its user name'],
    options: [passwordOption],
    schema: z.object({ user: z.string(), passwordStdin: z.boolean().default(false) }),
    run: async ({ user, passwordStdin }) => {
      const { accounts, passwords } = await cli.services();
      const made = passwordStdin ? null : passwords.make();
      const row = await accounts.setPassword(user, made ?? (await passwordFromStdin()), cli.who);
      return answerOf(row, made, `Gave ${row.userName} another password; its sessions have ended.`);
    },
  });
}

function addCreate(admin: Command, cli: Cli): void {
  leaf(admin, cli, {
    name: 'create',
    about: 'Make an account that may use the portal.',
    options: [
      ['--user-name <email>', 'the e-mail address to sign in with'],
      ['--display-name <name>', 'the name to show'],
      ['--role <role>', 'admin: of one enterprise; reader: sees one; operator: all, or the named one'],
      passwordOption,
      ['--microsoft-tenant <guid>', 'who signs in with Microsoft: the Tenant ID; no password is made then'],
      ['--microsoft-object-id <guid>', 'and the Object ID of the person'],
    ],
    schema: z.object({
      enterprise: z.string().optional(),
      userName: z.string(),
      displayName: z.string().optional(),
      role: roleOption,
      passwordStdin: z.boolean().default(false),
      microsoftTenant: z.string().optional(),
      microsoftObjectId: z.string().optional(),
    }),
    run: async ({ enterprise, userName, displayName, role, passwordStdin, ...given }) => {
      const microsoft = personOf(given);
      const { accounts, passwords } = await cli.services();
      const enterpriseId = await enterpriseOf(cli, { role, enterprise });
      const made = passwordStdin || microsoft !== null ? null : passwords.make();
      const password = passwordStdin ? await passwordFromStdin() : made;
      const named = displayName === undefined ? {} : { displayName };
      const row = await accounts.create({
        ...{ userName, ...named, role, enterpriseId, password, microsoft, by: cli.who },
      });
      return answerOf(row, made, `Made the account ${row.userName}.`);
    },
  });
}

/** Default: account administrator. */
export const roleOption = z.enum(ROLES, { error: `is none of ${ROLES.join(', ')}` }).default('admin');

/** The enterprise that a role is for; an operator's is every one unless it is named. */
export async function enterpriseOf(
  cli: Cli,
  wanted: { role: Account['role']; enterprise: string | undefined },
): Promise<string | null> {
  if (wanted.role === 'operator' && wanted.enterprise === undefined) return null;
  return cli.enterpriseId(wanted.enterprise);
}

function personOf(given: { microsoftTenant?: string | undefined; microsoftObjectId?: string | undefined }) {
  const { microsoftTenant: tenantId, microsoftObjectId: objectId } = given;
  if (tenantId === undefined && objectId === undefined) return null;
  if (tenantId !== undefined && objectId !== undefined) return { tenantId, objectId };
  const missing = tenantId === undefined ? 'microsoft-tenant' : 'microsoft-object-id';
  throw new UsageError(`--${missing} is missing: a person at Microsoft is named by both.`, missing);
}

async function passwordFromStdin(): Promise<string> {
  return (await readTextFile('-', 'passwordStdin')).replace(/\r?\n$/, '');
}

/** A made password is told once and kept nowhere. */
function answerOf(row: Account, made: string | null, line: string): Answer {
  const password = made === null ? {} : { password: made };
  const told = made === null ? [] : [`Password, shown only now: ${made}`];
  return { document: { ...accountView(row), ...password }, lines: [line, ...told] };
}
