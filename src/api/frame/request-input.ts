import type { Request } from 'express';
import { type ZodType, z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import type { Route } from './route.js';

/** What was sent, checked; what is wrong with it in one `AppError` that names the first field (RFC 9457 `field`). */
export function readInput(request: Request, route: Route): { query: unknown; body: unknown } {
  const query = checkedPart(route.query ?? z.strictObject({}), { ...request.query }, 'query');
  if (route.body === null) {
    checkedPart(z.strictObject({}), request.body ?? {}, 'body');
    return { query, body: undefined };
  }
  if (!request.is('application/json')) {
    throw new AppError('unsupported_type', 'Send the body as application/json in UTF-8.', { status: 415 });
  }
  return { query, body: checkedPart(route.body, request.body, 'body') };
}

/** @throws AppError invalid_input */
export function checkedPart<T>(schema: ZodType<T>, input: unknown, part: 'query' | 'body'): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownIn(part, issue.keys);
    return { field: issue.path.join('.'), text: wordsOf(issue) };
  });
  const sentences = lines.map(({ field, text }) => `${field || `The ${part}`} ${text}.`);
  throw new AppError('invalid_input', [...new Set(sentences)].join(' '), { field: lines[0]?.field ?? '' });
}

/** Longest name that is repeated to its sender. */
const NAME_SHOWN = 100;

function unknownIn(part: 'query' | 'body', names: readonly string[]) {
  const field = names.map((name) => name.slice(0, NAME_SHOWN) || '""').join(', ');
  return { field, text: `is unknown in this ${part}` };
}

/** Our own texts begin small ("is missing"); zod's own are sentences of another kind. */
function wordsOf({ message }: { message: string }): string {
  if (message.endsWith('received undefined')) return 'is missing';
  return /^[a-z]/.test(message) ? message : `is wrong (${message})`;
}

/** `If-Match` without its quotes; `*` and nothing are the same: any version will do. */
export function ifMatchOf(request: Request): string | undefined {
  const header = request.get('if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  return /^(?:W\/)?"(.*)"$/.exec(header)?.[1] ?? header;
}
