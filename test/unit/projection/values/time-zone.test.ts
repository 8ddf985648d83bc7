import { existsSync, readFileSync } from 'node:fs';
import { IANA_ALIAS_MAP, WINDOWS_TO_IANA_MAP } from 'windows-iana';
import { parseTimeZone } from '../../../../src/projection/values/time-zone.js';

test.each([
  ['New Zealand Standard Time', null, 'Pacific/Auckland'],
  ['new zealand standard time', 'NZ', 'Pacific/Auckland'],
  ['W. Europe Standard Time', 'AT', 'Europe/Vienna'],
  ['W. Europe Standard Time', null, 'Europe/Berlin'],
  ['W. Europe Standard Time', 'NZ', 'Europe/Berlin'],
  ['AUS Eastern Standard Time', 'AU', 'Australia/Sydney'],
  ['AUS Eastern Standard Time', null, 'Australia/Sydney'],
  ['Central America Standard Time', 'GT', 'America/Guatemala'],
  ['India Standard Time', null, 'Asia/Kolkata'],
  ['FLE Standard Time', null, 'Europe/Kyiv'],
  ['Greenland Standard Time', null, 'America/Nuuk'],
  ['UTC', null, 'UTC'],
  ['UTC+13', null, 'Etc/GMT-13'],
  ['Pacific/Auckland', null, 'Pacific/Auckland'],
  ['pacific/auckland', null, 'Pacific/Auckland'],
  ['Asia/Calcutta', null, 'Asia/Kolkata'],
  ['Asia/Kolkata', null, 'Asia/Kolkata'],
  ['Europe/Kiev', null, 'Europe/Kyiv'],
  ['Europe/Kyiv', null, 'Europe/Kyiv'],
  ['US/Pacific', null, 'America/Los_Angeles'],
  ['Etc/UTC', null, 'UTC'],
  ['America/Buenos_Aires', null, 'America/Argentina/Buenos_Aires'],
  ['America/Ciudad_Juarez', null, 'America/Ciudad_Juarez'],
  ['America/Montreal', null, 'America/Toronto'],
])('%s in %s is %s', (raw, country, zone) => {
  expect(parseTimeZone(raw, country)).toBe(zone);
});

test.each(['tzone://Microsoft/Custom', 'Customized Time Zone', 'Etc/Unknown', 'Mars/Olympus', '+13:00', '', 'NZST'])(
  '"%s" is no known time zone',
  (raw) => {
    expect(parseTimeZone(raw, 'NZ')).toBeNull();
  },
);

const everyName = [
  ...IANA_ALIAS_MAP.flatMap(({ name, alias }) => (name === 'unk' ? [] : alias)),
  ...WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName),
  ...Intl.supportedValuesOf('timeZone'),
];

test('every name comes to a zone that this Node knows and that stays as it is when read again', () => {
  for (const name of everyName) {
    const zone = parseTimeZone(name, null) ?? '';
    expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
    expect(parseTimeZone(zone, null)).toBe(zone);
  }
});

const DATABASE = '/usr/share/zoneinfo/tzdata.zi';
const ZONES_OF_COUNTRIES = '/usr/share/zoneinfo/zone.tab';
const withDatabase = existsSync(DATABASE) && existsSync(ZONES_OF_COUNTRIES) ? test : test.skip;

withDatabase("canonical names are in use by the machine's time zone database, as a zone or as a country's own", () => {
  const links = new Set(readFileSync(DATABASE, 'utf8').match(/(?<=^L \S+ )\S+/gm));
  const ofCountries = new Set(readFileSync(ZONES_OF_COUNTRIES, 'utf8').match(/(?<=^[A-Z]{2}\t\S+\t)\S+/gm));
  const zones = new Set(everyName.map((name) => parseTimeZone(name, null) ?? ''));
  const outdated = [...zones].filter((zone) => links.has(zone) && !ofCountries.has(zone));
  expect(outdated).toEqual(['UTC']);
});
