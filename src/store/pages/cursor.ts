import type { ZodType } from 'zod';
import { AppError } from '../../kernel/app-error.js';

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
