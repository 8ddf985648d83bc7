import { type ZodType, z } from 'zod';

/** An instant: a `Date` here, RFC 3339 in UTC on the wire. */
export const instant = z.date().meta({ override: { type: 'string', format: 'date-time' } });

/** An instant that a caller gives. */
export const instantText = z.iso
  .datetime({ offset: true, error: 'is no instant: give one such as 2026-09-25T14:30:00Z' })
  .transform((text) => new Date(text));

/** A whole number in a query: digits and nothing else, as the description of the API has it. */
export function wholeNumber(least: number, most: number) {
  const error = `is no whole number from ${least} to ${most}`;
  return z
    .string({ error })
    .regex(/^\d{1,9}$/, error)
    .transform(Number)
    .refine((number) => number >= least && number <= most, error)
    .meta({ override: { type: 'integer', minimum: least, maximum: most } });
}

export const LIST_LIMIT = 100;
const LIST_MOST = 500;

/** Query of every list that is read in pages. */
export const paging = {
  limit: wholeNumber(1, LIST_MOST)
    .optional()
    .meta({ description: `At most so many; ${LIST_LIMIT} where it is left out.` }),
  after: z.string().min(1).max(2_000).optional().meta({ description: '`next` of the page before.' }),
};

/** `true` or `false` in a query. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A page of a list (CONTRACT section 4); `next` goes on where it ended, null at the end. */
export function listOf<T extends ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** A value of a record, a setting or an attribute: whatever JSON can say. */
export const anyValue = z.unknown();

/** Why somebody does something, for the audit log. */
export const reason = z.string().trim().min(1).max(500).nullish().meta({ description: 'Why, for the audit log.' });

/** As it is on the wire: instants are texts. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;
