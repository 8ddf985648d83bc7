import type { Delivery } from '../records/outbox/outbox-rows.js';

/** What administrators are told of by themselves. */
export const NOTICE_KINDS = [
  'sync_failing',
  'consent_lost',
  'secret_ending',
  'changes_held',
  'calendars_stale',
  'problems_digest',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One trouble of an enterprise from its beginning to its end. */
export interface NoticeRow {
  /** `ENTERPRISE:KIND:EPISODE`: an episode is opened once, however many processes see it. */
  readonly _id: string;
  /** `-`: the installation, whose notices are for operators. */
  readonly enterpriseId: string;
  readonly kind: NoticeKind;
  readonly episode: string;
  readonly beganAt: Date;
  /** In one line, as it was told. */
  readonly subject: string;
  /** How far it has come, where that is told again, such as the days that are left of a secret. */
  readonly step: string;
  /** Present until the trouble is over. */
  readonly open?: true;
  /** Since when nothing of it is seen: it may come back within a moment. */
  readonly clearSince: Date | null;
  readonly endedAt: Date | null;
  /** Whether it was told by itself; not so far where there were too many: a digest may say it before. */
  readonly told: 'alone' | 'with_digest';
}

export type Channel = 'email' | 'webhook';

/** One notice to one recipient. */
export interface NoticeMessageRow extends Delivery {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly kind: NoticeKind;
  readonly phase: Phase;
  readonly channel: Channel;
  /** E-mail address, or origin of the webhook. */
  readonly to: string;
  /** The recipient's record, where it is an account administrator of the directory. */
  readonly userId: string | null;
  readonly words: Words;
  readonly at: Date;
}

/** began: the trouble is new; again: it has come further; resolved: it is over; digest: of a day; trial: by hand. */
export type Phase = 'began' | 'again' | 'resolved' | 'digest' | 'trial';

/** What is said: plain text only, so that nothing of what others named themselves can be markup. */
export interface Words {
  readonly subject: string;
  readonly lines: readonly string[];
  /** The page on which the cause is mended; null: there is none. */
  readonly link: string | null;
}

/** Who is told how, and of what not. */
export interface NoticeSettingsRow {
  readonly _id: string;
  /** Instead of the account administrators; empty: these. */
  readonly emails: readonly string[];
  /** Kinds that are not told. */
  readonly off: readonly NoticeKind[];
  readonly webhook: WebhookRow | null;
  /** Raised by every change. */
  readonly revision: number;
}

export interface WebhookRow {
  readonly url: string;
  /** Names the application secret that the webhook's own is derived from. */
  readonly keyId: string;
  /** Random: another one is another secret. */
  readonly salt: string;
  readonly since: Date;
}

/** What is remembered of an enterprise between two looks. */
export interface NoticeStateRow {
  readonly _id: string;
  /** From then on somebody looks at it; absent: nothing is asked for. */
  readonly lookAt?: Date;
  readonly looks: number;
  /** When something was told by itself, within the last day. */
  readonly toldAt?: readonly Date[];
  /** What was over before it could be told by itself, in one line each: it goes with the next digest. */
  readonly merged?: readonly string[];
  /** How many these were, those included that are not kept. */
  readonly mergedCount?: number;
  /** Up to when problems were told. */
  readonly digestAt?: Date;
  /** The day of the last digest where the enterprise is, YYYY-MM-DD. */
  readonly digestDay?: string;
  /** When somebody tried it out, within the last hour. */
  readonly testedAt?: readonly Date[];
}

export const NOTICES = 'notices';
export const NOTICE_MESSAGES = 'noticeMessages';
export const NOTICE_SETTINGS = 'noticeSettings';
export const NOTICE_STATES = 'noticeStates';

/** Nobody has chosen anything. */
export function unset(enterpriseId: string): NoticeSettingsRow {
  return { _id: enterpriseId, emails: [], off: [], webhook: null, revision: 0 };
}

/** What stands now; what is not seen any more stays open until its end is told. */
export function standingNow(enterpriseId: string) {
  return { enterpriseId, open: true as const, clearSince: null };
}
