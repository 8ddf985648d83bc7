/** Where seeded people work, in the spellings that administrators really type. */
export interface SeedPlace {
  readonly usageLocation: string;
  /** Free text, as the country property is. */
  readonly countries: Choice;
  readonly cities: Choice;
  readonly language: string;
  /** Windows and IANA names. */
  readonly timeZones: Choice;
  /** `#` stands for a digit. */
  readonly mobiles: Choice;
  readonly landline: string;
}

type Choice = readonly [string, ...string[]];

/** Location; countries; cities; language; zones; mobile numbers; land line. The first place is by far the most frequent. */
const TABLE = `
NZ; New Zealand, New Zealand, NZ, Aotearoa; Tāmaki Makaurau, Wellington, Whangārei, Ōtautahi, Taupō; en-NZ; New Zealand Standard Time, Pacific/Auckland; +64 21 ### ####, 021 ### ####, (027) ###-####, 02# ### ###; +64 9 ### ####
AU; Australia, AU, AUS; Sydney, Perth, Brisbane; en-AU; AUS Eastern Standard Time, W. Australia Standard Time, Australia/Brisbane; +61 4## ### ###, 04## ### ###; (02) #### ####
GB; United Kingdom, UK, England; Leeds, Aberdeen; en-GB; GMT Standard Time, Europe/London; +44 7### ######, 07### ######; +44 20 #### ####
DK; Danmark, Denmark; København, Århus; da-DK; Romance Standard Time, Europe/Copenhagen; +45 ## ## ## ##, ########; +45 ## ## ## ##
US; United States, USA, United States of America; Denver, Anchorage, Honolulu; en-US; Mountain Standard Time, Hawaiian Standard Time, America/Denver; +1 (303) 555-01##, 303.555.01##; (303) 555-01## x##`;

/** The places people are seeded from, the most frequent first. */
export function seedPlaces(): readonly [SeedPlace, ...SeedPlace[]] {
  const [first = '', ...rest] = TABLE.trim().split('\n');
  return [readPlace(first), ...rest.map(readPlace)];
}

function readPlace(row: string): SeedPlace {
  const [usageLocation = '', countries, cities, language = '', timeZones, mobiles, landline = ''] = row.split('; ');
  const lists = {
    countries: choice(countries),
    cities: choice(cities),
    timeZones: choice(timeZones),
    mobiles: choice(mobiles),
  };
  return { usageLocation, language, landline, ...lists };
}

function choice(text = ''): Choice {
  const [first = '', ...rest] = text.split(', ');
  return [first, ...rest];
}
