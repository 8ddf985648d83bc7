import type { Note, SeenEvent } from '../changes/types.js';

/**
 * What became of an item that carries the event: `opened`, or why it is a plain hint. `off`: not wanted any more;
 * `token`, `unknown_key`: nothing shows that Microsoft sent it; `certificate`, `signature`, `malformed`: it stays shut;
 * `mismatched`: it is another event than the item names; `too_many`: there is no time to open it.
 */
export const RICH_OUTCOMES = [
  'opened',
  'off',
  'token',
  'unknown_key',
  'certificate',
  'signature',
  'malformed',
  'mismatched',
  'too_many',
] as const;
export type RichOutcome = (typeof RICH_OUTCOMES)[number];
export type RichTally = Partial<Record<RichOutcome, number>>;

/** What can be said of rich notifications without asking anybody. */
export interface RichReader {
  /** Whether the validation tokens of a POST vouch for items of these tenants. */
  verify(tokens: unknown, tenantIds: readonly string[]): 'verified' | 'token' | 'unknown_key';
  open(encrypted: unknown): RichOpened;
}

export type RichOpened =
  /** `event`: what is worth keeping of it; null: nothing that a decision could be made by, such as a whole series. */
  | { readonly ok: true; readonly id: string; readonly event: SeenEvent | null }
  | { readonly ok: false; readonly reason: 'certificate' | 'signature' | 'malformed' };

/** Each costs an RSA operation of 1 to 5 ms, and the answer is due within 2 s (law L1): our own bound. */
export const MOST_OPENED = 100;

type Fields = Readonly<Record<string, unknown>>;

export interface RichPostDeps {
  /** null: rich notifications are off. */
  readonly reader: RichReader | null;
  /** The POST, an object with an array `value`. */
  readonly body: object;
  readonly items: readonly unknown[];
  readonly tally: RichTally;
}

/**
 * Adds to the note of an accepted item what the item carries. Whatever is not fully verified is dropped, and the item is
 * a plain hint like any other: never refused, never lost. The tokens are looked at once, for the first such item.
 */
export function createRichPost({ reader, body, items, tally }: RichPostDeps): (note: Note, item: unknown) => Note {
  let verdict: ReturnType<RichReader['verify']> | null = null;
  let opened = 0;

  return (note, item) => {
    if (note.kind !== 'events' || !isFields(item) || !isRich(item)) return note;
    const judged = judge(reader, item);
    const outcome = typeof judged === 'string' ? judged : 'opened';
    tally[outcome] = (tally[outcome] ?? 0) + 1;
    const isGone = item['changeType'] === 'deleted';
    return typeof judged === 'string' || judged.event === null || isGone ? note : { ...note, seen: judged.event };
  };

  function judge(by: RichReader | null, item: Fields): RichOutcome | { readonly event: SeenEvent | null } {
    if (by === null) return 'off';
    verdict ??= by.verify('validationTokens' in body ? body.validationTokens : undefined, tenantsOf(items));
    if (verdict !== 'verified') return verdict;
    if (opened >= MOST_OPENED) return 'too_many';
    opened += 1;
    const content = by.open(item['encryptedContent']);
    if (!content.ok) return content.reason;
    return content.id === idOf(item) ? { event: content.event } : 'mismatched';
  }
}

/** Tenants that the tokens must cover: of every item that carries something, whatever else is wrong with it. */
function tenantsOf(items: readonly unknown[]): readonly string[] {
  const tenants = items.flatMap((item) => {
    const tenantId = isFields(item) && isRich(item) ? item['tenantId'] : null;
    return typeof tenantId === 'string' ? [tenantId.toLowerCase()] : [];
  });
  return [...new Set(tenants)];
}

function isRich(item: Fields): boolean {
  return item['encryptedContent'] !== undefined && item['encryptedContent'] !== null;
}

/** Ids of events keep their capitals, which tell them apart. */
function idOf(item: Fields): unknown {
  return isFields(item['resourceData']) ? item['resourceData']['id'] : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
