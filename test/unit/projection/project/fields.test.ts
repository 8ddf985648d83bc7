import { project } from '../../../../src/projection/project.js';
import type { FieldTarget, Projection } from '../../../../src/projection/types.js';
import { anInput, aRecord, present, someRules } from '../a-projection-input.js';

const inStep = aRecord();

function updates({ gives, takes }: Projection): Record<string, [string | null, string | null]> {
  const changes = [...gives, ...takes.map(({ change }) => change)];
  return Object.fromEntries(
    changes.flatMap((change) => (change.kind === 'update' ? [[change.field, [change.before, change.after]]] : [])),
  );
}

function problems({ problems: found }: Projection): string[] {
  return found.map(({ code, severity, subject }) => `${severity} ${code} ${subject}`);
}

function withField(target: FieldTarget, value: string | null, lastSynced: string | null = value) {
  return aRecord({
    fields: { ...inStep.fields, [target]: value },
    lastSynced: { ...inStep.lastSynced, [target]: lastSynced },
  });
}

test('a person in step gets nothing', () => {
  const projection = project(anInput());
  expect(projection).toMatchObject({ isMember: true, gives: [], takes: [], problems: [] });
  expect(projection.lastSynced).toEqual(inStep.fields);
  expect(projection.wantedEmailKey).toBe('anna@contoso.com');
});

test('the directory wins over what somebody typed where it has a value', () => {
  const projection = project(anInput({ record: withField('firstName', 'Annie', 'Anna') }));
  expect(projection.gives).toEqual([
    { kind: 'update', field: 'firstName', before: 'Annie', after: 'Anna', why: expect.stringContaining('givenName') },
  ]);
});

test('an empty source clears what came from Entra last, as a taking', () => {
  const projection = project(anInput({ reading: present({ mobilePhone: null }) }));
  expect(projection.takes.map(({ taking, change }) => [taking, change])).toEqual([
    ['clear', expect.objectContaining({ field: 'mobilePhone', before: '+64225189900', after: null })],
  ]);
  expect(projection.lastSynced.mobilePhone).toBeNull();
  expect(problems(projection)).toEqual(['warning field_blank mobilePhone']);
});

test.each(['', '   '])('a source of %j is as empty as null', (blank) => {
  expect(updates(project(anInput({ reading: present({ surname: blank }) })))).toEqual({ lastName: ['Aroha', null] });
});

test('an empty source keeps what a person typed', () => {
  const record = withField('mobilePhone', '+6421111222', '+64225189900');
  const projection = project(anInput({ record, reading: present({ mobilePhone: null }) }));
  expect(updates(projection)).toEqual({});
  expect(projection.lastSynced.mobilePhone).toBeNull();
});

test('a source that was not read changes nothing and proves nothing', () => {
  const reading = present({ mobilePhone: undefined, 'mailboxSettings.timeZone': undefined, mail: undefined });
  const projection = project(anInput({ reading }));
  expect(projection).toMatchObject({ gives: [], takes: [], problems: [] });
  expect(Object.keys(projection.lastSynced)).not.toContain('mobilePhone');
});

test('a field that is no longer mapped keeps its value', () => {
  const rules = someRules({ fields: { ...someRules().fields, mobilePhone: null } });
  const projection = project(anInput({ rules, reading: present({ mobilePhone: null }) }));
  expect(projection).toMatchObject({ gives: [], takes: [], problems: [] });
});

test.each([
  ['mobilePhone', 'mobilePhone', 'ring the bell', 'phone_unparseable'],
  ['country', 'country', 'Congo', 'country_unknown'],
  ['timeZone', 'mailboxSettings.timeZone', 'tzone://Microsoft/Custom', 'timezone_unknown'],
] as const)('an unreadable %s keeps the previous value and says what was read', (target, source, raw, code) => {
  const projection = project(anInput({ reading: present({ [source]: raw }) }));
  expect(updates(projection)).toEqual({});
  expect(problems(projection)).toEqual([`warning ${code} ${target}`]);
  expect(projection.problems[0]?.message).toContain(raw);
  expect(Object.keys(projection.lastSynced)).not.toContain(target);
});

test('an e-mail change is a taking of its own kind', () => {
  const projection = project(anInput({ reading: present({ mail: 'Anna.Aroha@contoso.com' }) }));
  expect(projection.takes.map(({ taking }) => taking)).toEqual(['email_change']);
  expect(projection.wantedEmailKey).toBe('anna.aroha@contoso.com');
});

test.each(['anna@CONTOSO.com', '  Anna@contoso.com '])('%j is no other address', (mail) => {
  expect(updates(project(anInput({ reading: present({ mail }) })))).toEqual({});
});

test.each([
  [null, 'warning email_missing email'],
  ['anna at contoso', 'warning email_invalid email'],
])('a linked person whose address is %j keeps the last one, with a warning', (mail, problem) => {
  const projection = project(anInput({ reading: present({ mail }) }));
  expect(updates(projection)).toEqual({});
  expect(problems(projection)).toEqual([problem]);
  expect(projection.wantedEmailKey).toBe('anna@contoso.com');
});

test("a national number is read in the person's new country, then the organisation's", () => {
  const moved = project(anInput({ reading: present({ country: 'Australia', mobilePhone: '0412 345 678' }) }));
  expect(updates(moved)).toMatchObject({ mobilePhone: ['+64225189900', '+61412345678'] });
  const record = withField('country', null);
  const unknown = project(anInput({ record, reading: present({ country: null, mobilePhone: '021 111 2222' }) }));
  expect(updates(unknown)).toEqual({ mobilePhone: ['+64225189900', '+64211112222'] });
});

test("a Windows time zone is read for the person's country", () => {
  const zone = { 'mailboxSettings.timeZone': 'W. Europe Standard Time', country: 'AT' };
  expect(updates(project(anInput({ reading: present(zone) })))).toMatchObject({
    timeZone: ['Pacific/Auckland', 'Europe/Vienna'],
  });
});

test('another source is followed once it is mapped', () => {
  const rules = someRules({
    fields: { ...someRules().fields, country: 'usageLocation', lastName: 'extensionAttribute7' },
  });
  const reading = present({ mobilePhone: '+64225189900', usageLocation: 'AU', extensionAttribute7: 'Ngata' });
  expect(updates(project(anInput({ rules, reading })))).toEqual({
    country: ['NZ', 'AU'],
    lastName: ['Aroha', 'Ngata'],
  });
});
