import { parseEmailAddress } from '../email-address.js';
import type { FieldTarget, ProblemCode } from '../types.js';
import { parseCountry } from './country.js';
import { normaliseName } from './name.js';
import { parsePhone } from './phone.js';
import { parseTimeZone } from './time-zone.js';

/** What a source says for one field. */
export type FieldValue =
  /** Not read: proves nothing (law L8). */
  | { readonly state: 'unread' }
  | { readonly state: 'blank' }
  | { readonly state: 'value'; readonly value: string }
  | { readonly state: 'unusable'; readonly raw: string; readonly code: ProblemCode };

/** Countries that decide how a phone number or a Windows time zone is read; ISO alpha-2. */
export interface Whereabouts {
  readonly country: string | null;
  readonly organisationCountry: string | null;
}

/** Reads one field from the raw text of its source. */
export function readFieldValue(
  target: FieldTarget,
  raw: string | null | undefined,
  { country, organisationCountry }: Whereabouts,
): FieldValue {
  if (raw === undefined) return { state: 'unread' };
  if (raw === null || raw.trim() === '') return { state: 'blank' };
  switch (target) {
    case 'firstName':
    case 'lastName': {
      const value = normaliseName(raw);
      return value === '' ? { state: 'blank' } : { state: 'value', value };
    }
    case 'email':
      return valueOr(parseEmailAddress(raw)?.address ?? null, { raw, code: 'email_invalid' });
    case 'mobilePhone':
      return valueOr(parsePhone(raw, [country, organisationCountry]), { raw, code: 'phone_unparseable' });
    case 'country':
      return valueOr(parseCountry(raw), { raw, code: 'country_unknown' });
    case 'timeZone':
      return valueOr(parseTimeZone(raw, country), { raw, code: 'timezone_unknown' });
  }
}

function valueOr(value: string | null, { raw, code }: { raw: string; code: ProblemCode }): FieldValue {
  return value === null ? { state: 'unusable', raw, code } : { state: 'value', value };
}
