import { PEOPLE, type PersonRow, rowId } from '../../mirror/types.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { RUN_ITEMS, type RunItemRow } from '../types.js';

export interface Labels {
  /** The items with the name of each person, by object id or id of the record; nothing of it is kept with the history. */
  add<T extends { readonly person: string }>(
    tenant: { readonly enterpriseId: string; readonly tenantId: string },
    items: readonly T[],
  ): Promise<(T & { readonly label: string | null })[]>;
  /** The items of a plan with the names of newcomers, whom nothing but the plan knows. */
  addNewcomers<T extends { readonly person: string; readonly label: string | null }>(
    plan: { readonly _id: string },
    items: readonly T[],
  ): Promise<T[]>;
}

/** Names of people for lists: from their record, else from what Entra said of them. */
export function createLabels({ store }: { store: Store }): Labels {
  return {
    add: async ({ enterpriseId, tenantId }, items) => {
      const ids = [...new Set(items.map(({ person }) => person))];
      const labels = new Map<string, string>();
      if (ids.length === 0) return [];
      const rows = await store
        .collection<PersonRow>(PEOPLE)
        .find({ _id: { $in: ids.map((id) => rowId(tenantId, id)) } })
        .project<Pick<PersonRow, 'objectId' | 'attributes'>>({ objectId: 1, attributes: 1 })
        .toArray();
      for (const row of rows) keep(row.objectId, nameInEntra(row));
      const ofDirectory = { 'entra.tenantId': tenantId, 'entra.objectId': { $in: ids } };
      const users = await store
        .collection<UserRow>(USERS)
        .find({ enterpriseId, $or: [ofDirectory, { _id: { $in: ids } }] })
        .toArray();
      for (const user of users) for (const id of [user._id, user.entra?.objectId ?? '']) keep(id, nameOf(user));
      return items.map((item) => ({ ...item, label: labels.get(item.person) ?? null }));

      function keep(objectId: string, name: string | null): void {
        if (name !== null) labels.set(objectId, name);
      }
    },
    addNewcomers: async ({ _id: runId }, items) => {
      const unknown = [...new Set(items.flatMap(({ person, label }) => (label === null ? [person] : [])))];
      if (unknown.length === 0) return [...items];
      const planned = await store
        .collection<RunItemRow>(RUN_ITEMS)
        .find({ runId, person: { $in: unknown }, label: { $exists: true } })
        .project<Pick<RunItemRow, 'person' | 'label'>>({ person: 1, label: 1 })
        .toArray();
      const names = new Map(planned.map(({ person, label }) => [person, label]));
      return items.map((item) => ({ ...item, label: item.label ?? names.get(item.person) ?? null }));
    },
  };
}

/** Where there is no name, the address stands for it (E42). */
function nameOf({ firstName, lastName, email }: UserRow): string | null {
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return name === '' ? email : name;
}

/** What Entra calls a person. */
export function nameInEntra({ attributes }: Pick<PersonRow, 'attributes'>): string | null {
  return attributes?.values.displayName ?? attributes?.userPrincipalName ?? null;
}
