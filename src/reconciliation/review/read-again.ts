import type { Changes } from '../../changes/create-changes.js';
import { manualNote } from '../../changes/merge-notes.js';
import { AppError } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { chunksOf } from '../../kernel/lists.js';
import type { People as Mirror } from '../../mirror/people-store.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { By, PersonRef } from '../../records/people.js';
import type { ProblemFilter, Problems } from '../../records/problems/problems.js';
import { PROBLEMS, type ProblemRow, type UserRow } from '../../records/types.js';
import { writeAudit } from '../../store/audit-log.js';
import type { Store } from '../../store/connect.js';
import { inTransaction } from '../../store/in-transaction.js';
import { requireReading } from '../may-run.js';

/** Some problems by id, or all of a kind. */
export type ProblemsWanted = { readonly ids: readonly string[] } | { readonly filter: ProblemFilter };

/**
 * Has people read from Entra and put in step soon, because somebody asks for it. Where nothing is read now, both are
 * refused as Sync Now is: a note that waits for the end of a pause would be told as done.
 */
export interface ReadAgain {
  /** One person; somebody whom nobody knows yet by the object id. */
  person(ref: PersonRef, by: By): Promise<{ id: string | null; objectId: string; noted: true }>;
  /** Everybody with one of these problems; answers how many people. */
  problems(enterpriseId: string, wanted: ProblemsWanted, by: By): Promise<number>;
}

export interface ReadAgainDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly changes: Pick<Changes, 'note'>;
  readonly mirror: { readonly people: Pick<Mirror, 'enter'> };
  readonly people: Pick<FindPeople, 'findOrNull'>;
  readonly problems: Pick<Problems, 'people'>;
}

/** People noted in one write. */
const A_WRITE = 1_000;

export function createReadAgain(deps: ReadAgainDeps): ReadAgain {
  const { store, changes, mirror, people } = deps;

  return {
    person: async ({ enterpriseId, person }, by) => {
      const { tenantId } = await requireReading(store, enterpriseId);
      const user = await people.findOrNull(enterpriseId, person);
      const objectId = objectIdOf(user, person);
      const id = user?._id ?? null;
      await audit(enterpriseId, by, { what: 'person.read_again', before: { userId: id } });
      // The entry comes before the note, so that the person is in scope when read (law L10).
      await mirror.people.enter(tenantId, [objectId]);
      await changes.note([manualNote({ tenantId, objectId })]);
      return { id, objectId, noted: true };
    },
    problems: async (enterpriseId, wanted, by) => {
      const { tenantId } = await requireReading(store, enterpriseId);
      const objectIds = 'ids' in wanted ? await peopleOf(enterpriseId, wanted.ids) : await all(enterpriseId, wanted);
      await audit(enterpriseId, by, { what: 'problem.retried', before: { people: objectIds.length } });
      for (const some of chunksOf(objectIds, A_WRITE))
        await changes.note(some.map((objectId) => manualNote({ tenantId, objectId })));
      return objectIds.length;
    },
  };

  function all(enterpriseId: string, { filter }: { filter: ProblemFilter }): Promise<string[]> {
    return deps.problems.people(enterpriseId, { ...filter, all: true });
  }

  /** Those that have ended meanwhile need no other try. */
  function peopleOf(enterpriseId: string, ids: readonly string[]): Promise<string[]> {
    const rows = store.collection<ProblemRow>(PROBLEMS);
    return rows.distinct('objectId', { _id: { $in: [...ids] }, enterpriseId });
  }

  function audit(enterpriseId: string, by: By, { what, before }: { what: string; before: object }): Promise<void> {
    const entry = { enterpriseId, who: by.who, what, before, after: { reason: by.reason ?? null } };
    return inTransaction(deps, (session) => writeAudit(deps, session, entry));
  }
}

function objectIdOf(user: UserRow | null, person: string): string {
  const objectId = user ? user.entra?.objectId : normaliseGuid(person);
  if (objectId) return objectId;
  const text = user
    ? `The person ${user._id} was added by hand and is not linked to anybody in Entra.`
    : `Nobody in this enterprise has the id or e-mail address "${person}". For somebody new, give the object id.`;
  throw new AppError(user ? 'person_not_linked' : 'person_not_found', text, { status: 404, field: 'person' });
}
