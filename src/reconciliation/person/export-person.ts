import type { Document } from 'mongodb';
import type { Clock } from '../../kernel/clock.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { PersonRef } from '../../records/people.js';
import type { Store } from '../../store/connect.js';
import { findPerson, TRACES } from './person-traces.js';

/** Everything that is kept about one person, place by place; what there is one of at the most is no list. */
export interface PersonExport {
  readonly exportedAt: Date;
  readonly enterpriseId: string;
  /** Id of the record; null for people of the directory without one. */
  readonly id: string | null;
  readonly objectId: string | null;
  readonly [place: string]: unknown;
}

const SINGLE: ReadonlySet<string> = new Set(['record', 'mirror']);

export async function exportPerson(
  deps: { store: Store; clock: Clock; people: Pick<FindPeople, 'findOrNull'> },
  ref: PersonRef,
): Promise<PersonExport> {
  const { store, clock } = deps;
  const { ids } = await findPerson(deps, ref);
  const places: Record<string, unknown> = {};
  for (const { name, collection, whose } of [...TRACES].reverse()) {
    const filter = whose(ids);
    const found =
      filter === null ? [] : await store.collection<Document & { _id: string }>(collection).find(filter).toArray();
    places[name] = SINGLE.has(name) ? (found[0] ?? null) : found;
  }
  return { exportedAt: clock.now(), enterpriseId: ids.enterpriseId, id: ids.userId, objectId: ids.objectId, ...places };
}
