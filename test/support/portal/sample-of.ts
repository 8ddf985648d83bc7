/** A JSON schema as the OpenAPI document has it, as far as it is looked at here. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface Described {
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** The schema itself where it is only referred to. */
export function resolved(document: Described, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  const found = name === undefined ? schema : document.components?.schemas?.[name];
  if (found === undefined) throw new Error(`The document has no schema ${name}`);
  return found === schema ? schema : resolved(document, found);
}

/** One document that a schema admits, with every property; strings of a known name have the value given for it. */
export function sampleOf(
  document: Described,
  of: Schema,
  known: { readonly name?: string; readonly values: Readonly<Record<string, string>> },
): unknown {
  const schema = resolved(document, of);
  const { name = '', values } = known;
  const variants = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  const chosen = variants?.find((variant) => resolved(document, variant).type !== 'null');
  if (chosen) return sampleOf(document, chosen, known);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, property]) => [
          key,
          sampleOf(document, property, { name: key, values }),
        ]),
      );
    case 'array':
      return schema.items ? [sampleOf(document, schema.items, { name: name.replace(/s$/, ''), values })] : [];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    case 'string':
      if (schema.format === 'date-time') return '2026-01-01T00:00:00Z';
      return values[name] ?? 'x';
    default:
      return null;
  }
}
