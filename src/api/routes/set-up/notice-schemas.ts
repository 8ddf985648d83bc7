import { z } from 'zod';
import { NOTICE_KINDS } from '../../../notices/types.js';
import { instant } from '../../frame/schemas.js';

const kind = z.enum(NOTICE_KINDS);
const channel = z.enum(['email', 'webhook']);

/** Who is told how. */
export const noticeSettings = z
  .object({
    emails: z.array(z.string()).meta({ description: 'As set; empty: the account administrators.' }),
    recipients: z.array(z.string()).meta({ description: 'Who gets e-mail now.' }),
    kinds: z.record(kind, z.boolean()).meta({ description: 'Which kinds are told.' }),
    webhook: z
      .object({
        origin: z.string().meta({ description: 'Without its path, which may be a secret of the receiver.' }),
        since: instant,
        canSign: z.boolean().meta({ description: 'false: its secret is gone, set the webhook again.' }),
      })
      .nullable(),
    canMail: z.boolean().meta({ description: 'Whether a mail server is configured.' }),
    revision: z.number().int(),
  })
  .meta({ id: 'NoticeSettings' });

export const noticeSettingsPatch = z
  .strictObject({
    emails: z.array(z.string()),
    kinds: z.partialRecord(kind, z.boolean()),
    webhook: z.null().meta({ description: 'null: no webhook any more.' }),
  })
  .partial()
  .meta({ id: 'NoticeSettingsPatch' });

export const notice = z
  .object({
    id: z.string(),
    kind,
    phase: z.enum(['began', 'again', 'resolved', 'digest', 'trial']),
    subject: z.string(),
    channel,
    to: z.string(),
    at: instant,
    state: z.enum(['waiting', 'sent', 'parked', 'dropped']),
    attempts: z.number().int(),
    sentAt: instant.nullable(),
    failure: z.string().nullable(),
  })
  .meta({ id: 'Notice' });

export const tried = z.object({ channel, to: z.string(), ok: z.boolean(), detail: z.string() });
