import { z } from 'zod';
import { normaliseGuid } from '../../kernel/guid.js';
import { GraphFailure } from '../graph-failure.js';
import { graphUserSchema, USER_ATTRIBUTES } from '../graph-user.js';
import type { BatchAnswer, BatchItem, CallOptions, GraphCalls, PersonAnswer, ReadPeopleOptions } from '../types.js';
import { parsedOrFailure } from '../wire/parsed-body.js';
import { sortIds } from './directory-id.js';

/** Most groups in one checkMemberGroups (Microsoft Graph documentation, "directoryObject: checkMemberGroups"). */
export const CHECK_MEMBER_GROUPS_MOST = 20;

const groupIdsSchema = z.object({ value: z.array(z.string().transform((id) => id.toLowerCase())) });
const deletedSchema = z.object({ id: z.string(), deletedDateTime: z.iso.datetime({ offset: true }).nullish() });

/** Reads people and their mapped groups in the same batch, and looks for the missing ones among deleted items. */
export async function readPeople(
  calls: Pick<GraphCalls, 'batch'>,
  objectIds: readonly string[],
  options: ReadPeopleOptions,
): Promise<Map<string, PersonAnswer>> {
  const people = new Map<string, PersonAnswer>();
  const { good, bad } = sortIds(objectIds);
  for (const [id, failure] of bad) people.set(id, { status: 'failed', failure });
  const groupIds = lowerCaseGuids(options.mappedGroupIds);
  const select = (options.select ?? USER_ATTRIBUTES).join(',');
  const items = [...good.values()].flatMap((id) => [userItem(id, select), ...membershipItem(id, groupIds)]);
  const answers = await calls.batch(items, callOptions(options));
  const missing = new Map<string, string>();
  for (const [id, guid] of good) {
    const person = personOf(answers, guid, groupIds);
    if (person === null) missing.set(id, guid);
    else people.set(id, person);
  }
  for (const [id, person] of await readDeleted(calls, missing, callOptions(options))) people.set(id, person);
  return people;
}

function callOptions(options: CallOptions): CallOptions {
  const { priority, signal } = options;
  return { ...(priority === undefined ? {} : { priority }), ...(signal === undefined ? {} : { signal }) };
}

/** One malformed group id would fail the whole question for everybody, so such ids are not asked for. */
function lowerCaseGuids(ids: readonly string[]): string[] {
  return [...new Set(ids.map(normaliseGuid).filter((id) => id !== null))];
}

function userItem(id: string, select: string): BatchItem {
  return { id: `user:${id}`, path: `/users/${id}?$select=${select}` };
}

function membershipItem(id: string, groupIds: readonly string[]): BatchItem[] {
  if (groupIds.length === 0) return [];
  const common = { id: `groups:${id}`, method: 'POST', repeatable: true } as const;
  if (groupIds.length <= CHECK_MEMBER_GROUPS_MOST) {
    return [{ ...common, path: `/users/${id}/checkMemberGroups`, body: { groupIds } }];
  }
  return [{ ...common, path: `/users/${id}/getMemberGroups`, body: { securityEnabledOnly: false } }];
}

/** Null: Graph has no such user, which deleted items must explain. */
function personOf(
  answers: ReadonlyMap<string, BatchAnswer>,
  id: string,
  groupIds: readonly string[],
): PersonAnswer | null {
  const userAnswer = answerOf(answers, `user:${id}`);
  if (!userAnswer.ok) {
    if (userAnswer.failure.kind === 'not_found') return null;
    return { status: 'failed', failure: userAnswer.failure };
  }
  const user = parsedOrFailure(graphUserSchema, userAnswer);
  if (!user.ok) return { status: 'failed', failure: user.failure };
  const { requestId } = userAnswer;
  if (user.value.id !== id) return { status: 'failed', failure: wrongObject() };
  if (groupIds.length === 0) return { status: 'present', user: user.value, groupIds: [], requestId };
  // Without an answer about groups nothing is known of them: an empty list would read as "left every team".
  const groupsAnswer = answerOf(answers, `groups:${id}`);
  if (!groupsAnswer.ok) return { status: 'failed', failure: groupsAnswer.failure };
  const groups = parsedOrFailure(groupIdsSchema, groupsAnswer);
  if (!groups.ok) return { status: 'failed', failure: groups.failure };
  const theirs = new Set(groups.value.value);
  return {
    status: 'present',
    user: user.value,
    groupIds: groupIds.filter((groupId) => theirs.has(groupId)),
    requestId,
  };
}

function answerOf(answers: ReadonlyMap<string, BatchAnswer>, id: string): BatchAnswer {
  return answers.get(id) ?? { ok: false, failure: lost() };
}

async function readDeleted(
  calls: Pick<GraphCalls, 'batch'>,
  missing: ReadonlyMap<string, string>,
  options: CallOptions,
): Promise<Map<string, PersonAnswer>> {
  const items = [...missing.values()].map((id) => {
    return { id: `deleted:${id}`, path: `/directory/deletedItems/${id}?$select=id,deletedDateTime` };
  });
  const answers = items.length === 0 ? new Map<string, BatchAnswer>() : await calls.batch(items, options);
  return new Map([...missing].map(([id, guid]) => [id, deletedOf(answerOf(answers, `deleted:${guid}`), guid)]));
}

function deletedOf(answer: BatchAnswer, id: string): PersonAnswer {
  if (!answer.ok) {
    return answer.failure.kind === 'not_found'
      ? { status: 'absent', requestId: answer.failure.requestId }
      : { status: 'failed', failure: answer.failure };
  }
  const deleted = parsedOrFailure(deletedSchema, answer);
  if (!deleted.ok) return { status: 'failed', failure: deleted.failure };
  if (deleted.value.id.toLowerCase() !== id) return { status: 'failed', failure: wrongObject() };
  const { deletedDateTime } = deleted.value;
  const { requestId } = answer;
  return { status: 'soft_deleted', deletedAt: deletedDateTime ? new Date(deletedDateTime) : null, requestId };
}

function wrongObject(): GraphFailure {
  const message =
    'Graph answered with another object than was asked for. It is asked again later; report it if it lasts.';
  return new GraphFailure(message, { kind: 'unavailable', code: 'wrong_object' });
}

function lost(): GraphFailure {
  return new GraphFailure('No answer was kept for a request. It is asked again later.', {
    kind: 'unavailable',
    code: 'missing_in_batch',
  });
}
