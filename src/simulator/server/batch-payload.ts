import { z } from 'zod';

/** Most requests in one batch. Source: Microsoft Graph documentation, JSON batching. */
const MOST_REQUESTS = 20;

const payloadSchema = z.object({
  requests: z.array(
    z.object({
      id: z.union([z.string(), z.number().transform(String)]),
      method: z.string().transform((method) => method.toUpperCase()),
      url: z.string().min(1),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown().optional(),
      dependsOn: z.array(z.string()).nullish(),
    }),
  ),
});

export type BatchItem = z.infer<typeof payloadSchema>['requests'][number];
export type BatchRead =
  | { readonly ok: true; readonly items: readonly BatchItem[] }
  | { readonly ok: false; readonly message: string };

/** Reads the body of POST /$batch; what is wrong here refuses the batch as a whole. */
export function readBatch(body: unknown): BatchRead {
  const parsed = payloadSchema.safeParse(body);
  if (!parsed.success) return { ok: false, message: 'Invalid batch payload format.' };
  const items = parsed.data.requests;
  const problem = problemOf(items);
  return problem === null ? { ok: true, items } : { ok: false, message: problem };
}

function problemOf(items: readonly BatchItem[]): string | null {
  if (items.length === 0) return 'Invalid batch payload format.';
  if (items.length > MOST_REQUESTS) return `Number of batch request steps exceeds the max value of ${MOST_REQUESTS}.`;
  const earlier = new Set<string>();
  for (const item of items) {
    if (earlier.has(item.id)) return `Request Id ${item.id} has to be unique in a batch.`;
    if (/^[a-z][a-z0-9+.-]*:/i.test(item.url)) return `Url of request ${item.id} must be relative to the service root.`;
    // Only earlier requests can be named, which also rules out circles.
    const unknown = item.dependsOn?.find((id) => !earlier.has(id));
    if (unknown !== undefined) return `Request ${item.id} depends on ${unknown}, which is not an earlier request.`;
    earlier.add(item.id);
  }
  return null;
}
