import { countPlan, planItems } from '../../../../src/projection/plan.js';
import { project } from '../../../../src/projection/project.js';
import type { FieldTarget, Projection, ProjectionInput } from '../../../../src/projection/types.js';
import { anInput, aRecord, present, someRules, type Values } from '../a-projection-input.js';

const inStep = aRecord();

/** Anna with one field as it is now and as Entra gave it last; undefined: Entra never gave it. */
function withField(target: FieldTarget, value: string | null, given: string | null | undefined) {
  const { [target]: _, ...others } = inStep.lastSynced;
  const lastSynced = given === undefined ? others : { ...others, [target]: given };
  return aRecord({ fields: { ...inStep.fields, [target]: value }, lastSynced });
}

function updates({ gives, takes }: Projection): string[] {
  return [...gives, ...takes.map(({ change }) => change)].flatMap((change) =>
    change.kind === 'update' ? [`${change.field} ${change.before} → ${change.after}`] : [],
  );
}

function projected(values: Values, input: Partial<ProjectionInput> = {}) {
  return project(anInput({ reading: present(values), ...input }));
}

const SOURCES = [
  ['firstName', 'givenName'],
  ['lastName', 'surname'],
  ['mobilePhone', 'mobilePhone'],
  ['country', 'country'],
  ['timeZone', 'mailboxSettings.timeZone'],
] as const;

test.each(SOURCES)('E32: an empty source leaves %s of somebody new blank, with a warning', (target, source) => {
  for (const blank of [null, '', '  ']) {
    // A national number cannot be read without the country that is blank here.
    const values = { mobilePhone: '+64 22 518 9900', [source]: blank };
    const { gives, problems } = projected(values, { record: null });
    expect(gives[0]).toMatchObject({ kind: 'create', after: { email: 'Anna@contoso.com', [target]: null } });
    const [problem] = problems;
    expect(problems).toHaveLength(1);
    expect(problem).toMatchObject({ code: 'field_blank', severity: 'warning', subject: target });
    expect(problem?.message).toContain(source);
  }
});

test('S25: each blank is told for its person and field, as a warning of the run, and fails nobody', () => {
  const blank = projected({ surname: null, 'mailboxSettings.timeZone': '' }, { record: null });
  const told = planItems(blank).filter(({ kind }) => kind === 'problem');
  expect(told).toMatchObject([
    { person: 'anna', after: 'field_blank', why: expect.stringContaining('Last Name') },
    { person: 'anna', after: 'field_blank', why: expect.stringContaining('Time Zone') },
  ]);
  for (const { why } of told) expect(why).toContain('Microsoft Entra ID');
  expect(countPlan([blank, projected({}, { record: null })])).toMatchObject({ created: 2, failed: 0, warnings: 2 });
});

test.each(SOURCES)('E33: a blank clears %s that came from the directory, logged old → blank', (target, source) => {
  const old = inStep.fields[target];
  // Without a country the number and the zone of the others are read as before.
  const projection = projected({ mobilePhone: '+64 22 518 9900', [source]: null });
  expect(updates(projection)).toEqual([`${target} ${old} → null`]);
  expect(projection.takes).toEqual([
    { taking: 'clear', change: expect.objectContaining({ why: expect.stringContaining(source) }) },
  ]);
});

test.each([
  ['over what the directory gave', '+64211234567', '+64225189900'],
  ['where the directory was blank', '+64211234567', null],
  ['where the directory never said anything', '+64211234567', undefined],
])('E33: what a person typed %s is not erased by a blank', (_case, value, given) => {
  const record = withField('mobilePhone', value, given);
  expect(updates(projected({ mobilePhone: null }, { record }))).toEqual([]);
});

test.each(SOURCES)('E33: %s whose property was not returned is never cleared', (_target, source) => {
  const projection = projected({ mobilePhone: '+64 22 518 9900', [source]: undefined });
  expect(projection).toMatchObject({ gives: [], takes: [], problems: [] });
});

test('E33: what a person typed after a clear stays at the next blank', () => {
  const cleared = projected({ mobilePhone: null });
  expect(cleared.lastSynced.mobilePhone).toBeNull();
  const record = withField('mobilePhone', '+64211234567', cleared.lastSynced.mobilePhone);
  expect(updates(projected({ mobilePhone: null }, { record }))).toEqual([]);
});

test('E34: a filled source wins over what somebody typed, and says whose value it is', () => {
  const record = withField('mobilePhone', '+64211234567', '+64225189900');
  const projection = projected({}, { record });
  expect(updates(projection)).toEqual(['mobilePhone +64211234567 → +64225189900']);
  expect(projection.takes).toEqual([]);
  expect(projection.gives[0]?.why).toBe(
    'Mobile Phone Number follows mobilePhone in Microsoft Entra ID, which has another value.',
  );
});

test('E35: a field that is unmapped later keeps its value, whatever its former source says', () => {
  for (const [target, source] of SOURCES) {
    const rules = someRules({ fields: { ...someRules().fields, [target]: null } });
    for (const value of [null, '', undefined, 'Zed']) {
      const values = { mobilePhone: '+64 22 518 9900', [source]: value };
      const projection = projected(values, { rules });
      expect(updates(projection)).toEqual([]);
      expect(target in projection.lastSynced).toBe(false);
    }
  }
});

test('E35: an unmapped field is nobody’s to correct: what a person types into it stays', () => {
  const rules = someRules({ fields: { ...someRules().fields, mobilePhone: null } });
  const record = withField('mobilePhone', '+64211234567', '+64225189900');
  expect(updates(projected({}, { rules, record }))).toEqual([]);
});

test('E37: somebody without a mobile number is imported with a warning, and keeps the one given at registration', () => {
  const newcomer = projected({ mobilePhone: null }, { record: null });
  expect(newcomer.gives.map(({ kind }) => kind)).toEqual(['create', 'join']);
  expect(newcomer.problems.map(({ code, severity }) => [code, severity])).toEqual([['field_blank', 'warning']]);
  const registered = withField('mobilePhone', '+64211234567', newcomer.lastSynced.mobilePhone ?? undefined);
  expect(updates(projected({ mobilePhone: null }, { record: registered }))).toEqual([]);
});

test.each([
  [null, 'email_missing'],
  ['anna at contoso', 'email_invalid'],
])('S24: without an address (%j) nobody is imported, and the others are', (mail, code) => {
  const projection = projected({ mail }, { record: null });
  expect(projection.gives).toEqual([]);
  expect(projection.problems).toMatchObject([{ code, severity: 'error', subject: 'email' }]);
  expect(projected({}, { record: null }).gives[0]).toMatchObject({ kind: 'create' });
});

test('S39: an empty source is not filled by a default or a guess: no NZ, no UTC, no name out of the address', () => {
  const values = { givenName: null, surname: null, mobilePhone: null, country: null, 'mailboxSettings.timeZone': null };
  const { gives } = projected(values, { record: null });
  const blank = { firstName: null, lastName: null, mobilePhone: null, country: null, timeZone: null };
  expect(gives[0]).toMatchObject({ after: { ...blank, email: 'Anna@contoso.com' } });
});

test('S38: a field that was not mapped is blank for somebody new and filled once it is mapped', () => {
  const unmapped = someRules({ fields: { ...someRules().fields, mobilePhone: null } });
  const newcomer = projected({}, { record: null, rules: unmapped });
  expect(newcomer.gives[0]).toMatchObject({ after: { mobilePhone: null } });
  expect(newcomer.problems).toEqual([]);
  const record = withField('mobilePhone', null, undefined);
  expect(updates(projected({}, { record }))).toEqual(['mobilePhone null → +64225189900']);
});
