import type { Command } from 'commander';
import { z } from 'zod';
import type { MicrosoftServices } from '../../../compose.js';
import { messageOf } from '../../../kernel/app-error.js';
import { HOUR_MS, SECOND_MS } from '../../../kernel/clock.js';
import { table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';
import { tenantOf } from '../../frame/tenant.js';
import { answersAreFast, catchUpGoesOn, noticesArrive } from './health-checks.js';

export interface Finding {
  readonly id: string;
  readonly ok: boolean;
  /** What was found, with what to do about it where it is not in order. */
  readonly detail: string;
}

type Graph = ReturnType<MicrosoftServices['graphFor']>;

const WRITE_LIMIT_MS = 5 * SECOND_MS;
const REACH_LIMIT_MS = 15 * SECOND_MS;

/** There was nobody in the tenant to try a permission with. */
const NOBODY = 'nobody';

/** Each permission of the app, tried by the read that needs it. */
const PERMISSIONS: readonly {
  readonly id: string;
  readonly about: string;
  try(graph: Graph, now: Date): Promise<unknown>;
}[] = [
  { id: 'read_users', about: 'User.Read.All', try: (graph) => graph.request({ path: '/users?$top=1&$select=id' }) },
  { id: 'read_groups', about: 'Group.Read.All or GroupMember.Read.All', try: readMembers },
  { id: 'read_mailbox_settings', about: 'MailboxSettings.Read', try: readMailbox },
  { id: 'read_calendars', about: 'Calendars.Read', try: readCalendar },
  { id: 'subscriptions', about: "the app's own subscriptions", try: (graph) => graph.listSubscriptions() },
];

/** `doctor`. */
export function addDoctorCommand(program: Command, cli: Cli): void {
  leaf(program, cli, {
    name: 'doctor',
    about: 'Check the configuration, the database, our own address, the tenant, what Graph told, and each permission.',
    schema: z.object({ enterprise: z.string().optional() }),
    run: async ({ enterprise }) => {
      const findings = await examine(cli, enterprise);
      const ok = findings.every((finding) => finding.ok);
      const rows = findings.map((finding) => [finding.ok ? 'ok' : 'NOT OK', finding.id, finding.detail]);
      return { document: { ok, checks: findings }, lines: table(['', 'check', 'found'], rows), hasFindings: !ok };
    },
  });
}

/** One after the other; what cannot be checked because an earlier check failed is left out. */
async function examine(cli: Cli, enterprise: string | undefined): Promise<Finding[]> {
  const findings: Finding[] = [];
  const check = async (id: string, look: () => Promise<string>): Promise<boolean> => {
    cli.say(`Checking ${id}`);
    const finding = await look().then(
      (detail) => ({ id, ok: true, detail }),
      (error: unknown) => ({ id, ok: false, detail: messageOf(error) }),
    );
    findings.push(finding);
    return finding.ok;
  };
  const configured = await check('configuration', async () => `Graph at ${cli.config().graphBaseUrl}`);
  const stored = await check('database', () => canWrite(cli));
  if (!configured || !stored) return findings;
  await check('notification_url', () => reach(cli));
  await check('answers', async () => answersAreFast({ services: await cli.services() }));
  let tenantId = '';
  const connected = await check('tenant', async () => {
    tenantId = (await tenantOf(cli, enterprise)).tenantId;
    return `connected to ${tenantId}`;
  });
  if (!connected) return findings;
  await check('team_mappings', () => mappingsWork(cli, enterprise));
  const services = await cli.services();
  const where = { services, tenantId };
  await check('notices', () => noticesArrive(where));
  await check('catch_up', () => catchUpGoesOn(where));
  const { tokens, graphFor } = await cli.microsoft();
  const admitted = await check('token', async () => {
    await tokens.tokenFor(tenantId);
    return 'Entra ID gives a token for the tenant';
  });
  if (!admitted) return findings;
  for (const permission of PERMISSIONS) {
    await check(permission.id, async () => {
      const isTried = await permission.try(graphFor(tenantId), services.clock.now());
      return isTried === NOBODY
        ? `not tried, the tenant has nobody: ${permission.about}`
        : `works: ${permission.about}`;
    });
  }
  return findings;
}

async function canWrite(cli: Cli): Promise<string> {
  const { store } = await cli.services();
  if (await store.canWrite(WRITE_LIMIT_MS)) return 'writes reach the majority';
  throw new Error(`No write reached the majority within ${WRITE_LIMIT_MS} ms: check the replica set.`);
}

/** As the last sync found them: nothing is asked of Graph here. */
async function mappingsWork(cli: Cli, enterprise: string | undefined): Promise<string> {
  const { mappingViews } = await cli.services();
  const mappings = await mappingViews.list(await cli.enterpriseId(enterprise));
  const broken = mappings.filter(({ status }) => status !== 'ok' && status !== 'not_read');
  if (broken.length === 0) return `${mappings.length} team mappings, none broken`;
  throw new Error(broken.map(({ id, status, reason, remedy }) => `${id} ${status}: ${reason} ${remedy}`).join(' '));
}

async function reach(cli: Cli): Promise<string> {
  const { notificationUrl } = cli.config();
  const { subscriptions } = await cli.microsoft();
  const reason = await subscriptions.whyUnreachable(AbortSignal.timeout(REACH_LIMIT_MS));
  if (reason === null) return `${notificationUrl} answers as Graph wants it`;
  throw new Error(`${notificationUrl}: ${reason}. Start the service, and check NOTIFICATION_URL.`);
}

/** Both what a group is and who is in it: the second can be denied alone. */
async function readMembers(graph: Graph): Promise<void> {
  const { value } = await graph.read(oneId, { path: '/groups?$top=1&$select=id' });
  const [group] = value;
  if (group) await graph.request({ path: `/groups/${group.id}/members?$top=1&$select=id` });
}

async function readMailbox(graph: Graph): Promise<unknown> {
  const { value } = await graph.read(oneId, { path: '/users?$top=1&$select=id' });
  const [person] = value;
  if (!person) return NOBODY;
  const answer = (await graph.readMailboxSettings([person.id])).get(person.id);
  if (answer?.status === 'forbidden' || answer?.status === 'failed') throw answer.failure;
  return answer;
}

async function readCalendar(graph: Graph, from: Date): Promise<unknown> {
  const { value } = await graph.read(oneId, { path: '/users?$top=1&$select=id' });
  const [person] = value;
  if (!person) return NOBODY;
  const to = new Date(from.getTime() + HOUR_MS);
  const answer = await graph.readCalendar({ objectId: person.id, from, to });
  if (answer.status === 'blocked' || answer.status === 'failed') throw answer.failure;
  return answer;
}

const oneId = z.object({ value: z.array(z.object({ id: z.string() })) });
