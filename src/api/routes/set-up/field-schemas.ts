import { z } from 'zod';
import { FIELD_SOURCES, FIELD_TARGETS } from '../../../projection/types.js';
import { instant } from '../../frame/schemas.js';

const source = z.enum(FIELD_SOURCES);
const target = z.enum(FIELD_TARGETS);

/** One of the six rows of Field Mappings. */
export const fieldMapping = z.object({
  target,
  label: z.string(),
  source: source.nullable().meta({ description: 'null: not mapped.' }),
  inEffect: source
    .nullable()
    .meta({ description: 'What the last sync that began goes by; other than `source` until the next.' }),
  mandatory: z.boolean(),
  offered: z.array(z.object({ source, label: z.string() })),
});

/** Field Mappings: exactly six rows (S23). */
export const fieldMappings = z
  .object({ items: z.array(fieldMapping), revision: z.number().int() })
  .meta({ id: 'FieldMappings' });

/** Some of the fields; the rules of the settings themselves decide what is right. */
export const fieldMappingsPatch = z
  .strictObject(Object.fromEntries(FIELD_TARGETS.map((name) => [name, z.string().nullable()])) as FieldTexts)
  .partial()
  .meta({
    id: 'FieldMappingsPatch',
    description: 'Field to attribute; null is not mapped, which Email Address cannot be.',
  });

type FieldTexts = Record<(typeof FIELD_TARGETS)[number], z.ZodNullable<z.ZodString>>;

export const samplePatch = z.strictObject({
  person: z.string().trim().min(1).max(320).meta({ description: 'Id, object id or e-mail address.' }),
  mapping: fieldMappingsPatch.optional().meta({ description: 'To be tried instead of what is saved.' }),
});

/** What the mappings make of one person as Entra has them now. */
export const fieldSample = z
  .object({
    objectId: z.string(),
    id: z.string().nullable(),
    name: z.string().nullable(),
    readAt: instant,
    fields: z.array(
      z.object({
        target,
        source: source.nullable(),
        raw: z.string().nullable(),
        isRead: z.boolean().meta({ description: 'False: Entra did not tell; such a field is left as it is.' }),
        value: z.string().nullable(),
        problem: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'FieldSample' });
