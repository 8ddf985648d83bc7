import { parseCountry } from '../../../../src/projection/values/country.js';

test.each([
  ['New Zealand', 'NZ'],
  ['NZ', 'NZ'],
  [' nz ', 'NZ'],
  ['NZL', 'NZ'],
  ['Aotearoa', 'NZ'],
  ['NEW ZEALAND', 'NZ'],
  ['UK', 'GB'],
  ['Great Britain', 'GB'],
  ['England', 'GB'],
  ['scotland', 'GB'],
  ['Wales', 'GB'],
  ['USA', 'US'],
  ['U.S.A.', 'US'],
  ['The United States of America', 'US'],
  ['Holland', 'NL'],
  ['Türkiye', 'TR'],
  ['Turkiye', 'TR'],
  ['Turkey', 'TR'],
  ['Czech Republic', 'CZ'],
  ["Côte d'Ivoire", 'CI'],
  ['Cote d’Ivoire', 'CI'],
  ['South Korea', 'KR'],
  ['Republic of the Congo', 'CG'],
  ['Trinidad & Tobago', 'TT'],
])('%s is %s', (raw, country) => {
  expect(parseCountry(raw)).toBe(country);
});

test.each(['Korea', 'Congo', '', '??', 'Zealand', 'Virgin Islands', 'QQ', 'ZZZ'])(
  '"%s" names no single country',
  (raw) => {
    expect(parseCountry(raw)).toBeNull();
  },
);
