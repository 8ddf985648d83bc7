import { AppError } from '../../kernel/app-error.js';
import { parseEmailAddress } from '../../projection/email-address.js';
import type { Fields, FieldTarget } from '../../projection/types.js';
import { parseCountry } from '../../projection/values/country.js';
import { normaliseName } from '../../projection/values/name.js';
import { parsePhone } from '../../projection/values/phone.js';
import { parseTimeZone } from '../../projection/values/time-zone.js';
import type { UserRow } from '../types.js';
import type { OrganisationFacts } from './places.js';

interface Surroundings {
  readonly organisation: Pick<OrganisationFacts, 'country'>;
  /** The person as it is, null for a new one. */
  readonly present: UserRow | null;
}

/**
 * What somebody typed, by the rules by which the sync reads Entra. A value that cannot be read is refused, since
 * there is somebody to ask; an empty one clears the field, but for the mandatory e-mail.
 */
export function typedFields(typed: Partial<Fields>, { organisation, present }: Surroundings): Partial<Fields> {
  const { firstName, lastName, email, mobilePhone, country: typedCountry, timeZone } = typed;
  const country = typedCountry === undefined ? undefined : read(typedCountry, 'country', parseCountry);
  const countryNow = country === undefined ? (present?.country ?? null) : country;
  return {
    ...(firstName === undefined ? {} : { firstName: read(firstName, 'firstName', normaliseName) }),
    ...(lastName === undefined ? {} : { lastName: read(lastName, 'lastName', normaliseName) }),
    ...(email === undefined ? {} : { email: mandatoryEmail(email) }),
    ...(mobilePhone === undefined
      ? {}
      : {
          mobilePhone: read(mobilePhone, 'mobilePhone', (raw) => parsePhone(raw, [countryNow, organisation.country])),
        }),
    ...(country === undefined ? {} : { country }),
    ...(timeZone === undefined
      ? {}
      : { timeZone: read(timeZone, 'timeZone', (raw) => parseTimeZone(raw, countryNow)) }),
  };
}

const REFUSALS: Readonly<Record<FieldTarget, readonly [code: string, message: string]>> = {
  firstName: ['invalid_input', 'This is no name.'],
  lastName: ['invalid_input', 'This is no name.'],
  email: ['email_invalid', 'This is no e-mail address: give one such as ana@example.com.'],
  mobilePhone: [
    'phone_unparseable',
    'This phone number cannot be read: give it with its country code, such as +64225189900, or a country beside it.',
  ],
  country: ['country_unknown', 'This is no country, or more than one: give the two letters of ISO 3166-1, such as NZ.'],
  timeZone: ['timezone_unknown', 'This is no time zone: give an IANA name such as Pacific/Auckland.'],
};

function read(text: string | null, field: FieldTarget, parse: (raw: string) => string | null): string | null {
  if (text === null || text.trim() === '') return null;
  return parse(text) || refuse(field);
}

function mandatoryEmail(text: string | null): string {
  if (text === null || text.trim() === '') {
    const message = 'An e-mail address is mandatory: it identifies the person.';
    throw new AppError('email_missing', message, { field: 'email' });
  }
  return parseEmailAddress(text)?.address ?? refuse('email');
}

function refuse(field: FieldTarget): never {
  const [code, message] = REFUSALS[field];
  throw new AppError(code, message, { field });
}
