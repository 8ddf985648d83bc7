import { AppError } from '../../kernel/app-error.js';
import type { UserRow } from '../types.js';
import type { Act, ActEntry } from './person-acts.js';

const WHY = 'moved to another organisation by hand';

/**
 * Another home organisation (E3, E4). Teams of the former one end with it, whatever gave them: the sync then gives those
 * that the mapped groups justify in the new one. Refused while the person leads a team, which must not lose its leader.
 */
export function moved(user: UserRow, organisationId: string, now: Date): Act {
  if (user.organisationId === organisationId) return { user, entries: [] };
  const led = user.memberships.find(({ isLeader }) => isLeader);
  if (led !== undefined && user.status !== 'archived') {
    const text = `This person leads the team ${led.teamId} of their organisation. Make somebody else its leader first.`;
    throw new AppError('leads_elsewhere', text, { status: 409, field: 'person', command: 'ghs team leader' });
  }
  const entries: ActEntry[] = [
    { kind: 'update', before: { organisationId: user.organisationId }, after: { organisationId }, why: WHY },
    ...user.memberships.map(({ teamId, isLeader, manual, mappingIds }): ActEntry => {
      return { kind: 'leave', teamId, before: { isLeader, manual, mappingIds }, after: null, why: WHY };
    }),
  ];
  return { user: { ...user, organisationId, memberships: [], updatedAt: now }, entries };
}
