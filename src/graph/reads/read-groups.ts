import { z } from 'zod';
import { GraphFailure } from '../graph-failure.js';
import type { BatchAnswer, CallOptions, GraphCalls, GraphGroup, GroupAnswer } from '../types.js';
import { parsedBody, parsedOrFailure } from '../wire/parsed-body.js';
import { sortIds } from './directory-id.js';

const SELECT = '$select=id,displayName,visibility';

const groupSchema = z
  .object({
    id: z
      .string()
      .min(1)
      .transform((id) => id.toLowerCase()),
    displayName: z.string().nullish(),
    visibility: z.string().nullish(),
  })
  .transform(({ id, displayName = null, visibility = null }): GraphGroup => {
    return { id, displayName, visibility, hiddenMembership: visibility?.toLowerCase() === 'hiddenmembership' };
  });

/** Reads each group by itself: a 404 is `absent`, everything else that is not a group is `failed`. */
export async function readGroups(
  calls: Pick<GraphCalls, 'batch'>,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<Map<string, GroupAnswer>> {
  const { good, bad } = sortIds(groupIds);
  const items = [...new Set(good.values())].map((id) => ({ id, path: `/groups/${id}?${SELECT}` }));
  const answers = await calls.batch(items, options);
  const groups = new Map<string, GroupAnswer>();
  for (const [id, failure] of bad) groups.set(id, { status: 'failed', failure });
  for (const [id, guid] of good) groups.set(id, groupOf(answers.get(guid) ?? { ok: false, failure: lost() }));
  return groups;
}

/** One group, without the detour of a batch. */
export async function readGroup(
  calls: Pick<GraphCalls, 'request'>,
  groupId: string,
  options: CallOptions = {},
): Promise<GroupAnswer> {
  const { good, bad } = sortIds([groupId]);
  const failure = bad.get(groupId);
  if (failure !== undefined) return { status: 'failed', failure };
  try {
    const answer = await calls.request({ path: `/groups/${good.get(groupId)}?${SELECT}`, ...options });
    return groupOf({ ok: true, ...answer });
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    return groupOf({ ok: false, failure: error });
  }
}

/** Groups whose name contains the words, for a picker. */
export async function searchGroups(
  calls: Pick<GraphCalls, 'request'>,
  query: { text: string; limit: number },
  options: CallOptions = {},
): Promise<GraphGroup[]> {
  // Quotes would end the search phrase; the words stay what they are without them.
  const words = query.text.replace(/["\\]/g, ' ').trim();
  const search = words === '' ? '' : `&$search=${encodeURIComponent(`"displayName:${words}"`)}`;
  const top = Math.min(Math.max(1, query.limit), 999);
  // $search and $orderby work on the advanced engine only, which both header and $count switch on.
  const path = `/groups?${SELECT}&$top=${top}&$count=true&$orderby=displayName${search}`;
  const answer = await calls.request({ path, headers: { ConsistencyLevel: 'eventual' }, ...options });
  const { value } = parsedBody(z.object({ value: z.array(z.unknown()) }), answer);
  return value.flatMap((entry) => {
    const group = groupSchema.safeParse(entry);
    return group.success ? [group.data] : [];
  });
}

function groupOf(answer: BatchAnswer): GroupAnswer {
  if (!answer.ok) {
    return answer.failure.kind === 'not_found' ? { status: 'absent' } : { status: 'failed', failure: answer.failure };
  }
  const group = parsedOrFailure(groupSchema, answer);
  return group.ok ? { status: 'present', group: group.value } : { status: 'failed', failure: group.failure };
}

function lost(): GraphFailure {
  return new GraphFailure('No answer was kept for a group.', { kind: 'unavailable', code: 'missing_in_batch' });
}
