import { AppError } from '../../../kernel/app-error.js';
import { normaliseGuid } from '../../../kernel/guid.js';
import type { Cli } from '../../frame/cli.js';

/** How the ledger names a person that was given as id, object id or e-mail. */
export async function ledgerPersonOf(
  cli: Cli,
  { enterpriseId, person }: { enterpriseId: string; person: string },
): Promise<{ userId: string } | { objectId: string }> {
  const { people } = await cli.services();
  const user = await people.findOrNull(enterpriseId, person);
  if (user) return { userId: user._id };
  const objectId = normaliseGuid(person);
  if (objectId !== null) return { objectId };
  const text = `Nobody in this enterprise has the id or e-mail address "${person}". See "ghs people list".`;
  throw new AppError('person_not_found', text, { status: 404, field: 'person' });
}
