import type { Attributes, FieldMappings, FieldSource } from '../types.js';
import { isGuest } from './scope.js';

/** The mappings that hold for this account. */
export function effectiveMappings(mappings: FieldMappings, attributes: Attributes): FieldMappings {
  // A guest's user principal name is made up by the inviting tenant; only `mail` reaches them (E17).
  return mappings.email === 'userPrincipalName' && isGuest(attributes) ? { ...mappings, email: 'mail' } : mappings;
}

/**
 * Raw text by source, undefined where it was not read. The organisation's zone is the only source that is not Entra's;
 * it is undefined where the organisation is not known.
 */
export function rawValues(
  { values }: Pick<Attributes, 'values'>,
  organisationZone: string | undefined,
): (source: FieldSource) => string | null | undefined {
  return (source) => (source === 'organisation.timeZone' ? organisationZone : values[source]);
}
