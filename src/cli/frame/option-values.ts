import { DateTime } from 'luxon';
import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import { normaliseGuid } from '../../kernel/guid.js';

/** Texts of the command line as values; each says in words what it wants. */
export const toggle = z.enum(['on', 'off'], { error: 'is neither on nor off' }).transform((text) => text === 'on');

export function wholeNumber(least: number, most: number) {
  const error = `is no whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^-?\d+$/, error)
    .transform(Number)
    .pipe(z.number().min(least, error).max(most, error));
}

/** A GUID in its canonical form, however it was copied. */
export const guid = z.string().transform((text, context) => {
  const found = normaliseGuid(text);
  if (found !== null) return found;
  context.addIssue({ code: 'custom', message: 'is no GUID such as 12345678-90ab-cdef-1234-567890abcdef' });
  return z.NEVER;
});

/** An instant in ISO 8601 with its offset, such as 2026-09-25T14:30:00Z. */
export const instant = z.string().transform((text, context) => {
  const parsed = DateTime.fromISO(text, { setZone: true });
  if (parsed.isValid && /T.*(?:z|[+-]\d{2}(?::?\d{2})?)$/i.test(text)) return parsed.toJSDate();
  context.addIssue({ code: 'custom', message: 'is no instant: give one such as 2026-09-25T14:30:00Z' });
  return z.NEVER;
});

/** How many items a list shows; all unless given. */
export const limit = wholeNumber(1, 1_000_000);

/** What a list takes that is read in pages; `most`: how many items a page has unless told. */
export function inPages(most: number) {
  const options = [
    ['--limit <n>', `at most so many (default: ${most})`],
    ['--after <cursor>', 'go on where the list before ended'],
  ] as const;
  return { options, schema: { limit: limit.default(most), after: z.string().optional() } };
}

/** What every list of an enterprise takes. */
export const ofEnterprise = { enterprise: z.string().optional() };

/** A JSON object on the command line. */
export function jsonObject() {
  return z.string().transform((text, context) => {
    const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'is no JSON object' });
    return z.NEVER;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** A duration such as 30m, 12h or 7d, in ms. */
export const durationMs = z.string().transform((text, context) => {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  if (count !== undefined) return Number(count) * (UNIT_MS[unit] ?? 0);
  context.addIssue({ code: 'custom', message: 'is no duration: give one such as 30m, 12h or 7d' });
  return z.NEVER;
});
