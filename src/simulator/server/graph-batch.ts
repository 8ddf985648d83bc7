import pLimit, { type LimitFunction } from 'p-limit';
import { systemChance } from '../../kernel/chance.js';
import { graphError } from '../graph/graph-error.js';
import type { SeededRandom } from '../world/seeded-random.js';
import type { GraphRequest, GraphResponse, GraphRoute } from '../world/types.js';
import { type BatchItem, readBatch } from './batch-payload.js';
import type { GraphCall, GraphPipeline, Outcome } from './graph-pipeline.js';
import { MAILBOX_LIMITS, mailboxOf } from './mailbox-gates.js';

export interface BatchDeps {
  /** The way every sub-request takes. */
  readonly answer: GraphPipeline;
  readonly random: SeededRandom;
  /** Simulated time. */
  readonly nowMs: () => number;
  /** Sees each sub-request before the batch with that request id is answered. */
  readonly onPart: (batchRequestId: string, part: { call: GraphCall; outcome: Outcome }) => void;
}

interface Part {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** POST /$batch: every request goes its own way through the pipeline; the answers come in any order. */
export function createBatchRoute(deps: BatchDeps): GraphRoute {
  return {
    ...{ method: 'POST', pattern: /^\/\$batch$/i, resourceUnits: 0, anyRoleOf: [] },
    handle: async (request) => {
      const read = readBatch(request.body);
      if (!read.ok) return graphError({ status: 400, code: 'BadRequest' }, read.message, request);
      const running = new Map<string, Promise<Part>>();
      const gates = new Map<string, LimitFunction>();
      for (const item of read.items) {
        const earlier = (item.dependsOn ?? []).map((id) => running.get(id));
        running.set(item.id, runAfter(earlier, item));
      }
      const responses = await Promise.all(running.values());
      return { status: 200, body: { responses: shuffled(responses, deps.random) } };

      async function runAfter(earlier: readonly (Promise<Part> | undefined)[], item: BatchItem): Promise<Part> {
        const ended = await Promise.all(earlier);
        if (ended.some((part) => part !== undefined && part.status >= 400)) {
          const message = 'This request depends on another that failed.';
          return partOf(item, graphError({ status: 424, code: 'FailedDependency' }, message, request));
        }
        return gateFor(item, gates)(() => run(deps, request, item));
      }
    },
  };
}

/** Outlook runs at most four requests of a batch at once in one mailbox. */
function gateFor(item: BatchItem, gates: Map<string, LimitFunction>): <T>(start: () => Promise<T>) => Promise<T> {
  const mailbox = mailboxOf(`/${item.url.replace(/^\//, '').replace(/\?.*$/s, '')}`);
  if (mailbox === null) return (start) => start();
  const gate = gates.get(mailbox) ?? pLimit(MAILBOX_LIMITS.open);
  gates.set(mailbox, gate);
  return gate;
}

async function run(deps: BatchDeps, batch: GraphRequest, item: BatchItem): Promise<Part> {
  const call = callOf(batch, item, deps.nowMs());
  const problem = problemOf(call, item);
  const refusal = problem === null ? null : graphError({ status: 400, code: 'BadRequest' }, problem, call);
  const outcome: Outcome = refusal
    ? { kind: 'answer', response: refusal, madeByFault: false }
    : await deps.answer(call);
  deps.onPart(batch.requestId ?? '', { call, outcome });
  if (outcome.kind === 'answer') return partOf(item, outcome.response);
  // A part has no connection of its own to lose.
  return partOf(item, graphError({ status: 504, code: 'UnknownError' }, 'The request timed out.', call));
}

function callOf({ root, caller }: GraphRequest, item: BatchItem, nowMs: number): GraphCall {
  const entries = Object.entries(item.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const { method, body } = item;
  const url = `/${item.url.replace(/^\//, '')}`;
  const requestId = systemChance.guid();
  return { method, url, headers: Object.fromEntries(entries), body, root, caller, requestId, nowMs };
}

function problemOf({ url, headers }: GraphCall, item: BatchItem): string | null {
  if (/^\/(\$|%24)batch(\?|$)/i.test(url)) return 'A batch cannot hold a batch.';
  const lacksType = item.body != null && headers['content-type'] === undefined;
  return lacksType ? `Write request id : ${item.id} does not contain Content-Type header or body.` : null;
}

function partOf(item: BatchItem, response: GraphResponse): Part {
  const type = response.body === undefined ? {} : { 'Content-Type': 'application/json' };
  const headers = { 'Cache-Control': 'no-cache', ...type, ...response.headers };
  return { id: item.id, status: response.status, headers, ...(response.body !== undefined && { body: response.body }) };
}

function shuffled(parts: readonly Part[], random: SeededRandom): Part[] {
  const left = [...parts];
  return parts.flatMap(() => left.splice(random.below(left.length), 1));
}
