import { z } from 'zod';
import { SECOND_MS } from '../../../src/kernel/clock.js';
import { chunksOf, forEachAtOnce } from '../../../src/kernel/lists.js';

const BATCH = 20;
const AT_ONCE = 8;
const WITHIN_MS = 60 * SECOND_MS;

const tokenSchema = z.object({ access_token: z.string() });
const batchSchema = z.object({
  responses: z.array(z.object({ id: z.string(), status: z.number(), body: z.unknown() })),
});

export interface PlainRequest {
  readonly tenantId: string;
  readonly method: 'POST' | 'PATCH';
  /** Below /v1.0. */
  readonly url: string;
  readonly body: object;
}

export interface Microsoft {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The least that anybody has to do: the requests in `$batch` of twenty by plain fetch; answers the bodies in their order. */
export async function plainBatches(microsoft: Microsoft, requests: readonly PlainRequest[]): Promise<unknown[]> {
  const bodies: unknown[] = new Array(requests.length);
  const tenants = [...new Set(requests.map(({ tenantId }) => tenantId))];
  const tokens = new Map<string, string>();
  for (const tenantId of tenants) tokens.set(tenantId, await token(microsoft, tenantId));
  const numbered = requests.map((request, index) => ({ ...request, id: String(index) }));
  const batches = tenants.flatMap((tenantId) => [
    ...chunksOf(
      numbered.filter((request) => request.tenantId === tenantId),
      BATCH,
    ),
  ]);
  await forEachAtOnce(batches, AT_ONCE, async (batch) => {
    const [first] = batch;
    const headers = {
      authorization: `Bearer ${tokens.get(first?.tenantId ?? '')}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ requests: batch.map(itemOf) });
    const options = { method: 'POST', headers, body, signal: AbortSignal.timeout(WITHIN_MS) };
    const response = await fetch(`${microsoft.url}/v1.0/$batch`, options);
    for (const answer of batchSchema.parse(await response.json()).responses) {
      if (answer.status >= 300)
        throw new Error(`A plain request was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
      bodies[Number(answer.id)] = answer.body;
    }
  });
  return bodies;
}

function itemOf({ id, method, url, body }: PlainRequest & { id: string }) {
  return { id, method, url, body, headers: { 'Content-Type': 'application/json' } };
}

async function token({ url, clientId, clientSecret }: Microsoft, tenantId: string): Promise<string> {
  const form = new URLSearchParams({
    ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
    scope: 'https://graph.microsoft.com/.default',
  });
  const response = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form });
  return tokenSchema.parse(await response.json()).access_token;
}
