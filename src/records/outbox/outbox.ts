import type { ClientSession, Filter } from 'mongodb';
import type { Store } from '../../store/connect.js';
import type { IndexDefinition } from '../../store/indexes.js';
import { createFindPeople } from '../people/find-people.js';
import { USERS, type UserRow } from '../types.js';
import {
  changesAddress,
  type MailWishes,
  type NoticeRecipient,
  OUTBOX,
  type OutboxKind,
  type OutboxRow,
  outboxRows,
  type WrittenPerson,
} from './outbox-rows.js';
import { retryMessages } from './retry-messages.js';

/** A message as it is shown (`ghs outbox list`). */
export interface OutboxView {
  readonly id: string;
  /** Id of the user whom the message is about. */
  readonly person: string;
  readonly kind: OutboxKind;
  readonly to: string;
  readonly at: Date;
  readonly state: OutboxRow['state'];
  readonly sentAt: Date | null;
  /** What went wrong at the last try, in words. */
  readonly failure: string | null;
}

export interface OutboxFilter {
  /** Id, object id or e-mail. */
  readonly person?: string;
  readonly kind?: OutboxKind;
  readonly limit?: number;
}

export interface Outbox {
  /** Oldest first. */
  list(enterpriseId: string, filter?: OutboxFilter): Promise<OutboxView[]>;
  /** Sends parked messages again, one or all. @returns how many there were */
  retry(enterpriseId: string, which?: { readonly id?: string }): Promise<number>;
}

export const OUTBOX_INDEXES: readonly IndexDefinition[] = [
  { collection: OUTBOX, name: 'by_age', keys: { enterpriseId: 1, at: 1, _id: 1 }, serves: 'the list of messages' },
  { collection: OUTBOX, name: 'by_person', keys: { enterpriseId: 1, userId: 1 }, serves: 'messages about a person' },
  {
    collection: OUTBOX,
    name: 'to_send',
    keys: { nextTryAt: 1 },
    options: { partialFilterExpression: { state: 'waiting' } },
    serves: 'the next message to send',
  },
];

export function createOutbox({ store }: { store: Store }): Outbox {
  const rows = store.collection<OutboxRow>(OUTBOX);
  const people = createFindPeople({ store });
  return {
    list: async (enterpriseId, { person, kind, limit = 0 } = {}) => {
      const wanted: Filter<OutboxRow> = {
        enterpriseId,
        ...(person === undefined ? {} : { userId: (await people.find(enterpriseId, person))._id }),
        ...(kind === undefined ? {} : { kind }),
      };
      const found = await rows.find(wanted).sort({ at: 1, _id: 1 }).limit(limit).toArray();
      return found.map(({ _id: id, userId, kind: what, to, at, state, sentAt = null, failure = null }) => ({
        ...{ id, person: userId, kind: what, to, at, state, sentAt, failure },
      }));
    },
    retry: (enterpriseId, { id } = {}) => retryMessages(rows, { enterpriseId, id }),
  };
}

/** Writes the messages that these writes cause, in their transaction. */
export async function writeOutbox(
  store: Store,
  request: { enterpriseId: string; written: readonly WrittenPerson[]; wishes: MailWishes },
  session: ClientSession,
): Promise<void> {
  const { enterpriseId, written, wishes } = request;
  const tells = wishes.sendAddressNotices && written.some(changesAddress);
  const administrators = tells ? await accountAdministrators(store, enterpriseId, session) : [];
  const rows = written.flatMap((person) => outboxRows(person, { wishes, administrators }));
  if (rows.length > 0) await store.collection<OutboxRow>(OUTBOX).insertMany(rows, { session });
}

function accountAdministrators(store: Store, enterpriseId: string, session: ClientSession): Promise<NoticeRecipient[]> {
  return store
    .collection<UserRow>(USERS)
    .find({ enterpriseId, isAccountAdmin: true, status: { $ne: 'archived' } }, { session })
    .project<NoticeRecipient>({ email: 1 })
    .sort({ _id: 1 })
    .toArray();
}
