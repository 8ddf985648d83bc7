import type { Note } from '../changes/types.js';
import type { CommitGroup } from './commit-group.js';
import { createJudge, type Refusal } from './judge.js';
import { createRichPost, type RichReader, type RichTally } from './rich-post.js';

/** What was made of one POST; filled as it goes, so that a late one can still be logged. */
export interface Tally extends Record<Refusal, number> {
  items: number;
  accepted: number;
  /** Of accepted items that carry the event. */
  readonly rich: RichTally;
}

export type Accepted =
  | { readonly result: 'stored' }
  | { readonly result: 'not_a_collection' }
  | { readonly result: 'full' }
  | { readonly result: 'doubtful'; readonly reason: string };

export interface AcceptDeps {
  readonly secrets: readonly string[];
  readonly commitGroup: CommitGroup;
  /** Left out: rich notifications are off, and what they carry is dropped. */
  readonly rich?: RichReader | null;
}

/**
 * What happens to one POST from Graph, in order: the envelope, every item by itself, then the store. Nothing is
 * acknowledged before it is stored, and nothing slow happens before the acknowledgement (law L1). Tenants, people and
 * subscriptions are not looked up: what is out of scope is dropped later, by the owner.
 */
export async function accept(
  body: unknown,
  deps: AcceptDeps,
  post: { traceId: string; tally: Tally },
): Promise<Accepted> {
  const items = itemsIn(body);
  if (items === null) return { result: 'not_a_collection' };

  const judge = createJudge({ secrets: deps.secrets, traceId: post.traceId });
  const { tally } = post;
  const enrich = createRichPost({ reader: deps.rich ?? null, body: items.body, items: items.value, tally: tally.rich });
  const notes: Note[] = [];
  tally.items = items.value.length;
  for (const item of items.value) {
    const judged = judge(item);
    tally[judged.outcome] += 1;
    if (judged.outcome === 'accepted') notes.push(enrich(judged.note, item));
  }

  return deps.commitGroup.commit(notes);
}

function itemsIn(body: unknown): { readonly body: object; readonly value: readonly unknown[] } | null {
  if (typeof body !== 'object' || body === null || !('value' in body)) return null;
  return Array.isArray(body.value) ? { body, value: body.value } : null;
}
