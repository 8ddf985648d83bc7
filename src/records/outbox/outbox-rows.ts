import type { LedgerRow, UserRow } from '../types.js';

/** How far the sending of a message has come (`src/notices/send`). */
export interface Delivery {
  /** parked: given up, for the reason in `failure`; dropped: there was nobody to send it to any more. */
  readonly state: 'waiting' | 'sent' | 'parked' | 'dropped';
  /** Not before then is it tried, by whoever claims it; absent: at once. */
  readonly nextTryAt?: Date;
  readonly firstTryAt?: Date;
  readonly attempts?: number;
  /** Of whom is sending it now. */
  readonly claim?: string;
  readonly sentAt?: Date;
  /** What went wrong at the last try, in words. */
  readonly failure?: string;
}

/**
 * A message that somebody is to get. It is written in the transaction that causes it, so that it is there exactly when
 * the cause is; a row says what to send to whom and nothing of the text.
 */
export interface OutboxRow extends Delivery {
  /** `invitation:USER`, once for a person for ever; `address_changed:LEDGER ENTRY:RECIPIENT`. */
  readonly _id: string;
  readonly enterpriseId: string;
  /** Whom the message is about. */
  readonly userId: string;
  readonly kind: OutboxKind;
  /** Address of the recipient when the row was written. */
  readonly to: string;
  readonly at: Date;
}

export const OUTBOX_KINDS = ['invitation', 'address_changed'] as const;
export type OutboxKind = (typeof OUTBOX_KINDS)[number];

export const OUTBOX = 'outbox';

/** One person as the sync has just written them, with what the ledger says of it. */
export interface WrittenPerson {
  readonly before: UserRow | null;
  readonly after: UserRow;
  readonly entries: readonly LedgerRow[];
}

/** What messages are wanted, of the settings in effect. */
export interface MailWishes {
  /** New people are invited; those who are there when it is switched on are not (E20). */
  readonly sendInvitations: boolean;
  /** A changed sign-in name is told to the person and to the account administrators (E23). */
  readonly sendAddressNotices: boolean;
}

/** Somebody who is told of the changed sign-in names of others. */
export type NoticeRecipient = Pick<UserRow, '_id' | 'email'>;

/** The messages that a write causes; none that were not wanted at that moment. */
export function outboxRows(
  person: WrittenPerson,
  { wishes, administrators }: { wishes: MailWishes; administrators: readonly NoticeRecipient[] },
): OutboxRow[] {
  return [
    ...(wishes.sendInvitations ? invitations(person) : []),
    ...(wishes.sendAddressNotices ? addressNotices(person, administrators) : []),
  ];
}

function invitations({ after, entries }: WrittenPerson): OutboxRow[] {
  const { _id: userId, enterpriseId, email } = after;
  const created = entries.find(({ kind }) => kind === 'create');
  if (!created || email === null) return [];
  const about = { enterpriseId, userId, kind: 'invitation', state: 'waiting' } as const;
  return [{ _id: `invitation:${userId}`, ...about, to: email, at: created.at }];
}

function addressNotices(person: WrittenPerson, administrators: readonly NoticeRecipient[]): OutboxRow[] {
  const { after } = person;
  const { _id: userId, enterpriseId } = after;
  const entry = addressEntry(person);
  if (entry === null) return [];
  const others = administrators.filter(({ _id }) => _id !== userId);
  const about = { enterpriseId, userId, kind: 'address_changed', at: entry.at, state: 'waiting' } as const;
  return [after, ...others].flatMap(({ _id, email }) =>
    email === null ? [] : [{ _id: `address_changed:${entry._id}:${_id}`, ...about, to: email }],
  );
}

/** The entry of another sign-in name; another spelling of the same one is none (E22). */
function addressEntry({ before, after, entries }: WrittenPerson): LedgerRow | null {
  const wasCalled = before?.emailKey ?? before?.formerEmailKey ?? null;
  if (before === null || after.emailKey === undefined || after.emailKey === wasCalled) return null;
  return entries.find(({ kind, field }) => kind === 'update' && field === 'email') ?? null;
}

/** Whether a write calls for the account administrators' addresses at all. */
export function changesAddress(person: WrittenPerson): boolean {
  return addressEntry(person) !== null;
}
