import { changesNothing, countPlan, decline, planItems, withhold } from '../../../src/projection/plan.js';
import { project } from '../../../src/projection/project.js';
import { anInput, aRecord, present, someRules } from './a-projection-input.js';

const created = project(anInput({ objectId: 'new', record: null, reading: present({ surname: null }) }));
const changed = project(
  anInput({ reading: present({ givenName: 'Annie', surname: 'Ngata', mobilePhone: null }, { groupIds: ['group-2'] }) }),
);
const unchanged = project(anInput());
const failed = project(anInput({ record: null, reading: present({ mail: null }) }));
const archiving = project(
  anInput({ rules: someRules({ onLeaveAllGroups: 'archive' }), reading: present({}, { groupIds: [] }) }),
);
const restored = project(anInput({ record: aRecord({ status: 'archived', archivedReason: 'sync_deleted' }) }));

test('a dry run lists every change with before, after and why, and every problem', () => {
  const items = planItems(changed).map(({ why, ...item }) => item);
  expect(items).toEqual([
    { person: 'anna', kind: 'update', field: 'firstName', before: 'Anna', after: 'Annie' },
    { person: 'anna', kind: 'update', field: 'lastName', before: 'Aroha', after: 'Ngata' },
    { person: 'anna', kind: 'join', team: 'team-2', before: [], after: ['2'] },
    { person: 'anna', kind: 'update', field: 'mobilePhone', before: '+64225189900', after: null },
    { person: 'anna', kind: 'leave', team: 'team-1', before: ['1'], after: null },
    {
      ...{ person: 'anna', kind: 'problem', field: 'mobilePhone', severity: 'warning' },
      ...{ before: null, after: 'field_blank' },
    },
  ]);
  expect(planItems(changed).every(({ why }) => why.length > 20)).toBe(true);
  expect(planItems(created)[0]).toMatchObject({
    person: 'new',
    kind: 'create',
    before: null,
    after: { firstName: 'Anna' },
  });
  expect(planItems(archiving).at(-1)).toMatchObject({ kind: 'archive', before: 'active', after: 'archived' });
  expect(planItems(restored)[0]).toMatchObject({ kind: 'restore', before: 'archived', after: 'active' });
});

test('counts are people, memberships and problems', () => {
  expect(countPlan([created, changed, unchanged, failed, archiving, restored])).toEqual({
    seen: 6,
    created: 1,
    updated: 1,
    unchanged: 1,
    archived: 1,
    restored: 1,
    teamAdded: 2,
    teamRemoved: 2,
    failed: 1,
    warnings: 2,
  });
});

test('a withheld clear is not remembered as given, so that it is planned again', () => {
  const withheld = withhold(changed, ({ taking }) => taking === 'clear');
  expect(withheld.takes.map(({ taking }) => taking)).toEqual(['team_removal']);
  expect(Object.keys(withheld.lastSynced)).not.toContain('mobilePhone');
  expect(withhold(changed, () => false)).toBe(changed);
});

test('a declined value is left out and not remembered, and without its record nothing is left', () => {
  const declined = decline(changed, (change) => change.kind === 'update' && change.field === 'firstName');
  expect(declined.gives.map(({ kind }) => kind)).toEqual(['update', 'join']);
  expect(Object.keys(declined.lastSynced)).not.toContain('firstName');
  expect(decline(created, ({ kind }) => kind === 'create')).toMatchObject({ gives: [], takes: [], lastSynced: {} });
});

test('only a projection that leaves the record and its provenance alone changes nothing', () => {
  expect(changesNothing(unchanged, aRecord())).toBe(true);
  expect(changesNothing(changed, aRecord())).toBe(false);
  const merged = aRecord({ lastSynced: {} });
  expect(changesNothing(project(anInput({ record: merged })), merged)).toBe(false);
});
