import { emailKeyOf } from '../../../src/projection/email-address.js';
import type { PlannedChange } from '../../../src/projection/types.js';
import { type ApplyContext, applyChanges, presentRecord } from '../../../src/records/apply-changes.js';
import { archived, restored } from '../../../src/records/people/person-acts.js';
import { endedStates } from '../../../src/records/people/waiters.js';
import type { UserRow } from '../../../src/records/types.js';
import { aUser } from './a-user.js';

const NOW = new Date('2026-03-02T00:00:00Z');
const ids = { enterpriseId: 'e1', tenantId: 't1', objectId: 'ana' };
const context: ApplyContext = { ...ids, now: NOW, lastSynced: {}, newId: () => 'new', emailKeyOf };

const archive = { kind: 'archive', reason: 'sync_disabled', before: 'invited', why: '' } as const;

function bySync(user: UserRow, change: PlannedChange): UserRow {
  return applyChanges(user, [{ change, taking: null, approved: false }], context) ?? user;
}

function backBySync(user: UserRow): UserRow {
  const after = presentRecord(user, { hasOpenActivity: false }).statusBeforeArchive ?? 'active';
  return bySync(user, { kind: 'restore', before: 'archived', after, why: '' });
}

const goings = {
  'the sync': (user: UserRow) => bySync(user, archive),
  somebody: (user: UserRow) => archived(user, NOW).user,
  'the sync, then somebody': (user: UserRow) => archived(bySync(user, archive), NOW).user,
};
const comings = { 'the sync': backBySync, somebody: (user: UserRow) => restored(user, NOW).user };

const ways = (['invited', 'active'] as const).flatMap((status) =>
  Object.entries(goings).flatMap(([by, go]) =>
    Object.entries(comings).map(([backBy, come]) => ({ status, by, backBy, go, come })),
  ),
);

test.each(ways)('E8: $status, archived by $by and taken back by $backBy: $status again', ({ status, go, come }) => {
  const gone = go(aUser({ status }));
  expect(gone).toMatchObject({ status: 'archived', statusBeforeArchive: status, formerEmailKey: 'ana@example.com' });
  const back = come(gone);
  expect(back).toMatchObject({ status, archivedReason: null, emailKey: 'ana@example.com' });
  expect(back).not.toHaveProperty('statusBeforeArchive');
});

test('somebody who was archived before that was remembered comes back as active', () => {
  const gone = aUser({ status: 'archived', archivedReason: 'sync_deleted' });
  expect(backBySync(gone).status).toBe('active');
});

test('E7: a leader who comes back ends the wait of those who could not leave the team', () => {
  const memberships = [{ teamId: 't1', isLeader: true, manual: true, mappingIds: [] }];
  const user = aUser({ memberships });
  const gone = bySync(user, archive);
  expect(endedStates(user, gone)).toEqual(['email:ana@example.com']);
  expect(endedStates(gone, backBySync(gone))).toEqual(['leader:t1']);
  expect(endedStates(null, user)).toEqual([]);
});
