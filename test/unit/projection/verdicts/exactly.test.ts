import { planItems } from '../../../../src/projection/plan.js';
import { project } from '../../../../src/projection/project.js';
import { itemKey, unplannedOf } from '../../../../src/projection/verdicts/exactly.js';
import { anInput, present } from '../a-projection-input.js';

function planned(input: ReturnType<typeof anInput>): ReadonlySet<string> {
  return new Set(planItems(project(input)).map(itemKey));
}

const renamed = anInput({ reading: present({ givenName: 'Annabel' }) });

test('what the plan has is in the plan', () => {
  expect(unplannedOf(project(renamed), planned(renamed))).toEqual([]);
});

test('another value than the planned one, and what has come up since, is not', () => {
  const projection = project(anInput({ reading: present({ givenName: 'Anneke', surname: 'Smith' }) }));
  const unplanned = unplannedOf(projection, planned(renamed));
  expect(unplanned.map((change) => change.kind === 'update' && change.field)).toEqual(['firstName', 'lastName']);
});

test('without the creation nothing of a person is in the plan, whatever teams it has of them', () => {
  const newcomer = project(anInput({ record: null }));
  const joins = new Set(planItems(newcomer).flatMap((item) => (item.kind === 'join' ? [itemKey(item)] : [])));
  expect(unplannedOf(newcomer, joins).map(({ kind }) => kind)).toEqual(['create', 'join']);
});

test('where no plan is applied everything is in it', () => {
  expect(unplannedOf(project(anInput({ record: null })), undefined)).toEqual([]);
});

test('two activities of one person that an archive cancels are two items', () => {
  const cancel = { kind: 'activity_cancel', before: 'scheduled', after: 'cancelled' };
  expect(itemKey({ ...cancel, activity: 'a1' })).not.toBe(itemKey({ ...cancel, activity: 'a2' }));
});
