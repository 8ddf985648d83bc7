import { z } from 'zod';
import { FIELD_SOURCES, FIELD_TARGETS, type FieldMappings, type FieldSource, type FieldTarget } from '../types.js';
import { FIELD_LABELS } from './field-labels.js';

/** Sources that say a time zone and nothing else; of a name or a number they would make nonsense. */
const ONLY_TIME_ZONES: ReadonlySet<FieldSource> = new Set(['mailboxSettings.timeZone', 'organisation.timeZone']);

/** What may feed a field, in the order of the closed list. */
export function sourcesFor(target: FieldTarget): readonly FieldSource[] {
  return target === 'timeZone' ? FIELD_SOURCES : FIELD_SOURCES.filter((source) => !ONLY_TIME_ZONES.has(source));
}

/** An attribute of one field. Lists of Graph may be named with the entry that is taken of them, as `otherMails[0]`. */
function sourceOf(target: FieldTarget) {
  const offered = `give one of ${sourcesFor(target).join(', ')}`;
  const error = ({ input }: { readonly input?: unknown }) =>
    target === 'email' && input === null
      ? 'is mandatory: Email Address identifies the user and cannot be left unmapped'
      : `is no attribute on offer: ${offered}`;
  return z
    .string({ error })
    .transform((name) => name.replace(/\[0\]$/, ''))
    .pipe(z.enum(FIELD_SOURCES, { error }))
    .refine((source) => sourcesFor(target).includes(source), {
      error: `says a time zone and cannot feed ${FIELD_LABELS[target]}: ${offered}`,
    });
}

/** The source where it is given, null for "Not mapped", which Email Address has not (S24). */
const targets = {
  firstName: sourceOf('firstName').nullable(),
  lastName: sourceOf('lastName').nullable(),
  email: sourceOf('email'),
  mobilePhone: sourceOf('mobilePhone').nullable(),
  country: sourceOf('country').nullable(),
  timeZone: sourceOf('timeZone').nullable(),
} satisfies Record<FieldTarget, z.ZodType>;

/** Field mappings as somebody may give them: some of the six fields, each with an attribute on offer that fits it. */
export const fieldMappingsPatch = z.strictObject(targets).partial();

export type FieldMappingsPatch = z.output<typeof fieldMappingsPatch>;

/** Mappings with others laid over; what is left out stays. */
export function withMappings(mappings: FieldMappings, patch: FieldMappingsPatch): FieldMappings {
  const changed = FIELD_TARGETS.filter((target) => patch[target] !== undefined);
  return { ...mappings, ...Object.fromEntries(changed.map((target) => [target, patch[target]])) };
}
