import { IANAZone } from 'luxon';
import { type ZodType, z } from 'zod';
import { AppError } from '../kernel/app-error.js';
import { parseCountry } from '../projection/values/country.js';

/** Longest name of an enterprise, organisation or team, in characters. */
export const NAME_MAX_LENGTH = 100;

/** Longest reason or label that somebody types, in characters. */
const NOTE_MAX_LENGTH = 500;

/** How text with spaces or capitals around it is kept: NFC, single spaces, no control characters. */
function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
}

export const nameSchema = z
  .string({ error: 'is missing' })
  .transform(tidy)
  .refine((name) => name !== '', 'is empty: give a name')
  .refine((name) => name.length <= NAME_MAX_LENGTH, `is too long: at most ${NAME_MAX_LENGTH} characters`);

export const noteSchema = z
  .string({ error: 'is missing' })
  .transform(tidy)
  .refine((note) => note !== '', 'is empty: say why')
  .refine((note) => note.length <= NOTE_MAX_LENGTH, `is too long: at most ${NOTE_MAX_LENGTH} characters`);

const zones = new Map<string, string>();

/** An IANA time zone in its usual spelling, or null where there is no such zone. */
export function zoneNamed(text: string): string | null {
  if (zones.size === 0) for (const zone of Intl.supportedValuesOf('timeZone')) zones.set(zone.toLowerCase(), zone);
  const name = text.trim();
  const known = zones.get(name.toLowerCase());
  if (known !== undefined) return known;
  // Aliases such as Europe/Kyiv or UTC are not listed. An offset such as +13:00 knows no summer time: no zone.
  return /^[a-z][a-z0-9_+/-]*$/i.test(name) && IANAZone.isValidZone(name) ? name : null;
}

export const zoneSchema = z.string({ error: 'is missing' }).transform((text, context) => {
  const zone = zoneNamed(text);
  if (zone !== null) return zone;
  context.addIssue({ code: 'custom', message: 'is no time zone: give an IANA name such as Pacific/Auckland' });
  return z.NEVER;
});

export const countrySchema = z.string().transform((text, context) => {
  const country = text.trim().toUpperCase();
  if (country.length === 2 && parseCountry(country) === country) return country;
  context.addIssue({ code: 'custom', message: 'is no country: give the two letters of ISO 3166-1, such as NZ' });
  return z.NEVER;
});

/** How names are compared: two that differ in capitals only are the same. */
export function nameKeyOf(name: string): string {
  return name.toLowerCase();
}

/** What was given, checked; all that is wrong in one `AppError` of code `invalid_input`, which names the first field. */
export function checked<T>(schema: ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : [];
    const field = [...issue.path, ...unknown].join('.');
    return { field, text: issue.code === 'unrecognized_keys' ? 'is no setting' : issue.message };
  });
  // One number can be wrong in two ways that are said alike.
  const sentences = new Set(lines.map((line) => `${line.field} ${line.text}.`.trimStart()));
  throw new AppError('invalid_input', [...sentences].join(' '), { field: lines[0]?.field ?? '' });
}
