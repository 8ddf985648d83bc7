import { AppError } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import { HOUR_MS } from '../kernel/clock.js';
import { retryMessages } from '../records/outbox/retry-messages.js';
import { inTransaction } from '../store/in-transaction.js';
import { instantPage } from '../store/pages/instant-pages.js';
import { createNoticeSettings, type NoticeSettings, type NoticeSettingsDeps, originOf } from './notice-settings.js';
import { recipientsOf } from './recipients.js';
import { worded } from './rules/words.js';
import type { Mailer } from './send/mailer.js';
import { mailNotice, postNotice, type SendNoticeDeps } from './send/send-notice.js';
import {
  type Channel,
  NOTICE_KINDS,
  NOTICE_MESSAGES,
  NOTICE_STATES,
  NOTICES,
  type NoticeKind,
  type NoticeMessageRow,
  type NoticeRow,
  type NoticeSettingsRow,
  type NoticeStateRow,
  type Phase,
  standingNow,
} from './types.js';

/** Who is told how, as it is shown. */
export interface NoticeStanding {
  /** As set; empty: the account administrators. */
  readonly emails: readonly string[];
  /** Who gets e-mail now. */
  readonly recipients: readonly string[];
  readonly kinds: Readonly<Record<NoticeKind, boolean>>;
  /** Without its path, which may be a secret of the receiver's. */
  readonly webhook: { readonly origin: string; readonly since: Date; readonly canSign: boolean } | null;
  /** Whether a mail server is configured. */
  readonly canMail: boolean;
  readonly revision: number;
}

/** A message as it is listed. */
export interface NoticeView {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly phase: Phase;
  readonly subject: string;
  readonly channel: Channel;
  readonly to: string;
  readonly at: Date;
  readonly state: NoticeMessageRow['state'];
  readonly attempts: number;
  readonly sentAt: Date | null;
  readonly failure: string | null;
}

/** What came of trying one recipient out. */
export interface Tried {
  readonly channel: Channel;
  readonly to: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface NoticesWanted {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** Only those that were given up, or only others. */
  readonly parked?: boolean;
}

export interface Notices {
  readonly settings: NoticeSettings;
  standing(enterpriseId: string): Promise<NoticeStanding>;
  /** Messages, newest first. @throws AppError invalid_cursor */
  list(enterpriseId: string, wanted: NoticesWanted): Promise<{ items: NoticeView[]; next: string | null }>;
  /** Sends parked messages again, one or all. @returns how many there were */
  retry(enterpriseId: string, which?: { readonly id?: string }): Promise<number>;
  /** What stands now, oldest first. */
  open(enterpriseId: string): Promise<Pick<NoticeRow, 'kind' | 'subject' | 'beganAt' | 'told'>[]>;
  /** Sends a trial to everybody who would be told, now. @throws AppError tried_too_often */
  tryOut(enterpriseId: string): Promise<Tried[]>;
}

export interface NoticesServiceDeps extends NoticeSettingsDeps, Omit<SendNoticeDeps, 'settings'> {
  readonly chance: Chance;
  readonly publicUrl: string;
  /** Opens a connection for a trial; null: no mail server is configured. */
  readonly openMailer: (() => Mailer) | null;
}

/** Trials of an enterprise within an hour: whoever may try out must not be able to flood somebody. */
const TRIALS_MOST = 10;

export function createNotices(deps: NoticesServiceDeps): Notices {
  const { store, clock } = deps;
  const settings = createNoticeSettings(deps);
  const messages = store.collection<NoticeMessageRow>(NOTICE_MESSAGES);
  return { settings, standing, list, retry, open, tryOut };

  async function standing(enterpriseId: string): Promise<NoticeStanding> {
    const row = await settings.get(enterpriseId);
    const { emails, off, webhook, revision } = row;
    const origin = originOf(row);
    return {
      ...{ emails, revision, canMail: deps.openMailer !== null },
      recipients: (await recipientsOf(store, row)).map(({ email }) => email),
      kinds: Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, !off.includes(kind)])) as NoticeStanding['kinds'],
      webhook:
        webhook === null || origin === null
          ? null
          : { origin, since: webhook.since, canSign: settings.secretOf(row) !== null },
    };
  }

  async function list(enterpriseId: string, { limit, after, parked }: NoticesWanted) {
    const state = parked ? { $eq: 'parked' as const } : { $ne: 'parked' as const };
    const filter = { enterpriseId, ...(parked === undefined ? {} : { state }) };
    const page = await instantPage(messages, { filter, order: 'newest_first', limit, after });
    return { items: page.rows.map(noticeView), next: page.next };
  }

  function retry(enterpriseId: string, { id }: { id?: string } = {}): Promise<number> {
    return retryMessages(messages, { enterpriseId, id });
  }

  async function open(enterpriseId: string) {
    const rows = await store
      .collection<NoticeRow>(NOTICES)
      .find(standingNow(enterpriseId))
      .sort({ beganAt: 1 })
      .toArray();
    return rows.map(({ kind, subject, beganAt, told }) => ({ kind, subject, beganAt, told }));
  }

  async function tryOut(enterpriseId: string): Promise<Tried[]> {
    await countTrial(enterpriseId);
    const row = await settings.get(enterpriseId);
    const at = clock.now();
    const lines = ['This is a trial: somebody wants to see whether notices arrive here.'];
    const saying = { enterpriseId, enterprise: 'GetHomeSafe', publicUrl: deps.publicUrl, page: null };
    const words = worded({ subject: 'a trial of notices', lines }, saying);
    const about = { enterpriseId, kind: 'problems_digest', phase: 'trial', words, at } as const;
    const id = deps.chance.guid();
    const mails = await tryMails(row, (to, n) => ({ _id: `${id}-${n}`, to, ...about }));
    const posted = await postNotice({ ...deps, settings }, { _id: id, to: originOf(row) ?? '', ...about });
    const webhook = posted === null ? [] : [tried('webhook', originOf(row) ?? '', posted)];
    return [...mails, ...webhook];
  }

  async function tryMails(
    row: NoticeSettingsRow,
    messageTo: (to: string, n: number) => Parameters<typeof mailNotice>[1],
  ): Promise<Tried[]> {
    const recipients = await recipientsOf(store, row);
    const mailer = deps.openMailer?.();
    const results: Tried[] = [];
    try {
      for (const [n, { email }] of recipients.entries()) {
        const none = { kind: 'down' as const, why: 'No mail server is configured: set SMTP_URL and MAIL_FROM.' };
        const outcome = mailer ? await mailNotice(mailer, messageTo(email, n)) : none;
        results.push(tried('email', email, outcome));
        // The next one would wait for the same server.
        if (outcome.kind === 'down') break;
      }
    } finally {
      mailer?.close();
    }
    return results;
  }

  function countTrial(enterpriseId: string): Promise<void> {
    const states = store.collection<NoticeStateRow>(NOTICE_STATES);
    return inTransaction(deps, async (session) => {
      const state = await states.findOne({ _id: enterpriseId }, { session });
      const recent = (state?.testedAt ?? []).filter((at) => clock.nowMs() - at.getTime() < HOUR_MS);
      if (recent.length >= TRIALS_MOST) {
        const text = `Notices were tried out ${TRIALS_MOST} times within an hour: wait, then try again.`;
        throw new AppError('tried_too_often', text, { status: 429 });
      }
      const testedAt = [...recent, clock.now()];
      const set = { $set: { testedAt }, $setOnInsert: { looks: 0 } };
      await states.updateOne({ _id: enterpriseId }, set, { upsert: true, session });
    });
  }
}

function noticeView(row: NoticeMessageRow): NoticeView {
  const { _id: id, kind, phase, words, channel, to, at, state, attempts = 0, sentAt = null, failure = null } = row;
  return { id, kind, phase, subject: words.subject, channel, to, at, state, attempts, sentAt, failure };
}

function tried(channel: Channel, to: string, outcome: Awaited<ReturnType<typeof mailNotice>>): Tried {
  const detail = outcome.kind === 'sent' ? 'sent' : outcome.why;
  return { channel, to, ok: outcome.kind === 'sent', detail };
}
