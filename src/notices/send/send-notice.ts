import type { Clock } from '../../kernel/clock.js';
import { textOf, webhookBody } from '../messages.js';
import type { NoticeSettings } from '../notice-settings.js';
import type { NoticeMessageRow, NoticeSettingsRow } from '../types.js';
import { postWebhook } from '../webhook/post-webhook.js';
import { signedHeaders } from '../webhook/signature.js';
import type { Mailer } from './mailer.js';
import type { Outcome } from './queue.js';

export interface SendNoticeDeps {
  readonly clock: Clock;
  readonly settings: Pick<NoticeSettings, 'get' | 'secretOf'>;
  readonly allowsLoopback: boolean;
  /** How long a receiver has for its answer, in ms; 10 s unless told. */
  readonly webhookAnswerMs?: number;
}

type Message = Pick<NoticeMessageRow, '_id' | 'enterpriseId' | 'kind' | 'phase' | 'words' | 'at' | 'to'>;

export function mailNotice(mailer: Mailer, { _id: id, to, words }: Message): Promise<Outcome> {
  return mailer.send({ id, to, subject: words.subject, text: textOf(words) });
}

/** Posts a notice to the webhook as it is set now; null: there is none any more. */
export async function postNotice(deps: SendNoticeDeps, message: Message): Promise<Outcome | null> {
  return postTo(deps, await deps.settings.get(message.enterpriseId), message);
}

async function postTo(deps: SendNoticeDeps, row: NoticeSettingsRow, message: Message): Promise<Outcome | null> {
  const { clock, settings, allowsLoopback, webhookAnswerMs: answerMs } = deps;
  if (row.webhook === null) return null;
  const secret = settings.secretOf(row);
  if (secret === null) {
    const why = 'The application secret that the secret of the webhook came from was taken out: set the webhook again.';
    return { kind: 'later', why };
  }
  const body = webhookBody(message);
  const headers = signedHeaders(secret, { id: message._id, at: clock.now(), body });
  const options = { allowsLoopback, ...(answerMs === undefined ? {} : { answerMs }) };
  return postWebhook({ url: row.webhook.url, headers, body }, options);
}
