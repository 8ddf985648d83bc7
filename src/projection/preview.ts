import { z } from 'zod';
import { AppError } from '../kernel/app-error.js';
import { attributesOf } from './attributes.js';
import { DEFAULT_FIELD_MAPPINGS } from './default-field-mappings.js';
import { projectFields } from './rules/fields.js';
import { isGuest } from './rules/scope.js';
import {
  type Attributes,
  FIELD_SOURCES,
  FIELD_TARGETS,
  type FieldMappings,
  type FieldSource,
  type FieldTarget,
  type ProblemCode,
} from './types.js';
import { parseCountry } from './values/country.js';

/** One field as a person would get it. */
export interface FieldPreview {
  readonly target: FieldTarget;
  /** null: not mapped. */
  readonly source: FieldSource | null;
  /** Text at the source; null where there is none. */
  readonly raw: string | null;
  readonly value: string | null;
  readonly problem: ProblemCode | null;
}

export interface PreviewInput {
  /** A raw Graph user, with `mailboxSettings` where known. */
  readonly person: unknown;
  /** Field → attribute; what is left out is mapped as by default, null is not mapped. */
  readonly mapping?: unknown;
  /** ISO alpha-2 code or name. */
  readonly organisationCountry?: string | null | undefined;
}

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();

const personSchema = z.object({
  accountEnabled: z.boolean().nullish(),
  userType: text,
  userPrincipalName: text,
  givenName: text,
  surname: text,
  displayName: text,
  mail: text,
  otherMails: texts,
  mobilePhone: text,
  businessPhones: texts,
  country: text,
  usageLocation: text,
  onPremisesExtensionAttributes: z.record(z.string(), text).nullish(),
  mailboxSettings: z.object({ timeZone: text, userPurpose: text }).nullish(),
});

/** Lists of Graph may be named with the entry that is taken of them. */
const source = z.preprocess(
  (name) => (typeof name === 'string' ? name.replace(/\[0\]$/, '') : name),
  z.enum(FIELD_SOURCES, { error: `is no attribute on offer: give one of ${FIELD_SOURCES.join(', ')}` }),
);

const mappingSchema = z
  .strictObject({
    firstName: source.nullable(),
    lastName: source.nullable(),
    email: source,
    mobilePhone: source.nullable(),
    country: source.nullable(),
    timeZone: source.nullable(),
  })
  .partial();

/** What the field mappings make of one person, without any record: the same rules as a sync. */
export function previewFields(input: PreviewInput): { readonly fields: readonly FieldPreview[] } {
  const attributes = attributesOf(parsed(personSchema, input.person, 'person'));
  const mappings = readFieldMappings(input.mapping ?? {});
  const organisationCountry = countryOf(input.organisationCountry ?? null);
  return { fields: previewAttributes(attributes, { mappings, organisationCountry }) };
}

/** The same for what the mirror holds of a person. */
export function previewAttributes(
  attributes: Attributes,
  { mappings, organisationCountry }: { mappings: FieldMappings; organisationCountry: string | null },
): FieldPreview[] {
  // As in a sync: the user principal name of a guest is nobody's address (E17).
  const email = mappings.email === 'userPrincipalName' && isGuest(attributes) ? 'mail' : mappings.email;
  const rawOf = (name: FieldSource) => attributes.values[name];
  const used: FieldMappings = { ...mappings, email };
  const { after, problems } = projectFields({ rawOf, mappings: used, record: null, organisationCountry });
  return FIELD_TARGETS.map((target) => {
    const from = used[target];
    const raw = from === null ? null : (rawOf(from) ?? null);
    const problem = problems.find(({ subject }) => subject === target)?.code ?? null;
    return { target, source: from, raw, value: from === null ? null : after[target], problem };
  });
}

/** Field mappings from outside, over the defaults. */
export function readFieldMappings(raw: unknown): FieldMappings {
  const given = parsed(mappingSchema, raw, 'mapping');
  return {
    firstName: given.firstName === undefined ? DEFAULT_FIELD_MAPPINGS.firstName : given.firstName,
    lastName: given.lastName === undefined ? DEFAULT_FIELD_MAPPINGS.lastName : given.lastName,
    email: given.email ?? DEFAULT_FIELD_MAPPINGS.email,
    mobilePhone: given.mobilePhone === undefined ? DEFAULT_FIELD_MAPPINGS.mobilePhone : given.mobilePhone,
    country: given.country === undefined ? DEFAULT_FIELD_MAPPINGS.country : given.country,
    timeZone: given.timeZone === undefined ? DEFAULT_FIELD_MAPPINGS.timeZone : given.timeZone,
  };
}

function countryOf(given: string | null): string | null {
  if (given === null || given.trim() === '') return null;
  const country = parseCountry(given);
  if (country !== null) return country;
  throw new AppError('country_unknown', `"${given}" is no country: give a two-letter code such as NZ.`, {
    field: 'organisationCountry',
  });
}

function parsed<T>(schema: z.ZodType<T>, raw: unknown, field: string): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = [field, ...(issue?.path ?? [])].join('.');
  throw new AppError('invalid_input', `${where} ${issue?.message ?? 'is not usable'}`, { field: where });
}
