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
  ['United Kingdom of Great Britain and Northern Ireland', 'GB'],
  ['Congo (DRC)', 'CD'],
  ['Congo (the Democratic Republic of the)', 'CD'],
  ['Macedonia, FYRO', 'MK'],
  ['Palestinian Authority', 'PS'],
  ['Holy See (the)', 'VA'],
  ['Bahamas (the)', 'BS'],
  ['Korea (the Republic of)', 'KR'],
  ["Korea (the Democratic People's Republic of)", 'KP'],
  ['Slovak Republic', 'SK'],
  ['Kyrgyz Republic', 'KG'],
  ['St Kitts and Nevis', 'KN'],
  ['St. Vincent and the Grenadines', 'VC'],
  ['St. Lucia', 'LC'],
  ['Saint Lucia', 'LC'],
  ['Myanmar (Burma)', 'MM'],
  ['P.R. China', 'CN'],
])('%s is %s', (raw, country) => {
  expect(parseCountry(raw)).toBe(country);
});

test.each(['Korea', 'Congo', 'Congo (the)', 'the', '', '??', 'Zealand', 'Virgin Islands', 'QQ', 'ZZZ'])(
  '"%s" names no single country',
  (raw) => {
    expect(parseCountry(raw)).toBeNull();
  },
);
