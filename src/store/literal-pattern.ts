/**
 * A text as a regular expression that finds just this text, for `$regex`. MongoDB refuses a pattern with a NUL in it, so
 * that one is written as its escape.
 */
export function literalPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\0', '\\x00');
}
