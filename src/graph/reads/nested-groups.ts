import { z } from 'zod';
import type { BatchItem, CallOptions, GraphCalls } from '../types.js';
import { parsedBody } from '../wire/parsed-body.js';
import { directoryId } from './directory-id.js';

/** Most entries that Graph gives in one page of a directory list. */
const PAGE_SIZE = 999;

const pageSchema = z.object({
  value: z.array(z.object({ id: z.string().transform((id) => id.toLowerCase()) })),
  '@odata.nextLink': z.string().optional(),
});

/**
 * Ids of the groups nested below each of several groups, 20 groups to a `$batch`: a run asks this of every mapped
 * group. Throws the failure of any of them; a group that does not exist has nothing below it.
 */
export async function nestedGroups(
  calls: Pick<GraphCalls, 'batch'>,
  wanted: {
    readonly groupIds: readonly string[];
    /** For the rare group with more than a page of groups below it. */
    readonly allOf: (groupId: string) => AsyncIterable<readonly string[]>;
  },
  options: CallOptions = {},
): Promise<Map<string, readonly string[]>> {
  const answers = await calls.batch(wanted.groupIds.map(itemOf), options);
  const below = new Map<string, readonly string[]>();
  for (const groupId of wanted.groupIds) {
    const answer = answers.get(groupId);
    if (!answer?.ok) {
      if (answer && answer.failure.kind !== 'not_found') throw answer.failure;
      below.set(groupId, []);
      continue;
    }
    const page = parsedBody(pageSchema, answer);
    const isWhole = page['@odata.nextLink'] === undefined;
    below.set(groupId, isWhole ? page.value.map(({ id }) => id) : await collected(wanted.allOf(groupId)));
  }
  return below;
}

function itemOf(groupId: string): BatchItem {
  const cast = `/groups/${directoryId(groupId)}/transitiveMembers/microsoft.graph.group`;
  // A cast on a transitive list is an advanced query; headers of a batch item are its own.
  const headers = { ConsistencyLevel: 'eventual' };
  return { id: groupId, path: `${cast}?$select=id&$count=true&$top=${PAGE_SIZE}`, headers };
}

async function collected(pages: AsyncIterable<readonly string[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of pages) ids.push(...page);
  return ids;
}
