import { z } from 'zod';
import { chunksOf } from '../../kernel/lists.js';
import { BATCH_SIZE } from '../client/send-batch.js';
import { GraphFailure } from '../graph-failure.js';
import type { MailboxGates } from '../mailbox-gates.js';
import type { BatchAnswer, CallOptions, GraphCalls, MailboxAnswer } from '../types.js';
import { parsedOrFailure } from '../wire/parsed-body.js';
import { sortIds } from './directory-id.js';

const settingsSchema = z.object({ timeZone: z.string().nullish(), userPurpose: z.string().nullish() });

/** Time zone and purpose of mailboxes: an Outlook request each, so for nights and new people, not for every change. */
export async function readMailboxSettings(
  { calls, gates }: { calls: Pick<GraphCalls, 'batch'>; gates: MailboxGates },
  objectIds: readonly string[],
  options: CallOptions = {},
): Promise<Map<string, MailboxAnswer>> {
  const { good, bad } = sortIds(objectIds);
  const items = [...new Set(good.values())].map((id) => {
    return { id, path: `/users/${id}/mailboxSettings?$select=timeZone,userPurpose` };
  });
  // Chunks as large as a batch, so that a mailbox is kept busy no longer than its own batch takes.
  const answers = new Map<string, BatchAnswer>();
  await Promise.all(
    [...chunksOf(items, BATCH_SIZE)].map((chunk) =>
      gates.withinAll(
        chunk.map(({ id }) => id),
        async () => {
          for (const [id, answer] of await calls.batch(chunk, options)) answers.set(id, answer);
        },
      ),
    ),
  );
  const mailboxes = new Map<string, MailboxAnswer>();
  for (const [id, failure] of bad) mailboxes.set(id, { status: 'failed', failure });
  for (const [id, guid] of good) mailboxes.set(id, mailboxOf(answers.get(guid)));
  return mailboxes;
}

function mailboxOf(answer: BatchAnswer | undefined): MailboxAnswer {
  if (answer === undefined) {
    const failure = new GraphFailure('No answer was kept for a mailbox.', {
      kind: 'unavailable',
      code: 'missing_in_batch',
    });
    return { status: 'failed', failure };
  }
  if (answer.ok) {
    const settings = parsedOrFailure(settingsSchema, answer);
    if (!settings.ok) return { status: 'failed', failure: settings.failure };
    const { timeZone, userPurpose = null } = settings.value;
    return { status: 'ok', timeZone, userPurpose };
  }
  const { failure } = answer;
  if (failure.kind === 'not_found') return { status: 'no_mailbox' };
  // The permission is missing, or an access policy keeps this one mailbox from us.
  if (failure.kind === 'denied' && failure.status === 403) return { status: 'forbidden', failure };
  return { status: 'failed', failure };
}
