import pLimit, { type LimitFunction } from 'p-limit';

export interface MailboxGates {
  /** Runs work on a mailbox once fewer than the limit are under way there. */
  within<T>(mailboxId: string, work: () => Promise<T>): Promise<T>;
  /** The same for a batch that asks several mailboxes: it goes once there is room in all of them. */
  withinAll<T>(mailboxIds: readonly string[], work: () => Promise<T>): Promise<T>;
}

/**
 * Calls to one mailbox at once: one less than Outlook allows an application, so that a repeat has room.
 *
 * Source: Microsoft Graph throttling limits, Outlook service: 4 concurrent requests for each app and mailbox.
 */
const AT_ONCE = 3;

/** Gates of a tenant's mailboxes, in the memory of its owner; a gate that nobody uses is forgotten. */
export function createMailboxGates(): MailboxGates {
  const gates = new Map<string, { readonly enter: LimitFunction; users: number }>();

  return {
    within,
    // Always in the same order, so that no two batches wait for each other.
    withinAll: (mailboxIds, work) =>
      [...new Set(mailboxIds)]
        .sort()
        .reduceRight<typeof work>((inner, mailboxId) => () => within(mailboxId, inner), work)(),
  };

  async function within<T>(mailboxId: string, work: () => Promise<T>): Promise<T> {
    const gate = gates.get(mailboxId) ?? { enter: pLimit(AT_ONCE), users: 0 };
    gates.set(mailboxId, gate);
    gate.users += 1;
    try {
      return await gate.enter(work);
    } finally {
      gate.users -= 1;
      if (gate.users === 0) gates.delete(mailboxId);
    }
  }
}
