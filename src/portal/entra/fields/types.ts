import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type { fieldMapping, fieldMappings, fieldSample } from '../../../api/routes/set-up/field-schemas.js';

export type FieldMapping = Wire<z.output<typeof fieldMapping>>;
export type FieldMappings = Wire<z.output<typeof fieldMappings>>;
export type FieldSample = Wire<z.output<typeof fieldSample>>;
export type Sampled = FieldSample['fields'][number];
/** Attribute by field; null: not mapped. */
export type Sources = Readonly<Record<FieldMapping['target'], string | null>>;
