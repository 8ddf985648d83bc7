import type { Membership, PlannedChange, PresentRecord, Projection } from '../../../src/projection/types.js';

/** The record once everything that a projection gives and takes is written: what the records folder does, in short. */
export function applyProjection(record: PresentRecord | null, projection: Projection): PresentRecord | null {
  const changes = [...projection.gives, ...projection.takes.map(({ change }) => change)];
  const after = changes.reduce(applyChange, record);
  return after && { ...after, lastSynced: { ...after.lastSynced, ...projection.lastSynced } };
}

function applyChange(record: PresentRecord | null, change: PlannedChange): PresentRecord | null {
  if (change.kind === 'create') {
    return {
      id: 'created',
      organisationId: change.organisationId,
      status: 'invited',
      archivedReason: null,
      fields: change.after,
      lastSynced: {},
      memberships: [],
      isAccountAdmin: false,
      hasOpenActivity: false,
    };
  }
  if (!record) throw new Error(`a ${change.kind} without a record`);
  switch (change.kind) {
    case 'update':
      expect(record.fields[change.field]).toBe(change.before);
      return { ...record, fields: { ...record.fields, [change.field]: change.after } };
    case 'join':
      return { ...record, memberships: joined(record.memberships, change) };
    case 'leave':
      return { ...record, memberships: record.memberships.filter(({ teamId }) => teamId !== change.teamId) };
    case 'archive':
      expect(record.status).not.toBe('archived');
      return { ...archivedAs(record), archivedReason: change.reason };
    case 'restore':
      return { ...record, status: change.after, archivedReason: null };
  }
}

function joined(memberships: readonly Membership[], change: PlannedChange & { kind: 'join' }): Membership[] {
  const present = memberships.find(({ teamId }) => teamId === change.teamId);
  const others = memberships.filter((membership) => membership !== present);
  const { teamId, after: mappingIds } = change;
  return [...others, { isLeader: false, manual: false, ...present, teamId, mappingIds }];
}

function archivedAs(record: PresentRecord): PresentRecord {
  return record.status === 'archived' ? record : { ...record, status: 'archived', statusBeforeArchive: record.status };
}
