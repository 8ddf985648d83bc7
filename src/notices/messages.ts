import { hashOf } from '../kernel/secrets.js';
import { originOf } from './notice-settings.js';
import type { Recipient } from './recipients.js';
import type { Told } from './rules/decide.js';
import type { NoticeMessageRow, NoticeSettingsRow, Words } from './types.js';

/** One message for each of who is told; its id is made of what is told to whom, so that it is there once. */
export function messageRows(
  told: readonly Told[],
  { recipients, settings, at }: { recipients: readonly Recipient[]; settings: NoticeSettingsRow; at: Date },
): NoticeMessageRow[] {
  const origin = originOf(settings);
  return told.flatMap(({ noticeId, kind, phase, step, words }) => {
    const about = { enterpriseId: settings._id, kind, phase, words, at, state: 'waiting' } as const;
    const id = (to: string) => hashOf(`${noticeId}:${phase}:${step}:${to}`);
    const mails = recipients.map(({ email: to, userId }) => {
      return { _id: id(to), ...about, channel: 'email' as const, to, userId };
    });
    if (origin === null) return mails;
    return [...mails, { _id: id('webhook'), ...about, channel: 'webhook' as const, to: origin, userId: null }];
  });
}

/** The words as plain text. */
export function textOf({ lines, link }: Words): string {
  return `${[...lines, ...(link === null ? [] : [link])].join('\n\n')}\n`;
}

/** What a receiver gets, as JSON. */
export function webhookBody(row: Pick<NoticeMessageRow, 'enterpriseId' | 'kind' | 'phase' | 'words' | 'at'>): string {
  const { enterpriseId, kind, phase, words, at } = row;
  const data = { enterpriseId, kind, phase, ...words };
  return JSON.stringify({ type: `notice.${kind}.${phase}`, timestamp: at.toISOString(), data });
}
