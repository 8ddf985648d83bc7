import type { NoticeRow, Words } from '../types.js';
import type { Condition, Detail } from './conditions.js';

/** About whom it is said, and where the pages are. */
export interface Saying {
  readonly enterpriseId: string;
  /** As somebody named it. */
  readonly enterprise: string;
  readonly publicUrl: string;
}

type Kind = Condition['kind'];

interface Text {
  readonly subject: string;
  readonly lines: readonly string[];
}

const TEXTS: Readonly<Record<Kind, (detail: Detail) => Text>> = {
  sync_failing: syncFailing,
  consent_lost: ({ message, code }) => ({
    subject: 'Microsoft Entra ID does not let GetHomeSafe in any more',
    lines: [
      message ?? '',
      `Code: ${code}.`,
      'Changes wait until this is mended; nothing is lost and nothing is taken away. GetHomeSafe tries again by itself, every 5 minutes at last.',
    ],
  }),
  secret_ending: secretEnding,
  changes_held: ({ count = 0 }) => ({
    subject: `${count} ${count === 1 ? 'change waits' : 'changes wait'} for your approval`,
    lines: [
      'More would have been taken away at once than the limit allows: archived people, teams, changed addresses, emptied fields or activities.',
      'Put the directory right, and they go by themselves; or approve them where they are meant. What nobody decides within 7 days counts as refused.',
    ],
  }),
  calendars_stale: ({ count = 0 }) => ({
    subject: `${count} ${count === 1 ? 'calendar' : 'calendars'} could not be verified`,
    lines: [
      'What is planned there may be old: a supervisor should know. The page says of each calendar why it cannot be read.',
    ],
  }),
};

function syncFailing({ code, message, count = 0 }: Detail): Text {
  if (code === undefined) {
    return {
      subject: 'The last syncs ended with errors',
      lines: [
        `${count} people or calendars could not be brought in step by the last one. The run lists each with what to do.`,
      ],
    };
  }
  const lines = [message ?? '', `Code: ${code}.`, 'Nothing was taken away. Sync Now tries again at once.'];
  return { subject: 'The sync failed', lines };
}

function secretEnding({ of = '', days = 0 }: Detail): Text {
  const left = days === 1 ? '1 day' : `${days} days`;
  return {
    subject: days === 0 ? `The ${of} ends today or has ended` : `The ${of} ends in ${left}`,
    lines: [
      'It is what GetHomeSafe proves itself to Microsoft with, or opens notifications with. Without it no tenant can be worked on.',
      'Make a new one, set it, restart all processes, and take the old one out: see "Secrets" in docs/operations.md.',
    ],
  };
}

const OVER: Readonly<Record<Kind, string>> = {
  sync_failing: 'The sync succeeds again',
  consent_lost: 'Microsoft Entra ID lets GetHomeSafe in again',
  secret_ending: 'The new secret or certificate is in use',
  changes_held: 'No changes wait for approval any more',
  calendars_stale: 'All calendars are verified again',
};

/** Below the pages of the integration. */
const PAGES: Readonly<Record<Kind | 'problems_digest', string>> = {
  sync_failing: '/history',
  consent_lost: '',
  secret_ending: '/doctor',
  changes_held: '/held',
  calendars_stale: '/calendar-activities',
  problems_digest: '/problems',
};

/** What is said when a trouble begins or has come further. */
export function wordsOf({ kind, detail }: Condition, saying: Saying): Words {
  const { subject, lines } = TEXTS[kind](detail);
  const page = kind === 'sync_failing' && detail.runId !== undefined ? `/history/${detail.runId}` : PAGES[kind];
  return worded({ subject, lines }, { ...saying, page: kind === 'secret_ending' ? null : page });
}

/** What is said when it is over. */
export function resolvedWords({ kind, subject, beganAt }: NoticeRow, saying: Saying): Words {
  if (kind === 'problems_digest') throw new Error('A digest has no end.');
  const lines = [`It is over: ${subject}`, `It began at ${beganAt.toISOString()}.`];
  return worded({ subject: OVER[kind], lines }, { ...saying, page: kind === 'secret_ending' ? null : PAGES[kind] });
}

/** With the name of the enterprise in front, tidied: control characters must steer neither a header nor a terminal. */
export function worded({ subject, lines }: Text, saying: Saying & { readonly page: string | null }): Words {
  const { enterprise, enterpriseId, publicUrl, page } = saying;
  const pages = `${publicUrl}/enterprises/${encodeURIComponent(enterpriseId)}/integrations/entra`;
  return {
    subject: tidy(`${enterprise}: ${subject}`, SUBJECT_MOST),
    lines: lines.map((line) => tidy(line, LINE_MOST)).filter((line) => line !== ''),
    link: page === null ? null : `${pages}${page}`,
  };
}

/** Longest subject and line, in characters. */
const SUBJECT_MOST = 150;
const LINE_MOST = 1_000;

export function tidy(text: string, most: number): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, most);
}
