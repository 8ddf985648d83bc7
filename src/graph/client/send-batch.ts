import pLimit from 'p-limit';
import { z } from 'zod';
import { GraphFailure } from '../graph-failure.js';
import type { BatchAnswer, BatchItem, CallOptions } from '../types.js';
import { type CallProfile, profileOf } from '../wire/call-profile.js';
import { graphAddress } from '../wire/graph-link.js';
import { parsedBody } from '../wire/parsed-body.js';
import { readFailure } from '../wire/read-failure.js';
import { renewable } from './authorised.js';
import { graphRequest, type TenantDeps } from './graph-request.js';
import { closeGate, DEFAULT_PATIENCE, waitBefore } from './repeated.js';

/** Most requests in one `$batch` (Microsoft Graph documentation, "JSON batching"). */
export const BATCH_SIZE = 20;
/** Batches of one call that are under way at once. */
const PARALLEL_BATCHES = 4;

const responsesSchema = z.object({
  responses: z.array(
    z.looseObject({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.unknown()).nullish(),
      body: z.unknown(),
    }),
  ),
});
type Response = z.infer<typeof responsesSchema>['responses'][number];

/** Sends items by twenty; each has its own answer, its own repeats, and is never lost. Throws only for an abort. */
export async function sendBatch(
  deps: TenantDeps,
  items: readonly BatchItem[],
  options: CallOptions = {},
): Promise<Map<string, BatchAnswer>> {
  const answers = new Map<string, BatchAnswer>();
  const limit = pLimit(PARALLEL_BATCHES);
  await Promise.all(chunks(items).map((chunk) => limit(() => sendChunk(deps, { chunk, options, answers }))));
  return answers;
}

function chunks(items: readonly BatchItem[]): BatchItem[][] {
  const unique = [...new Map(items.map((item) => [item.id, item])).values()];
  const count = Math.ceil(unique.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) => unique.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE));
}

async function sendChunk(
  deps: TenantDeps,
  work: { chunk: readonly BatchItem[]; options: CallOptions; answers: Map<string, BatchAnswer> },
): Promise<void> {
  const { options, answers } = work;
  const patience = deps.patience ?? DEFAULT_PATIENCE;
  const { tokens, refuse } = renewable(deps.tokens);
  let isRenewed = false;
  let open = sendable(deps, work.chunk, answers);
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const round = await sendRound({ ...deps, tokens }, open, options);
    const mayRenew = !isRenewed;
    const again: BatchItem[] = [];
    let waitMs = 0;
    for (const item of open) {
      const answer = round.answers.get(item.id) ?? missing(item);
      answers.set(item.id, answer);
      if (answer.ok || round.isWhole) continue;
      if (mayRenew && answer.failure.status === 401) {
        // As with a call by itself: nothing was carried out, and only a new token that is refused too is about us.
        refuse();
        isRenewed = true;
        again.push(item);
        continue;
      }
      const ms = isRepeatable(item) ? waitBefore({ patience, chance: deps.chance }, attempt, answer.failure) : null;
      if (ms === null) continue;
      again.push(item);
      waitMs = Math.max(waitMs, ms);
    }
    open = again;
    if (open.length > 0) await deps.clock.sleep(waitMs, options.signal);
  }
}

/** Items whose address is ours; the others are refused here, because in a batch nothing else would check them. */
function sendable(deps: TenantDeps, chunk: readonly BatchItem[], answers: Map<string, BatchAnswer>): BatchItem[] {
  return chunk.filter((item) => {
    try {
      graphAddress(deps.config, item.path);
      return true;
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      answers.set(item.id, { ok: false, failure: error });
      return false;
    }
  });
}

function isRepeatable(item: BatchItem): boolean {
  return item.repeatable ?? (item.method ?? 'GET') === 'GET';
}

function missing(item: BatchItem): BatchAnswer {
  const message = `Graph left a request out of its batch answer (to ${profileOf(item.path).what}). It is asked again later.`;
  return { ok: false, failure: new GraphFailure(message, { kind: 'unavailable', code: 'missing_in_batch' }) };
}

interface Round {
  readonly answers: ReadonlyMap<string, BatchAnswer>;
  /** The batch itself failed, after its own repeats: there is no item to repeat. */
  readonly isWhole: boolean;
}

async function sendRound(deps: TenantDeps, items: readonly BatchItem[], options: CallOptions): Promise<Round> {
  const answers = new Map<string, BatchAnswer>();
  const profiles = new Map(items.map((item) => [item.id, profileOf(item.path)]));
  const units = [...profiles.values()].reduce((sum, profile) => sum + profile.units, 0);
  const body = { requests: items.map(wireItem) };
  const repeatable = items.every(isRepeatable);
  try {
    const call = { method: 'POST', path: '/$batch', body, repeatable, ...options } as const;
    const answer = await graphRequest(deps, call, { units });
    for (const response of parsedBody(responsesSchema, answer).responses) {
      const profile = profiles.get(response.id);
      if (profile !== undefined)
        answers.set(response.id, itemAnswer(deps, response, { profile, requestId: answer.requestId }));
    }
    return { answers, isWhole: false };
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    const answer: BatchAnswer = { ok: false, failure: error };
    return { answers: new Map(items.map((item) => [item.id, answer])), isWhole: true };
  }
}

function wireItem(item: BatchItem): Record<string, unknown> {
  const hasBody = item.body !== undefined;
  const headers = { ...(hasBody ? { 'Content-Type': 'application/json' } : {}), ...item.headers };
  return {
    id: item.id,
    method: item.method ?? 'GET',
    url: item.path,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(hasBody ? { body: item.body } : {}),
  };
}

function itemAnswer(
  deps: TenantDeps,
  response: Response,
  { profile, requestId }: { profile: CallProfile; requestId: string | null },
): BatchAnswer {
  const headers = lowerCaseHeaders(response.headers ?? {});
  const actual = Number(headers['x-ms-resource-unit'] ?? Number.NaN);
  if (Number.isFinite(actual) && profile.units > 0) deps.budget.correct(profile.units, actual);
  deps.graphMetrics.units(Number.isFinite(actual) ? actual : profile.units);
  const { status, body } = response;
  if (status >= 200 && status < 300)
    return { ok: true, status, headers, body, requestId: headers['request-id'] ?? requestId };
  const failure = readFailure({ config: deps.config, nowMs: deps.clock.nowMs() }, { status, headers, body }, profile);
  if (failure.kind === 'throttled') deps.graphMetrics.throttled();
  closeGate(deps.budget, failure, profile.service);
  return { ok: false, failure };
}

function lowerCaseHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
