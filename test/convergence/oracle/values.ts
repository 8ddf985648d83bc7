/** Values as a directory may hold them, each with what GetHomeSafe has to make of it. Nothing here knows the product. */

export interface Sample {
  /** As it stands in the directory; null: empty. */
  readonly raw: string | null;
  /** As GetHomeSafe shows it; null: blank; undefined: it cannot be read, and what is there stays. */
  readonly shown: string | null | undefined;
}

const same = (text: string): Sample => ({ raw: text, shown: text });
const EMPTY: Sample = { raw: null, shown: null };

/** Field mappings of an enterprise that nobody changed: GetHomeSafe's field to the directory's property. */
export const PROPERTY_OF = {
  firstName: 'givenName',
  lastName: 'surname',
  mobilePhone: 'mobilePhone',
  country: 'country',
} as const;
export type PlainField = keyof typeof PROPERTY_OF;
export const PLAIN_FIELDS = Object.keys(PROPERTY_OF) as readonly PlainField[];

export const SAMPLES: Readonly<Record<PlainField, readonly [Sample, ...Sample[]]>> = {
  firstName: [same('Ana'), same('Māui'), { raw: '  Bo ', shown: 'Bo' }, same("D'Arcy"), EMPTY],
  lastName: [same('Hale'), same('Ngata'), { raw: 'Lee ', shown: 'Lee' }, EMPTY],
  mobilePhone: [
    { raw: '+64 22 518 9900', shown: '+64225189900' },
    { raw: '0064225189901', shown: '+64225189901' },
    { raw: '+61 412 345 678', shown: '+61412345678' },
    { raw: 'x123', shown: undefined },
    EMPTY,
  ],
  country: [
    { raw: 'New Zealand', shown: 'NZ' },
    { raw: 'NZL', shown: 'NZ' },
    { raw: 'UK', shown: 'GB' },
    { raw: 'Korea', shown: undefined },
    EMPTY,
  ],
};

/** Number that people type in GetHomeSafe. */
export const TYPED_PHONES = ['+64225550101', '+64225550102'] as const;

/** What the zone of somebody's mailbox is filed under, beside the directory's properties. */
export const MAILBOX_ZONE = 'mailboxZone';

export function shownOf(field: PlainField, raw: string | null): string | null | undefined {
  const found = SAMPLES[field].find((sample) => sample.raw === raw);
  if (!found) throw new Error(`${field} has no sample ${JSON.stringify(raw)}`);
  return found.shown;
}

/** Addresses are compared so; null: missing or malformed. */
export function addressKey(raw: string | null): string | null {
  const text = (raw ?? '').trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+\.[a-z]+$/.test(text) ? text : null;
}

/** Zone of every mailbox at first: its Windows name, and its IANA name. */
export const ZONE = { raw: 'New Zealand Standard Time', shown: 'Pacific/Auckland' } as const;
/** Zones that mailboxes may have. */
export const ZONES = [
  ZONE,
  { raw: 'AUS Eastern Standard Time', shown: 'Australia/Sydney' },
  { raw: 'Pacific/Fiji', shown: 'Pacific/Fiji' },
  { raw: 'Nowhere Standard Time', shown: undefined },
] as const;
