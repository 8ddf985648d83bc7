import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { memoise } from './memoise.js';

/** Digits of an international number with its country code (ITU-T E.164 allows 15; E36 asks for at least 8). */
const DIGITS_LEAST = 8;
const DIGITS_MOST = 15;
/** Digits from which a number without "+" may be read with the country code of a country that nobody named. */
const BARE_DIGITS_LEAST = 10;
const PHONES_REMEMBERED = 20_000;

/** Marks that address books put around numbers and nobody sees. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;
const BARE = /^[1-9][\d\s().-]*$/;

/**
 * A phone number in E.164, without its extension, or null where it cannot be read for certain (E36).
 *
 * @param countries ISO alpha-2 codes in whose national form the number may be written, the likeliest first.
 * Without any of them only numbers that carry their country code are read.
 */
export function parsePhone(raw: string, countries: readonly (string | null)[]): string | null {
  const known = countries.filter((country) => country !== null);
  return read(`${[...new Set(known)].join()}|${raw}`);
}

const read = memoise((question: string): string | null => {
  const bar = question.indexOf('|');
  const countries = question
    .slice(0, bar)
    .split(',')
    .filter((code) => isSupportedCountry(code));
  const text = question
    .slice(bar + 1)
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .trim()
    .replace(/^tel:\s*/i, '');
  if (text.startsWith('+')) return valid(text);
  return firstOf([
    () => (text.startsWith('00') ? valid(`+${text.slice(2)}`) : null),
    ...countries.map((country) => () => valid(text, country)),
    () => bare(text),
  ]);
}, PHONES_REMEMBERED);

/** Digits that begin with a country code, as in GetHomeSafe's own upload template ("64225189900"). */
function bare(text: string): string | null {
  if (!BARE.test(text) || text.replace(/\D/g, '').length < BARE_DIGITS_LEAST) return null;
  return valid(`+${text}`);
}

function valid(text: string, country?: CountryCode): string | null {
  const options = country === undefined ? { extract: false } : { extract: false, defaultCountry: country };
  const phone = parsePhoneNumberFromString(text, options);
  if (!phone?.isValid()) return null;
  const digits = phone.number.length - 1;
  return digits >= DIGITS_LEAST && digits <= DIGITS_MOST ? phone.number : null;
}

function firstOf(attempts: readonly (() => string | null)[]): string | null {
  for (const attempt of attempts) {
    const phone = attempt();
    if (phone !== null) return phone;
  }
  return null;
}
