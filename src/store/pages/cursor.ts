import { type ZodType, z } from 'zod';
import { AppError } from '../../kernel/app-error.js';

/** The instants that a date can be (ECMAScript, time values), in ms since 1970. */
const TIME_MOST = 8.64e15;

/** An instant in a cursor: what is beyond every date is no place in a list. */
export const cursorInstant = z.number().int().min(-TIME_MOST).max(TIME_MOST);

/** Where a page of a list ended, as a text that its reader hands back. */
export function cursorText(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws AppError invalid_cursor */
export function readCursor<T>(text: string, schema: ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new AppError('invalid_cursor', 'Give the "next" of the page before.', { field: 'after', cause });
  }
}
