import { project } from '../../../src/projection/project.js';
import type { ProjectionInput } from '../../../src/projection/types.js';
import { waitsFor } from '../../../src/sync/plan/waits-for.js';
import { aMembership, anInput, aRecord, present } from '../projection/a-projection-input.js';

const disabled = present({}, { accountEnabled: false });
const leading = ['t2', 't1'].map((teamId) => aMembership({ teamId, isLeader: true, manual: true }));
const teams = new Map(['t1', 't2'].map((id) => [id, { id, organisationId: 'org-a', leaderCount: 2 }]));

function states(input: Partial<ProjectionInput>, email: string | null = null): string[] {
  const { problems } = project(anInput({ reading: disabled, ...input }));
  return waitsFor({ _id: 'u1' }, { problems, email, approval: null });
}

test('E10: who may not be archived because of an open activity waits for its end', () => {
  expect(states({ record: aRecord({ hasOpenActivity: true }) })).toEqual(['activity:u1']);
});

test('E7: who may not be archived because teams need them waits for a leader in each', () => {
  expect(states({ record: aRecord({ memberships: leading }), teams })).toEqual(['leader:t1', 'leader:t2']);
});

test('E24: who is refused an address waits for it, beside whatever else', () => {
  expect(states({ record: aRecord({ hasOpenActivity: true }) }, 'x@y.test')).toEqual(['activity:u1', 'email:x@y.test']);
});

test('who is in step waits for nothing, and a newcomer for nobody’s activity', () => {
  expect(states({ reading: present() })).toEqual([]);
  const { problems } = project(anInput({ reading: disabled, record: aRecord({ hasOpenActivity: true }) }));
  expect(waitsFor(null, { problems, email: null, approval: null })).toEqual([]);
});

test('E11: who is held waits for approval, as everybody else of the tenant who is held does', () => {
  expect(waitsFor(null, { problems: [], email: null, approval: 'tenant' })).toEqual(['approval:tenant']);
});
