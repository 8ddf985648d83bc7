import { project } from '../../../../src/projection/project.js';
import type { FieldSource, FieldTarget, ProjectionInput } from '../../../../src/projection/types.js';
import { anInput, aRecord, present, someRules, type Values } from '../a-projection-input.js';

const NZ = 'New Zealand';

/** What one field of somebody new comes to: its value, or the code of its problem. */
function outcome(target: FieldTarget, values: Values, input: Partial<ProjectionInput> = {}): string | null {
  const { gives, problems } = project(anInput({ record: null, reading: present(values), ...input }));
  const problem = problems.find(({ subject }) => subject === target);
  const [first] = gives;
  const value = first?.kind === 'create' ? first.after[target] : null;
  expect(problem === undefined).toBe(value !== null);
  return value ?? problem?.code ?? null;
}

const NUMBER = '+64225189900';

test.each([
  ['+64 22 518 9900', NZ, NUMBER],
  ['0064225189900', NZ, NUMBER],
  ['0064 22 518 9900', null, NUMBER],
  ['64225189900', null, NUMBER],
  ['64225189900', 'Australia', NUMBER],
  ['022 518 9900', NZ, NUMBER],
  ['022 518 9900', null, NUMBER],
  ['+64 (0)22 518 9900', NZ, NUMBER],
  ['+64 22 518 9900 x123', NZ, NUMBER],
  ['022 518 9900 x123', NZ, NUMBER],
  ['0412 345 678', 'Australia', '+61412345678'],
  ['123456', NZ, 'phone_unparseable'],
  ['+1234567890123456', NZ, 'phone_unparseable'],
  ['call the office', NZ, 'phone_unparseable'],
])('E36: phone %j of somebody in %s is %s', (mobilePhone, country, value) => {
  expect(outcome('mobilePhone', { mobilePhone, country })).toBe(value);
});

test('E36: without the country of the person or the organisation a national number is not guessed at', () => {
  const organisations = new Map([['org-a', { id: 'org-a', country: null, zone: 'UTC' }]]);
  const of = (mobilePhone: string) => outcome('mobilePhone', { mobilePhone, country: null }, { organisations });
  expect(of('022 518 9900')).toBe('phone_unparseable');
  // Bare digits that begin with a country code say it themselves.
  expect(of('64225189900')).toBe(NUMBER);
});

test("E36: the mapped country goes before the organisation's", () => {
  expect(outcome('mobilePhone', { mobilePhone: '0412 345 678', country: 'AU' })).toBe('+61412345678');
});

test('E36: an unreadable number keeps the one that is there and shows the raw text', () => {
  const { gives, takes, problems } = project(anInput({ reading: present({ mobilePhone: 'ext 12 only' }) }));
  expect([gives, takes]).toEqual([[], []]);
  expect(problems).toMatchObject([{ code: 'phone_unparseable', message: expect.stringContaining('"ext 12 only"') }]);
});

test('E36: two people may have the same number', () => {
  const other = aRecord({ id: 'record-2', fields: { ...aRecord().fields, email: 'ben@contoso.com' } });
  const reading = present({ mail: 'ben@contoso.com', givenName: 'Anna' });
  expect(project(anInput({ objectId: 'ben', record: other, reading })).problems).toEqual([]);
});

test.each([
  ['New Zealand', 'NZ'],
  ['NZ', 'NZ'],
  ['nz', 'NZ'],
  ['NZL', 'NZ'],
  ['Aotearoa', 'NZ'],
  ['UK', 'GB'],
  ['USA', 'US'],
  ['US', 'US'],
  ['Great Britain', 'GB'],
  ['England', 'GB'],
  ['Scotland', 'GB'],
  ['Wales', 'GB'],
  ['Holland', 'NL'],
  ['Türkiye', 'TR'],
  ['TURKIYE', 'TR'],
  ['Turkey', 'TR'],
  ['Czech Republic', 'CZ'],
  ["cote d'ivoire", 'CI'],
  ['Korea', 'country_unknown'],
  ['Congo', 'country_unknown'],
  ['Middle Earth', 'country_unknown'],
  ['', 'field_blank'],
])('E38: country %j is %s', (country, value) => {
  expect(outcome('country', { country, mobilePhone: '+64225189900' })).toBe(value);
});

test('E38: an ambiguous country keeps the one that is there', () => {
  const { gives, takes, problems } = project(anInput({ reading: present({ country: 'Korea' }) }));
  expect([gives, takes]).toEqual([[], []]);
  expect(problems).toMatchObject([{ code: 'country_unknown', message: expect.stringContaining('"Korea"') }]);
});

const zone = (timeZone: string | null, country: string | null = NZ): Values => ({
  'mailboxSettings.timeZone': timeZone,
  country,
  mobilePhone: '+64225189900',
});

test.each([
  ['New Zealand Standard Time', NZ, 'Pacific/Auckland'],
  ['W. Europe Standard Time', 'AT', 'Europe/Vienna'],
  ['W. Europe Standard Time', 'Austria', 'Europe/Vienna'],
  ['W. Europe Standard Time', null, 'Europe/Berlin'],
  ['W. Europe Standard Time', 'Japan', 'Europe/Berlin'],
  ['AUS Eastern Standard Time', null, 'Australia/Sydney'],
  ['AUS Eastern Standard Time', 'AU', 'Australia/Sydney'],
  ['Central America Standard Time', 'GT', 'America/Guatemala'],
  ['Pacific/Auckland', null, 'Pacific/Auckland'],
])('E39: time zone %j of somebody in %s is %s', (timeZone, country, value) => {
  expect(outcome('timeZone', zone(timeZone, country))).toBe(value);
});

test('E39: "Standard Time" is the name all year: the zone has its summer time', () => {
  const value = outcome('timeZone', zone('New Zealand Standard Time')) ?? '';
  const hour = (instant: string) =>
    new Intl.DateTimeFormat('en', { timeZone: value, hour: 'numeric', hourCycle: 'h23' }).format(new Date(instant));
  expect([hour('2026-01-15T00:00:00Z'), hour('2026-07-15T00:00:00Z')]).toEqual(['13', '12']);
});

test.each([
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['UTC', 'UTC'],
  ['tzone://Microsoft/Custom', 'timezone_unknown'],
  ['Customized Time Zone', 'timezone_unknown'],
  ['Mars/Olympus', 'timezone_unknown'],
  ['', 'field_blank'],
])('E40: time zone %j is %s', (timeZone, value) => {
  expect(outcome('timeZone', zone(timeZone))).toBe(value);
});

test('E40: a custom time zone keeps the one that is there', () => {
  const { gives, takes } = project(anInput({ reading: present(zone('tzone://Microsoft/Custom')) }));
  expect([gives, takes]).toEqual([[], []]);
});

test("S26: the organisation's time zone feeds Time Zone, and only of the home organisation", () => {
  const rules = someRules({ fields: { ...someRules().fields, timeZone: 'organisation.timeZone' } });
  expect(outcome('timeZone', zone('UTC'), { rules })).toBe('Pacific/Auckland');
  const record = aRecord({ organisationId: 'org-b' });
  const { gives } = project(anInput({ rules, record, reading: present(zone('UTC')) }));
  expect(gives).toContainEqual(expect.objectContaining({ field: 'timeZone', after: 'Australia/Sydney' }));
});

test('E41: without a mailbox the zone of somebody new is blank, with a warning; one that is there stays', () => {
  const reading = present({ 'mailboxSettings.timeZone': undefined }, { hasNoMailbox: true });
  const newcomer = project(anInput({ record: null, reading }));
  expect(newcomer.gives[0]).toMatchObject({ kind: 'create', after: { timeZone: null } });
  const warning = { code: 'field_blank', severity: 'warning', subject: 'timeZone' };
  expect(newcomer.problems).toMatchObject([{ ...warning, message: expect.stringContaining('mailbox') }]);
  const linked = project(anInput({ reading }));
  expect([linked.gives, linked.takes]).toEqual([[], []]);
  expect(linked.problems).toMatchObject([warning]);
});

test('E41: whom no mailbox is asked for is not told of a missing one', () => {
  const rules = someRules({ fields: { ...someRules().fields, timeZone: 'extensionAttribute1' } });
  const values = { 'mailboxSettings.timeZone': undefined, extensionAttribute1: 'Pacific/Auckland' };
  expect(project(anInput({ rules, reading: present(values, { hasNoMailbox: true }) })).problems).toEqual([]);
});

const name = (source: FieldSource, text: string | null): Values => ({ [source]: text });

test.each([
  ['accents', 'Jose\u0301', 'José'],
  ['Māori macrons', 'Ma\u0304ui', 'Māui'],
  ['apostrophes', "O'Brien", "O'Brien"],
  ['emoji', 'Anna 🦉', 'Anna 🦉'],
  ['more than 64 characters', 'x'.repeat(80), 'x'.repeat(80)],
  ['control characters', 'An\u0007na\u0000', 'Anna'],
  ['what a spreadsheet would run', '=HYPERLINK("x")', '=HYPERLINK("x")'],
  ['nothing but control characters', '\u0007', 'field_blank'],
])('E42: a name with %s', (_case, raw, value) => {
  expect(outcome('firstName', name('givenName', raw))).toBe(value);
  expect(outcome('lastName', name('surname', raw))).toBe(value);
});

test('E42: somebody with only one name is imported, the other part blank', () => {
  const { gives } = project(anInput({ record: null, reading: present(name('surname', null)) }));
  expect(gives[0]).toMatchObject({ kind: 'create', after: { firstName: 'Anna', lastName: null } });
});
