/** Tabs, line ends and the like part words; they become one space. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
/** Other control characters, and marks that turn the direction of text: invisible, and able to disguise a name. */
const INVISIBLE = /[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * A name as it is kept (E42): NFC, without control characters and surrounding space, of any length; empty where
 * nothing is left. Accents, macrons, apostrophes and emoji stay.
 */
export function normaliseName(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  return raw.normalize('NFC').replace(BREAKS, ' ').replace(INVISIBLE, '').trim();
}
