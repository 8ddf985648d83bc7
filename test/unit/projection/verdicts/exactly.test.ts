import { planItems } from '../../../../src/projection/plan.js';
import { project } from '../../../../src/projection/project.js';
import { exactly, itemKey } from '../../../../src/projection/verdicts/exactly.js';
import { anInput, aRecord, present } from '../a-projection-input.js';

function planned(input: ReturnType<typeof anInput>): ReadonlySet<string> {
  return new Set(planItems(project(input)).map(itemKey));
}

const approved = planned(anInput({ reading: present({ givenName: 'Annabel' }) }));

test('what the plan has is applied', () => {
  const projection = project(anInput({ reading: present({ givenName: 'Annabel' }) }));
  expect(exactly(projection, approved, aRecord())).toEqual({ projection, unplanned: [] });
});

test('another value than the planned one is left alone and told', () => {
  const projection = project(anInput({ reading: present({ givenName: 'Anneke', surname: 'Smith' }) }));
  const result = exactly(projection, approved, aRecord());
  expect(result.projection.gives).toEqual([]);
  expect(result.unplanned.map((change) => change.kind === 'update' && change.field)).toEqual(['firstName', 'lastName']);
});

test('a person whom the plan did not have is not created and wants no address', () => {
  const projection = project(anInput({ record: null }));
  const result = exactly(projection, new Set(), null);
  expect(result.projection).toMatchObject({ gives: [], wantedEmailKey: null });
  expect(result.unplanned.map(({ kind }) => kind)).toEqual(['create', 'join']);
});

test('another planned value leaves the wish for an address as it is', () => {
  const projection = project(anInput({ reading: present({ mail: 'new@contoso.com', surname: 'Smith' }) }));
  const onlyMail = new Set([...planned(anInput({ reading: present({ mail: 'new@contoso.com' }) }))]);
  expect(exactly(projection, onlyMail, aRecord()).projection.wantedEmailKey).toBe('new@contoso.com');
  expect(exactly(projection, new Set(), aRecord()).projection.wantedEmailKey).toBe('anna@contoso.com');
});

test('without a plan everything is applied', () => {
  const projection = project(anInput({ record: null }));
  expect(exactly(projection, undefined, null)).toEqual({ projection, unplanned: [] });
});

test('two activities of one person that an archive cancels are two items', () => {
  const cancel = { kind: 'activity_cancel', before: 'scheduled', after: 'cancelled' };
  expect(itemKey({ ...cancel, activity: 'a1' })).not.toBe(itemKey({ ...cancel, activity: 'a2' }));
});
