/** Where seeded people work, in the spellings that administrators really type. */
export interface SeedPlace {
  readonly usageLocation: string;
  /** Free text, as the country property is. */
  readonly countries: readonly [string, ...string[]];
  readonly cities: readonly [string, ...string[]];
  readonly language: string;
  /** Windows names first, then IANA names. */
  readonly timeZones: readonly [string, ...string[]];
  /** `#` stands for a digit. */
  readonly mobiles: readonly [string, ...string[]];
  readonly landline: string;
}

/** The first place is by far the most frequent. */
export const PLACES: readonly [SeedPlace, ...SeedPlace[]] = [
  {
    usageLocation: 'NZ',
    countries: ['New Zealand', 'New Zealand', 'NZ', 'Aotearoa'],
    cities: ['Tāmaki Makaurau', 'Wellington', 'Whangārei', 'Ōtautahi', 'Taupō'],
    language: 'en-NZ',
    timeZones: ['New Zealand Standard Time', 'New Zealand Standard Time', 'Pacific/Auckland'],
    mobiles: ['+64 21 ### ####', '021 ### ####', '(027) ###-####', '02# ### ###'],
    landline: '+64 9 ### ####',
  },
  {
    usageLocation: 'AU',
    countries: ['Australia', 'AU', 'AUS'],
    cities: ['Sydney', 'Perth', 'Brisbane'],
    language: 'en-AU',
    timeZones: ['AUS Eastern Standard Time', 'W. Australia Standard Time', 'Australia/Brisbane'],
    mobiles: ['+61 4## ### ###', '04## ### ###'],
    landline: '(02) #### ####',
  },
  {
    usageLocation: 'GB',
    countries: ['United Kingdom', 'UK', 'England'],
    cities: ['Leeds', 'Aberdeen'],
    language: 'en-GB',
    timeZones: ['GMT Standard Time', 'Europe/London'],
    mobiles: ['+44 7### ######', '07### ######'],
    landline: '+44 20 #### ####',
  },
  {
    usageLocation: 'DK',
    countries: ['Danmark', 'Denmark'],
    cities: ['København', 'Århus'],
    language: 'da-DK',
    timeZones: ['Romance Standard Time', 'Europe/Copenhagen'],
    mobiles: ['+45 ## ## ## ##', '########'],
    landline: '+45 ## ## ## ##',
  },
  {
    usageLocation: 'US',
    countries: ['United States', 'USA', 'United States of America'],
    cities: ['Denver', 'Anchorage', 'Honolulu'],
    language: 'en-US',
    timeZones: ['Mountain Standard Time', 'Hawaiian Standard Time', 'America/Denver'],
    mobiles: ['+1 (303) 555-01##', '303.555.01##'],
    landline: '(303) 555-01## x##',
  },
];
