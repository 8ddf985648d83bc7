import type { GraphFailure } from '../graph-failure.js';

/** Codes of a person who has no mailbox that an application can reach (docs/graph-facts.md). */
const CODES: ReadonlySet<string> = new Set([
  'MailboxNotEnabledForRESTAPI',
  'MailboxNotSupportedForRESTAPI',
  'ErrorInvalidUser',
]);

export function hasNoMailbox({ code }: GraphFailure): boolean {
  return CODES.has(code);
}
