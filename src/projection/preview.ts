import { z } from 'zod';
import { AppError } from '../kernel/app-error.js';
import { attributesOf } from './attributes.js';
import { DEFAULT_FIELD_MAPPINGS } from './default-field-mappings.js';
import { fieldMappingsPatch, withMappings } from './rules/field-mappings.js';
import { projectFields } from './rules/fields.js';
import { effectiveMappings, rawValues } from './rules/sources.js';
import {
  type Attributes,
  FIELD_TARGETS,
  type FieldMappings,
  type FieldSource,
  type FieldTarget,
  type Problem,
  type ProblemCode,
} from './types.js';
import { parseCountry } from './values/country.js';
import { parseTimeZone } from './values/time-zone.js';

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
  /** IANA time zone, for `organisation.timeZone`. */
  readonly organisationZone?: string | null | undefined;
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

/** What the field mappings make of one person, without any record: the same rules as a sync. */
export function previewFields(input: PreviewInput): { readonly fields: readonly FieldPreview[] } {
  const attributes = attributesOf(parsed(personSchema, input.person, 'person'));
  const wanted = parsed(fieldMappingsPatch, input.mapping ?? {}, 'mapping');
  const mappings = withMappings(DEFAULT_FIELD_MAPPINGS, wanted);
  const organisation = {
    country: countryOf(input.organisationCountry ?? null),
    zone: zoneOf(input.organisationZone ?? null),
  };
  return { fields: previewAttributes(attributes, { mappings, organisation }) };
}

/** The same for what Entra says of a person, by what is read of them. */
export function previewAttributes(attributes: Attributes, about: PreviewRules): FieldPreview[] {
  return explainAttributes(attributes, about).map(({ target, source, raw, value, problem }) => {
    return { target, source, raw, value, problem: problem?.code ?? null };
  });
}

export interface PreviewRules {
  readonly mappings: FieldMappings;
  /** The home organisation, as far as it is known. */
  readonly organisation: { readonly country: string | null; readonly zone: string | undefined };
}

/** One field with its problem in words. */
export interface FieldExplained extends Omit<FieldPreview, 'problem'> {
  /** Whether the source was read at all: what was not never clears anything. */
  readonly isRead: boolean;
  readonly problem: Problem | null;
}

export function explainAttributes(attributes: Attributes, about: PreviewRules): FieldExplained[] {
  const mappings = effectiveMappings(about.mappings, attributes);
  const { country: organisationCountry, zone } = about.organisation;
  const rawOf = rawValues(attributes, zone);
  const hasNoMailbox = attributes.hasNoMailbox ?? false;
  const { after, problems } = projectFields({ rawOf, mappings, record: null, organisationCountry, hasNoMailbox });
  return FIELD_TARGETS.map((target) => {
    const source = mappings[target];
    const read = source === null ? undefined : rawOf(source);
    const problem = problems.find(({ subject }) => subject === target) ?? null;
    const value = source === null ? null : after[target];
    return { target, source, raw: read ?? null, isRead: read !== undefined, value, problem };
  });
}

function countryOf(given: string | null): string | null {
  if (given === null || given.trim() === '') return null;
  const country = parseCountry(given);
  if (country !== null) return country;
  throw new AppError('country_unknown', `"${given}" is no country: give a two-letter code such as NZ.`, {
    field: 'organisationCountry',
  });
}

function zoneOf(given: string | null): string | undefined {
  if (given === null || given.trim() === '') return undefined;
  const zone = parseTimeZone(given, null);
  if (zone !== null) return zone;
  throw new AppError('timezone_unknown', `"${given}" is no time zone: give an IANA name such as Pacific/Auckland.`, {
    field: 'organisationZone',
  });
}

function parsed<T>(schema: z.ZodType<T>, raw: unknown, field: string): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const where = [field, ...(issue?.path ?? []), ...unknown].join('.');
  throw new AppError('invalid_input', `${where} ${issue?.message ?? 'is not usable'}`, { field: where });
}
