import { codeInWords, fieldInWords } from '../history/words.js';

export const VERDICT_WORDS = {
  held: 'Held',
  approved: 'Approved',
  refused: 'Refused',
  declined: 'Declined by an undo',
  ignored: 'Ignored',
  kept_apart: 'Kept apart',
} as const;

/** What a decision is about, by its subject. */
export function subjectInWords(subject: string, names: ReadonlyMap<string, string>): string {
  const [kind = '', ...rest] = subject.split(':');
  const of = rest.join(':');
  if (kind === 'field') return fieldInWords(of);
  if (kind === 'team') return `Team ${names.get(of) ?? 'that is gone'}`;
  if (kind === 'problem') return codeInWords(rest[0] ?? '');
  return { create: 'Adding the person', archive: 'Archiving', restore: 'Restoring' }[kind] ?? 'An activity';
}
