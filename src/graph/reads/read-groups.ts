import { z } from 'zod';
import { GraphFailure } from '../graph-failure.js';
import type { BatchAnswer, BatchItem, CallOptions, GraphCalls, GraphGroup, GroupAnswer } from '../types.js';
import { parsedOrFailure } from '../wire/parsed-body.js';
import { sortIds } from './directory-id.js';

/** What is read of every group. */
export const GROUP_ATTRIBUTES = ['id', 'displayName', 'visibility'] as const;

const SELECT = `$select=${GROUP_ATTRIBUTES.join(',')}`;

export const groupSchema = z
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

/**
 * Reads each group by itself: a 404 is `absent`, everything else that is not a group is `failed`. Of a group with
 * hidden membership one member is asked for, which shows whether its members are hidden from us too.
 */
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
  const read = new Map(items.map(({ id }) => [id, groupOf(answers.get(id) ?? { ok: false, failure: lost() })]));
  const hidden = [...read].flatMap(([id, answer]) => (isHidden(answer) ? [id] : []));
  const asked = await calls.batch(hidden.map(oneMemberOf), options);
  for (const id of hidden) {
    const answer = read.get(id);
    if (answer) read.set(id, withMembers(answer, asked.get(id) ?? { ok: false, failure: lost() }));
  }
  for (const [id, guid] of good) {
    const answer = read.get(guid);
    if (answer) groups.set(id, answer);
  }
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
  const id = good.get(groupId) ?? '';
  const asked = async (path: string): Promise<BatchAnswer> => {
    try {
      return { ok: true, ...(await calls.request({ path, ...options })) };
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      return { ok: false, failure: error };
    }
  };
  const answer = groupOf(await asked(`/groups/${id}?${SELECT}`));
  return isHidden(answer) ? withMembers(answer, await asked(oneMemberOf(id).path)) : answer;
}

function isHidden(answer: GroupAnswer): boolean {
  return answer.status === 'present' && answer.group.hiddenMembership;
}

function oneMemberOf(id: string): BatchItem {
  return { id, path: `/groups/${id}/members?$top=1&$select=id` };
}

/** Nobody and a refusal are the same: without the permission an empty list is what Graph may say of any such group. */
function withMembers(answer: GroupAnswer, members: BatchAnswer): GroupAnswer {
  if (answer.status !== 'present') return answer;
  if (!members.ok) return members.failure.kind === 'denied' ? answer : { status: 'failed', failure: members.failure };
  const page = parsedOrFailure(z.object({ value: z.array(z.unknown()) }), members);
  if (!page.ok) return { status: 'failed', failure: page.failure };
  return { ...answer, group: { ...answer.group, hiddenMembership: page.value.value.length === 0 } };
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
