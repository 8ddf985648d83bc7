import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import { COUNTRY_ALIASES } from './country-names.js';
import { memoise } from './memoise.js';

const COUNTRIES_REMEMBERED = 5_000;

const ALPHA_2 = new Set(codes.map(([alpha2 = '']) => alpha2));
const ALPHA_3 = new Map(codes.map(([alpha2 = '', alpha3 = '']) => [alpha3, alpha2]));
const NAMES = namedOnce([...Object.entries(english.countries), ...Object.entries(COUNTRY_ALIASES)]);

/**
 * A country as ISO 3166-1 alpha-2, or null where the text names none or more than one (E38): alpha-2, then alpha-3,
 * then English names and other common ones, whatever their case and accents.
 */
export function parseCountry(raw: string): string | null {
  return read(raw);
}

const read = memoise((raw: string): string | null => {
  const text = raw.trim();
  const code = text.toUpperCase();
  if (ALPHA_2.has(code)) return code;
  return ALPHA_3.get(code) ?? NAMES.get(folded(text)) ?? null;
}, COUNTRIES_REMEMBERED);

function namedOnce(countries: readonly [string, string | readonly string[]][]): Map<string, string> {
  const names = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const [alpha2, spellings] of countries) {
    for (const spelling of typeof spellings === 'string' ? [spellings] : spellings) {
      const name = folded(spelling);
      if ((names.get(name) ?? alpha2) !== alpha2) ambiguous.add(name);
      names.set(name, alpha2);
    }
  }
  for (const name of ambiguous) names.delete(name);
  return names;
}

function folded(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/&/g, ' and ')
      .replace(/[.'’`´]/g, '')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .replace(/\bst\b/g, 'saint')
      // Wherever it stands: ISO writes "Bahamas (the)".
      .replace(/\bthe\b ?/g, '')
      .trim()
  );
}
