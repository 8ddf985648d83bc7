import type { Fields } from '../../projection/types.js';
import type { UserRow } from '../types.js';

export interface NewPerson {
  readonly enterpriseId: string;
  readonly organisationId: string;
  /** As typed; e-mail is mandatory. */
  readonly fields: Partial<Fields> & { readonly email: string };
  readonly teamIds?: readonly string[];
  readonly isAccountAdmin?: boolean;
  readonly origin?: 'manual' | 'other_integration';
}

/** A person without any field or team yet. */
export function blankUser(person: NewPerson, { id, now }: { id: string; now: Date }): UserRow {
  return {
    _id: id,
    enterpriseId: person.enterpriseId,
    organisationId: person.organisationId,
    status: 'invited',
    archivedReason: null,
    archivedAt: null,
    origin: person.origin ?? 'manual',
    isAccountAdmin: person.isAccountAdmin ?? false,
    email: null,
    formerEmailKey: null,
    firstName: null,
    lastName: null,
    mobilePhone: null,
    country: null,
    timeZone: null,
    memberships: [],
    createdAt: now,
    updatedAt: now,
  };
}

/** What the ledger says of a person who was added by hand: enough to make the record again. */
export function createdFacts(user: UserRow): Partial<UserRow> {
  const { organisationId, origin, isAccountAdmin } = user;
  const { firstName, lastName, email, mobilePhone, country, timeZone } = user;
  return { organisationId, origin, isAccountAdmin, firstName, lastName, email, mobilePhone, country, timeZone };
}
