import type { Chance } from '../../kernel/chance.js';
import { OUTBOX, type OutboxRow } from '../../records/outbox/outbox-rows.js';
import type { Store } from '../../store/connect.js';
import { NOTICE_MESSAGES, type NoticeMessageRow } from '../types.js';
import type { Mailer } from './mailer.js';
import { outboxMail } from './outbox-mail.js';
import { createQueue } from './queue.js';
import { mailNotice, postNotice, type SendNoticeDeps } from './send-notice.js';
import { createRest, createWayOut, type WayDeps, type WayOut } from './way.js';

export interface WaysOutDeps extends SendNoticeDeps, WayDeps {
  readonly store: Store;
  readonly chance: Chance;
  readonly publicUrl: string;
  /** null: no mail server is configured, and what would go by it waits. */
  readonly mailer: Mailer | null;
}

/** Everything that is sent: messages of the outbox and notices by one mail server, notices to webhooks. */
export function waysOut(deps: WaysOutDeps): readonly WayOut[] {
  const { mailer } = deps;
  const webhooks = createWayOut<NoticeMessageRow>(deps, {
    name: 'webhook',
    queue: createQueue(deps, { collection: NOTICE_MESSAGES, only: { channel: 'webhook' } }),
    // Each has a receiver of its own: one that is down says nothing of the others.
    rest: { isResting: () => false, after: () => {} },
    send: (row) => postNotice(deps, row),
  });
  return mailer === null ? [webhooks] : [...mailWays(deps, mailer), webhooks];
}

function mailWays(deps: WaysOutDeps, mailer: Mailer): readonly WayOut[] {
  const rest = createRest(deps);
  const notices = createWayOut<NoticeMessageRow>(deps, {
    ...{ name: 'email', rest },
    queue: createQueue(deps, { collection: NOTICE_MESSAGES, only: { channel: 'email' } }),
    send: (row) => mailNotice(mailer, row),
  });
  const messages = createWayOut<OutboxRow>(deps, {
    ...{ name: 'outbox', rest },
    queue: createQueue(deps, { collection: OUTBOX, only: {} }),
    send: async (row) => {
      const mail = await outboxMail(deps, row);
      return mail && mailer.send(mail);
    },
  });
  return [notices, messages];
}
