import { memoise } from '../values/memoise.js';
import { cleanText } from './event-of.js';
import type { CalendarEvent, CalendarRule } from './types.js';

/** Far more than the phrases of all enterprises of one process. */
const PHRASES_REMEMBERED = 5_000;
/** Scripts that put no spaces between words, in which any place may be the end of one. */
const UNSPACED = `[${['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'].map(scriptClass).join('')}]`;
const OF_A_WORD = `[[\\p{L}\\p{M}\\p{N}_]--${UNSPACED}]`;
const BEGINS_UNSPACED = new RegExp(`^${UNSPACED}`, 'v');
const ENDS_UNSPACED = new RegExp(`${UNSPACED}$`, 'v');

/**
 * Whether an event is one of those that the rule wants. Of a private event neither subject nor categories are kept
 * (E49), so that no category and no keyword ever matches it.
 */
export function isWanted(event: CalendarEvent, rule: CalendarRule): boolean {
  if (rule.online === 'only' && !event.isOnline) return false;
  if (rule.online === 'never' && event.isOnline) return false;
  switch (rule.include) {
    case 'all_busy':
      return true;
    case 'category': {
      const categories = new Set(event.categories.map(folded));
      return rule.values.some((value) => categories.has(folded(value)));
    }
    case 'keyword': {
      const subject = folded(event.subject ?? '');
      return rule.values.some((value) => phrase(folded(value)).test(subject));
    }
  }
}

/** How words are compared: as subjects and categories are kept, without capitals. */
function folded(text: string): string {
  return (cleanText(text) ?? '').toLowerCase();
}

/** The phrase as whole words: "visit" is not in "visitor", but "C++" is in "Learn C++!" and "会議" in "Teams会議". */
const phrase = memoise((text: string): RegExp => {
  if (text === '') return /(?!)/;
  const plain = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const before = BEGINS_UNSPACED.test(text) ? '' : `(?<!${OF_A_WORD})`;
  const after = ENDS_UNSPACED.test(text) ? '' : `(?!${OF_A_WORD})`;
  return new RegExp(`${before}${plain}${after}`, 'v');
}, PHRASES_REMEMBERED);

function scriptClass(script: string): string {
  return `\\p{Script=${script}}`;
}
