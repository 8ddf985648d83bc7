import type { Attributes, FieldMappings, FieldSource } from '../types.js';
import { isExternal, isGuest } from './scope.js';

/** The mappings that hold for this account. */
export function effectiveMappings(mappings: FieldMappings, attributes: Attributes): FieldMappings {
  if (mappings.email !== 'userPrincipalName' || !hasMadeUpName(attributes)) return mappings;
  return { ...mappings, email: 'mail' };
}

/** The user principal name of somebody invited is made up by the tenant: only `mail` reaches them (E17). */
function hasMadeUpName(attributes: Attributes): boolean {
  return isGuest(attributes) || isExternal(attributes);
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
