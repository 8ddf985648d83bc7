import { emailKeyOf, parseEmailAddress } from '../../../src/projection/email-address.js';

test('an address keeps its spelling and is compared without case and surrounding space', () => {
  expect(parseEmailAddress('  Anna.Aroha@Contoso.COM ')).toEqual({
    address: 'Anna.Aroha@Contoso.COM',
    key: 'anna.aroha@contoso.com',
  });
});

test('neither dots nor plus signs are folded', () => {
  expect(emailKeyOf('a.b+c@contoso.com')).not.toBe(emailKeyOf('ab@contoso.com'));
});

test('an international domain is the same address in both its spellings', () => {
  expect(emailKeyOf('anna@Bücher.example')).toBe('anna@xn--bcher-kva.example');
  expect(emailKeyOf('anna@xn--bcher-kva.example')).toBe('anna@xn--bcher-kva.example');
});

test('composed and decomposed letters are the same address', () => {
  expect(emailKeyOf('zoe\u0308@contoso.com')).toBe(emailKeyOf('zoë@contoso.com'));
});

test.each([
  'anna',
  '@contoso.com',
  'anna@',
  'anna aroha@contoso.com',
  'anna@con toso.com',
  'anna@contoso',
  'anna@@contoso.com',
  'a@b@contoso.com',
  'anna@contoso..com',
  '.anna@contoso.com',
  'an..na@contoso.com',
  'anna@-contoso.com',
  'anna@contoso.com/x',
  'anna@1.2.3.4',
  `a@${'b.'.repeat(130)}com`,
  'an\u200bna@contoso.com',
  '',
])('"%s" is malformed', (raw) => {
  expect(parseEmailAddress(raw)).toBeNull();
});

test('254 characters are the most', () => {
  const exact = `${'a'.repeat(254 - 12)}@contoso.com`;
  expect(exact).toHaveLength(254);
  expect(emailKeyOf(exact)).toBe(exact);
  expect(emailKeyOf(`a${exact}`)).toBeNull();
});
