import fc from 'fast-check';
import { type Described, resolved, type Schema } from '../../support/portal/sample-of.js';

/** Texts that have broken services before: nothing, much, markup, operators of the database, odd characters. */
const ODD_TEXTS = [
  '',
  ' ',
  '$ne',
  'a'.repeat(300),
  '<script>',
  '../..',
  '{"$gt":""}',
  '\u202e',
  '\ud800',
  'null',
  '%00',
];

/** Documents that a schema admits; strings of a known name are often an id that there is. */
export function arbitraryOf(
  document: Described,
  of: Schema,
  values: Readonly<Record<string, string>>,
): fc.Arbitrary<unknown> {
  const schema = resolved(document, of);
  const variants = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (variants) return fc.oneof(...variants.map((variant) => arbitraryOf(document, variant, values)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return objectOf(document, schema, values);
    case 'array':
      return schema.items ? fc.array(arbitraryOf(document, schema.items, values), { maxLength: 3 }) : fc.constant([]);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: Math.min(schema.maximum ?? 1_000, 1_000_000) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -10, max: schema.maximum ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      if (schema.format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
      return fc.oneof(
        fc.constantFrom(...ODD_TEXTS),
        fc.string({ maxLength: 40 }),
        fc.constantFrom(...Object.values(values)),
      );
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(document: Described, schema: Schema, values: Readonly<Record<string, string>>) {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, property]): [string, fc.Arbitrary<unknown>] => {
      const any = arbitraryOf(document, property, values);
      return [name, values[name] === undefined ? any : fc.oneof(fc.constant(values[name]), any)];
    },
  );
  return fc.record(Object.fromEntries(properties), { requiredKeys: [...(schema.required ?? [])] });
}
