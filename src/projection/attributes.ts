import { type Attributes, EXTENSION_SOURCES, type FieldSource } from './types.js';

type Text = string | null | undefined;
type Texts = readonly string[] | null | undefined;
type Values = Attributes['values'];
type Extensions = Readonly<Partial<Record<FieldSource, Text>>>;

/** A mailbox as read; a property that is missing was not read. */
export interface Mailbox {
  readonly timeZone?: Text;
  readonly userPurpose?: Text;
}

/** A user as Graph answers it, as far as it is of interest here; a property that is missing was not read. */
export interface RawUser {
  readonly accountEnabled?: boolean | null | undefined;
  readonly userType?: Text;
  readonly userPrincipalName?: Text;
  readonly givenName?: Text;
  readonly surname?: Text;
  readonly displayName?: Text;
  readonly mail?: Text;
  readonly otherMails?: Texts;
  readonly mobilePhone?: Text;
  readonly businessPhones?: Texts;
  readonly country?: Text;
  readonly usageLocation?: Text;
  readonly onPremisesExtensionAttributes?: Readonly<Record<string, Text>> | null | undefined;
  readonly mailboxSettings?: Mailbox | null | undefined;
}

/**
 * What the rules look at of a user. Arrays are reduced to their first entry. An account is enabled unless Graph says
 * otherwise: a property that was not read takes nothing away (law L8).
 */
export function attributesOf(user: RawUser, mailbox?: Mailbox | null): Attributes {
  const box = mailbox ?? user.mailboxSettings ?? undefined;
  return {
    accountEnabled: user.accountEnabled !== false,
    userType: user.userType ?? null,
    userPrincipalName: user.userPrincipalName ?? null,
    values: valuesOf(user, box),
    userPurpose: box?.userPurpose ?? undefined,
  };
}

function valuesOf(user: RawUser, mailbox: Mailbox | undefined): Values {
  const { otherMails, businessPhones, onPremisesExtensionAttributes: extensions } = user;
  const values = { ...user, otherMails: firstOf(otherMails), businessPhones: firstOf(businessPhones) };
  return shapedValues({ ...values, 'mailboxSettings.timeZone': mailbox?.timeZone }, extensionsOf(extensions));
}

/** None is what most tenants have: one object for everybody. */
const NO_EXTENSIONS: Extensions = Object.fromEntries(EXTENSION_SOURCES.map((source) => [source, null]));

function extensionsOf(given: RawUser['onPremisesExtensionAttributes']): Extensions {
  if (given === undefined) return {};
  if (given === null || hasNoExtensions(given)) return NO_EXTENSIONS;
  return Object.fromEntries(EXTENSION_SOURCES.map((source) => [source, given[source]]));
}

/** All fifteen were read and are empty. */
export function hasNoExtensions(given: Extensions): boolean {
  return EXTENSION_SOURCES.every((source) => given[source] === null);
}

/**
 * Values written as one literal: of an object whose names are set one by one V8 makes a table of 1.6 KB, six times as
 * much, and a run has everybody in memory. Values that are undefined are not there.
 */
function shapedValues(given: Partial<Record<FieldSource, Text>>, extensions: Extensions): Values {
  const values = {
    givenName: given.givenName,
    surname: given.surname,
    displayName: given.displayName,
    mail: given.mail,
    userPrincipalName: given.userPrincipalName,
    otherMails: given.otherMails,
    mobilePhone: given.mobilePhone,
    businessPhones: given.businessPhones,
    country: given.country,
    usageLocation: given.usageLocation,
    ...extensions,
  };
  const timeZone = given['mailboxSettings.timeZone'];
  const all = timeZone === undefined ? values : { ...values, 'mailboxSettings.timeZone': timeZone };
  return isWhole(all) ? all : Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function isWhole(values: Partial<Record<FieldSource, Text>>): values is Values {
  for (const source in values) if (values[source as FieldSource] === undefined) return false;
  return true;
}

function firstOf(texts: Texts): Text {
  return texts === undefined || texts === null ? texts : (texts[0] ?? null);
}
