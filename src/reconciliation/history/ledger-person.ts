import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import type { People, PersonRef } from '../../records/people.js';
import type { LedgerPerson } from './history.js';

type Finding = Pick<People, 'findOrNull'>;

/** How the ledger names a person that was given as id, object id or e-mail. @throws AppError person_not_found */
export async function ledgerPersonOf(people: Finding, { enterpriseId, person }: PersonRef): Promise<LedgerPerson> {
  const user = await people.findOrNull(enterpriseId, person);
  if (user) return { userId: user._id };
  const objectId = normaliseGuid(person);
  if (objectId !== null) return { objectId };
  const text = `Nobody in this enterprise has the id or e-mail address "${person}".`;
  throw new AppError('person_not_found', text, { status: 404, field: 'person' });
}

/** The id by which runs know somebody; what nobody here is called goes as it is, and finds nothing. */
export async function runPersonOf(people: Finding, { enterpriseId, person }: PersonRef): Promise<string> {
  const user = await people.findOrNull(enterpriseId, person);
  return user ? (user.entra?.objectId ?? user._id) : person.toLowerCase();
}
