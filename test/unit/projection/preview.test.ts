import { previewFields } from '../../../src/projection/preview.js';

const person = {
  id: '1',
  givenName: 'Anna',
  surname: null,
  mail: 'Anna@contoso.com',
  mobilePhone: '022 518 9900',
  country: 'New Zealand',
  businessPhones: ['+64 9 123 4567'],
  mailboxSettings: { timeZone: 'India Standard Time' },
};

function preview(input: Partial<Parameters<typeof previewFields>[0]> = {}) {
  const { fields } = previewFields({ person, ...input });
  return Object.fromEntries(
    fields.map(({ target, source, raw, value, problem }) => [target, [source, raw, value, problem]]),
  );
}

test('each field shows its source, raw text and value', () => {
  expect(preview()).toEqual({
    firstName: ['givenName', 'Anna', 'Anna', null],
    lastName: ['surname', null, null, 'field_blank'],
    email: ['mail', 'Anna@contoso.com', 'Anna@contoso.com', null],
    mobilePhone: ['mobilePhone', '022 518 9900', '+64225189900', null],
    country: ['country', 'New Zealand', 'NZ', null],
    timeZone: ['mailboxSettings.timeZone', 'India Standard Time', 'Asia/Kolkata', null],
  });
});

test("a national number needs a country: the person's, else the organisation's", () => {
  const homeless = { ...person, country: null };
  expect(preview({ person: homeless })['mobilePhone']).toEqual([
    'mobilePhone',
    '022 518 9900',
    null,
    'phone_unparseable',
  ]);
  expect(preview({ person: homeless, organisationCountry: 'nz' })['mobilePhone']?.[2]).toBe('+64225189900');
});

test('a mapping goes over the defaults, null is not mapped', () => {
  const fields = preview({ mapping: { mobilePhone: 'businessPhones[0]', country: null } });
  expect(fields['mobilePhone']).toEqual(['businessPhones', '+64 9 123 4567', '+6491234567', null]);
  expect(fields['country']).toEqual([null, null, null, null]);
  expect(fields['firstName']?.[0]).toBe('givenName');
});

test('what the file does not tell is no problem, but an address is mandatory', () => {
  const fields = preview({ person: {} });
  expect(fields['timeZone']).toEqual(['mailboxSettings.timeZone', null, null, null]);
  expect(fields['email']).toEqual(['mail', null, null, 'email_missing']);
});

test.each([
  [{ person: { mail: 5 } }, 'person.mail'],
  [{ person: null }, 'person'],
  [{ mapping: { firstName: 'shoeSize' } }, 'mapping.firstName'],
  [{ mapping: { email: null } }, 'mapping.email'],
  [{ mapping: { shoeSize: 'mail' } }, 'mapping.shoeSize'],
  [{ organisationCountry: 'Atlantis' }, 'organisationCountry'],
])('%j is refused with the name of what is wrong', (input, field) => {
  expect(() => preview(input)).toThrow(expect.objectContaining({ field }));
});
