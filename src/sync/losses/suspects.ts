import type { ClientSession } from 'mongodb';
import { sameValue } from '../../kernel/same-value.js';
import type { PersonRow } from '../../mirror/types.js';
import type { Store } from '../../store/connect.js';
import type { IndexDefinition } from '../../store/indexes.js';
import type { Draft, PersonRead } from '../plan/decide.js';

/** Whose subscription should have told, of what catch-up named. */
export type LossKind = 'users' | 'groups';
/** Calendars have no rounds: what a reading of theirs finds is judged by itself. */
export type MeasuredKind = LossKind | 'events';

/**
 * A person whom catch-up named and who differed when read: unless Graph tells of it within the lag, before or after,
 * the notice is lost (law L15).
 */
export interface SuspectRow {
  /** `tenant:kind:object`. */
  readonly _id: string;
  readonly tenantId: string;
  readonly kind: LossKind;
  readonly objectId: string;
  /** Mapped groups that the person joined or left; Graph tells of those, or of groups below them. */
  readonly groupIds: readonly string[];
  readonly round: number;
  readonly at: Date;
}

export const SUSPECTS = 'lostNotices';

export const SUSPECT_INDEXES: readonly IndexDefinition[] = [
  { collection: SUSPECTS, name: 'by_round', keys: { tenantId: 1, round: 1 }, serves: 'the loss of a catch-up round' },
];

/** What may have been lost, of people as planned; pure. Reads that no round asked for measure nothing. */
export function suspectsOf(tenantId: string, drafts: readonly Draft[]): SuspectRow[] {
  return drafts.flatMap((draft) => {
    const { round = null, objectId, moment } = draft.read;
    if (round === null || moment.lagMs === 0) return [];
    const about = { tenantId, objectId, round, at: moment.at };
    const isUserOther = differs(draft.read, draft.rowBefore, draft.row);
    const groupIds = groupsThatDiffer(draft.read, draft.rowBefore);
    return [
      ...(isUserOther ? [suspect('users', [], about)] : []),
      ...(groupIds.length > 0 ? [suspect('groups', groupIds, about)] : []),
    ];
  });
}

type About = Pick<SuspectRow, 'tenantId' | 'objectId' | 'round' | 'at'>;

function suspect(kind: LossKind, groupIds: readonly string[], about: About): SuspectRow {
  return { _id: `${about.tenantId}:${kind}:${about.objectId}`, kind, groupIds, ...about };
}

/** Somebody whom nobody had read before is told of by the group. */
function differs({ seen }: PersonRead, before: PersonRow | null, row: PersonRow | null): boolean {
  if (!before || before.state === 'unread' || seen.state === 'mailbox') return false;
  if (before.state !== seen.state) return true;
  return row !== null && seen.state === 'present' && !sameValue(before.attributes, row.attributes);
}

function groupsThatDiffer({ seen }: PersonRead, before: PersonRow | null): string[] {
  if (seen.state !== 'present') return [];
  const [had, has] = [new Set(before?.groupIds ?? []), new Set(seen.groupIds)];
  return [...new Set([...had, ...has])].filter((id) => had.has(id) !== has.has(id));
}

/** Keeps them in the transaction that applies what was read. Repeatable: keyed by person. */
export async function keepSuspects(store: Store, suspects: readonly SuspectRow[], session: ClientSession) {
  if (suspects.length === 0) return;
  const operations = suspects.map(({ _id, ...fields }) => ({
    updateOne: { filter: { _id }, update: { $set: fields }, upsert: true },
  }));
  await store.collection<SuspectRow>(SUSPECTS).bulkWrite(operations, { session, ordered: false });
}
