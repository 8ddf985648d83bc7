import { UNSET_USER } from '../directory/directory-properties.js';
import type { SeededRandom } from '../seeded-random.js';
import type { DirectoryUser } from '../types.js';
import { DEPARTMENTS, GIVEN_NAMES, JOB_TITLES, SURNAMES } from './seed-names.js';
import { type SeedPlace, seedPlaces } from './seed-places.js';

const places = seedPlaces();

/** One in so many people, counted from the given place, is special in this way; small worlds have each kind too. */
const GUEST = { every: 40, from: 17 };
const DISABLED = { every: 50, from: 23 };
const WITHOUT_MAIL = { every: 60, from: 29 };
const SYNCED_FROM_AD = { every: 45, from: 11 };
const WITHOUT_NAME_PARTS = { every: 70, from: 13 };
const ODD_TIME_ZONE = { every: 80, from: 19 };
const BLOCKED_MAILBOX = { every: 500, from: 27 };

export interface SeedContext {
  readonly random: SeededRandom;
  readonly domain: string;
  /** How many people have each principal name so far. */
  readonly namesTaken: Map<string, number>;
}

/** The person at place `index` of a seeded tenant; the first one's principal name may be given. */
export function seedPerson(context: SeedContext, index: number, alias?: string): DirectoryUser {
  const { random } = context;
  const place = random.next() < 0.6 ? places[0] : random.pick(places);
  const id = random.guid();
  const names = { given: random.pick(GIVEN_NAMES), surname: random.pick(SURNAMES) };
  const properties = {
    ...UNSET_USER,
    ...addresses(context, { index, alias: alias ?? plainAlias(context, `${names.given}.${names.surname}`) }),
    ...nameProperties(index, names),
    ...placeProperties(random, place),
    ...accountProperties(random, index),
    id,
  };
  return { id, ordinal: index, properties, cleared: [], deletedAtMs: null, mailbox: mailboxOf(random, index, place) };
}

/** The local part of an address: without marks and spaces, numbered where it is taken. */
function plainAlias(context: SeedContext, name: string): string {
  const plain = name.normalize('NFD').replace(/[^a-zA-Z.]/g, '');
  const alias = plain.toLowerCase();
  const count = (context.namesTaken.get(alias) ?? 0) + 1;
  context.namesTaken.set(alias, count);
  return count === 1 ? alias : `${alias}${count}`;
}

function addresses(context: SeedContext, person: { index: number; alias: string }) {
  const { domain } = context;
  const own = `${person.alias}@${domain}`;
  if (is(GUEST, person.index)) {
    const userPrincipalName = `${person.alias}_partner.example#EXT#@${domain}`;
    return { userPrincipalName, mail: `${person.alias}@partner.example`, userType: 'Guest', otherMails: [own] };
  }
  if (is(WITHOUT_MAIL, person.index)) return { userPrincipalName: own, mailNickname: person.alias, userType: 'Member' };
  const mail = context.random.next() < 0.1 ? `${person.alias}@mail.${domain}` : own;
  return {
    userPrincipalName: own,
    mail,
    mailNickname: person.alias,
    proxyAddresses: [`SMTP:${mail}`],
    userType: 'Member',
  };
}

function nameProperties(index: number, names: { given: string; surname: string }) {
  const displayName = `${names.given} ${names.surname}`;
  if (is(WITHOUT_NAME_PARTS, index)) return { displayName };
  return { displayName, givenName: names.given, surname: names.surname };
}

function placeProperties(random: SeededRandom, place: SeedPlace) {
  const phone = random.next();
  return {
    country: random.next() < 0.8 ? random.pick(place.countries) : null,
    usageLocation: random.next() < 0.9 ? place.usageLocation : null,
    city: random.pick(place.cities),
    officeLocation: random.next() < 0.5 ? random.pick(place.cities) : null,
    preferredLanguage: random.next() < 0.5 ? place.language : null,
    mobilePhone: phone < 0.84 ? digits(random, random.pick(place.mobiles)) : phone < 0.85 ? 'ask reception' : null,
    businessPhones: random.next() < 0.4 ? [digits(random, place.landline)] : [],
  };
}

function accountProperties(random: SeededRandom, index: number) {
  const hired = new Date(Date.UTC(2016, 0, 1 + random.below(3_600), random.below(24), random.below(60), 7));
  return {
    accountEnabled: !is(DISABLED, index),
    createdDateTime: `${hired.toISOString().slice(0, 19)}Z`,
    department: random.pick(DEPARTMENTS),
    jobTitle: random.next() < 0.8 ? random.pick(JOB_TITLES) : null,
    companyName: random.next() < 0.3 ? 'GetHomeSafe Demo' : null,
    employeeId: random.next() < 0.7 ? String(100_000 + index) : null,
    onPremisesSyncEnabled: is(SYNCED_FROM_AD, index) ? true : null,
    // Accounts from long ago have no type.
    ...(is(SYNCED_FROM_AD, index) && index % 2 === 1 ? { userType: null } : {}),
  };
}

function mailboxOf(random: SeededRandom, index: number, place: SeedPlace): DirectoryUser['mailbox'] {
  if (is(GUEST, index) || is(WITHOUT_MAIL, index)) return 'none';
  if (is(BLOCKED_MAILBOX, index)) return 'blocked';
  if (is(ODD_TIME_ZONE, index)) {
    return { timeZone: random.pick(['tzone://Microsoft/Custom', 'Customized Time Zone']), userPurpose: 'user' };
  }
  return { timeZone: random.pick(place.timeZones), userPurpose: 'user' };
}

function is(kind: { readonly every: number; readonly from: number }, index: number): boolean {
  return index % kind.every === kind.from % kind.every && index >= kind.from;
}

function digits(random: SeededRandom, pattern: string): string {
  return pattern.replace(/#/g, () => String(random.below(10)));
}
