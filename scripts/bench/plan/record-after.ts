import type { Fields, Membership, PresentRecord, Projection } from '../../../src/projection/types.js';

/** The record that somebody has once they have been brought in; null where they are not. */
export function recordAfter({ gives, lastSynced }: Projection, id: string): PresentRecord | null {
  const create = gives.find((change) => change.kind === 'create');
  if (create?.kind !== 'create') return null;
  const fields: Fields = create.after;
  const memberships = gives.flatMap((change): Membership[] =>
    change.kind === 'join' ? [{ teamId: change.teamId, mappingIds: change.after, isLeader: false, manual: false }] : [],
  );
  return {
    ...{ id, organisationId: create.organisationId, status: 'active', archivedReason: null },
    ...{ fields, lastSynced, memberships, isAccountAdmin: false, hasOpenActivity: false },
  };
}
