import type { Command } from 'commander';
import { z } from 'zod';
import type { Services } from '../../../compose.js';
import { messageOf } from '../../../kernel/app-error.js';
import { MINUTE_MS } from '../../../kernel/clock.js';
import { type Answer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';
import { ofEnterprise } from '../../frame/option-values.js';
import { runHere } from '../history/run-commands.js';

type Integration = Awaited<ReturnType<Services['integrations']['connectedIntegrations']>>[number];
type Swept = Awaited<ReturnType<Awaited<ReturnType<Cli['microsoft']>>['subscriptions']['sweep']>>;
type Run = NonNullable<Awaited<ReturnType<Services['runs']['get']>>>;

const SWEEP_LIMIT_MS = 10 * MINUTE_MS;
const PLAN_LIMIT_SECONDS = 3_600;

/** What was done for one enterprise, and what is left to its operator. */
interface Restored {
  readonly enterpriseId: string;
  readonly tenantId: string | null;
  readonly swept: Swept | null;
  readonly plan: (Pick<Run, 'status' | 'code' | 'message' | 'counts' | 'held'> & { readonly runId: string }) | null;
  readonly failures: readonly string[];
  readonly next: readonly string[];
}

/** `after-restore`. */
export function addAfterRestoreCommand(program: Command, cli: Cli): void {
  leaf(program, cli, {
    name: 'after-restore',
    about: 'After going back to a backup: pause, bring subscriptions in order, and plan what a sync would do.',
    schema: z.object(ofEnterprise),
    run: async ({ enterprise }) => {
      const { integrations } = await cli.services();
      const connected = await integrations.connectedIntegrations();
      const wanted = enterprise === undefined ? connected : [await integrations.getIntegration(enterprise)];
      const items: Restored[] = [];
      // Everybody first: what is planned for one must not wait while another is still written to.
      for (const { _id } of wanted) await integrations.pause(_id, cli.who);
      for (const integration of wanted) items.push(await restored(cli, integration));
      return answerOf(items);
    },
  });
}

async function restored(cli: Cli, { _id: enterpriseId, tenantId }: Integration): Promise<Restored> {
  const failures: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    cli.say(`${what} of ${enterpriseId}`);
    return work().catch((error: unknown) => {
      failures.push(`${what}: ${messageOf(error)}`);
      return null;
    });
  };
  const { subscriptions } = await cli.microsoft();
  const signal = AbortSignal.timeout(SWEEP_LIMIT_MS);
  const swept = tenantId ? await attempt('Subscriptions', () => subscriptions.sweep({ tenantId, signal })) : null;
  const run = await attempt('Plan', () => plan(cli, enterpriseId));
  failures.push(...(swept?.failures ?? []));
  const isPlanned = run?.status === 'succeeded' || run?.status === 'succeeded_with_errors';
  return {
    ...{ enterpriseId, tenantId, swept, failures },
    plan: run && planOf(run),
    next: isPlanned ? nextSteps(enterpriseId, run) : [`ghs sync now --dry-run --here --enterprise ${enterpriseId}`],
  };
}

/** The same reading and planning as a sync; nothing is written. */
async function plan(cli: Cli, enterpriseId: string): Promise<Run> {
  const { runs } = await cli.services();
  const wanted = { enterpriseId, trigger: 'manual', requestedBy: cli.who, dry: true } as const;
  const { run } = await runs.request(wanted);
  return runHere(cli, run, PLAN_LIMIT_SECONDS);
}

function planOf({ _id: runId, status, code, message, counts, held }: Run): Restored['plan'] {
  return { runId, status, code, message, counts, held };
}

function nextSteps(enterpriseId: string, { _id: runId }: Run): string[] {
  const of = `--enterprise ${enterpriseId}`;
  return [
    `ghs runs show ${runId}`,
    `ghs integration resume ${of}`,
    `ghs sync now --wait ${of}`,
    `ghs subscriptions list`,
  ];
}

function answerOf(items: readonly Restored[]): Answer {
  const cells = items.map(({ enterpriseId, swept, plan: run }) => [
    ...[enterpriseId, swept?.deleted.length, swept?.lost.length, run?.status, run?.held],
    ...[run?.counts.created, run?.counts.updated, run?.counts.archived],
  ]);
  const headings = ['enterprise', 'deleted', 'lost', 'plan', 'held', 'create', 'update', 'archive'];
  const advice = items.flatMap(({ next, failures }) => [...failures, ...next.map((line) => `next: ${line}`)]);
  const erased = 'People erased since the backup are back: erase them again before resuming (docs/operations.md).';
  return {
    document: { items, next: null },
    lines: [...table(headings, cells, 'No tenant is connected.'), ...advice, ...(items.length > 0 ? [erased] : [])],
    hasFindings: items.some(
      ({ failures, plan: run }) => failures.length > 0 || run === null || run.status === 'failed',
    ),
  };
}
