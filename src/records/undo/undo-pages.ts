import type { Filter } from 'mongodb';
import { emailKeyOf } from '../../projection/email-address.js';
import type { Store } from '../../store/connect.js';
import { LEDGER, type LedgerRow } from '../types.js';

/** Somebody whose address a run has changed, with the addresses as the ledger has them. */
export interface Mover {
  readonly userId: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A run of an enterprise. */
export interface RunRef {
  readonly enterpriseId: string;
  readonly runId: string;
}

/** Everything that a run wrote. The type again: without it MongoDB does not see that the partial index has them all. */
export function ofRun({ enterpriseId, runId }: RunRef): Filter<LedgerRow> {
  return { enterpriseId, 'cause.runId': { $eq: runId, $type: 'string' } };
}

/** The people whom a run has written, in pages of at most so many, so that no run is too big to be undone. */
export function undoPages(store: Store, { most, ...run }: RunRef & { readonly most: number }): AsyncIterable<string[]> {
  return packed(together(store, run), most);
}

/**
 * Whose undo only frees addresses comes first, then those who moved between addresses, each with everybody whose
 * address it was or is, then the others, such as those who come back from the archive and want theirs.
 */
async function* together(store: Store, run: RunRef): AsyncIterable<string[]> {
  const ledger = store.collection<LedgerRow>(LEDGER);
  yield* others({ frees: true });
  const moved = ledger.find({ ...ofRun(run), field: 'email' }).hint('by_run');
  yield* addressChains(await moved.project<Mover>({ _id: 0, userId: 1, before: 1, after: 1 }).toArray());
  yield* others({ frees: false });

  async function* others({ frees }: { frees: boolean }): AsyncIterable<string[]> {
    const found = ledger.aggregate<{ _id: string }>(
      [
        { $match: ofRun(run) },
        {
          $group: {
            _id: '$userId',
            moves: { $max: { $eq: ['$field', 'email'] } },
            frees: { $max: { $in: ['$kind', ['create', 'restore']] } },
          },
        },
        { $match: { moves: false, frees } },
      ],
      { allowDiskUse: true, hint: 'by_run' },
    );
    for await (const { _id } of found) yield [_id];
  }
}

/** Whoever wants an address back, with whoever has it now, and so on: each person is in one chain. */
export function addressChains(movers: readonly Mover[]): string[][] {
  const chains = new Map<string, Set<string>>();
  for (const { userId, before, after } of movers) {
    const nodes = [userNode(userId), keyNode(before), keyNode(after)].filter((node) => node !== null);
    const present = [...new Set(nodes.flatMap((node) => chains.get(node) ?? []))];
    // The smaller ones into the largest, so that long chains stay cheap.
    const [chain = new Set<string>(), ...smaller] = present.sort((a, b) => b.size - a.size);
    for (const node of [...nodes, ...smaller.flatMap((other) => [...other])]) {
      chain.add(node);
      chains.set(node, chain);
    }
  }
  return [...new Set(chains.values())].map(usersOf);
}

const USER = 'user ';

function userNode(userId: string): string {
  return `${USER}${userId}`;
}

function usersOf(nodes: ReadonlySet<string>): string[] {
  return [...nodes].flatMap((node) => (node.startsWith(USER) ? [node.slice(USER.length)] : []));
}

function keyNode(address: unknown): string | null {
  const key = typeof address === 'string' ? emailKeyOf(address) : null;
  return key === null ? null : `key ${key}`;
}

/** As many as fit on one page, in their order. No chain is cut, unless it is longer than a page. */
export async function* packed(
  chains: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  most: number,
): AsyncIterable<string[]> {
  let page: string[] = [];
  for await (const chain of chains) {
    if (page.length > 0 && page.length + chain.length > most) {
      yield page;
      page = [];
    }
    page.push(...chain);
    while (page.length >= most) yield page.splice(0, most);
  }
  if (page.length > 0) yield page;
}
