import type { Attributes, FieldSource } from './types.js';

type Text = string | null | undefined;
type Texts = readonly string[] | null | undefined;

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

function valuesOf(user: RawUser, mailbox: Mailbox | undefined): Attributes['values'] {
  const values: Partial<Record<FieldSource, string | null>> = {};
  const keep = (source: FieldSource, value: Text) => {
    if (value !== undefined) values[source] = value;
  };
  keep('givenName', user.givenName);
  keep('surname', user.surname);
  keep('displayName', user.displayName);
  keep('mail', user.mail);
  keep('userPrincipalName', user.userPrincipalName);
  keep('otherMails', firstOf(user.otherMails));
  keep('mobilePhone', user.mobilePhone);
  keep('businessPhones', firstOf(user.businessPhones));
  keep('country', user.country);
  keep('usageLocation', user.usageLocation);
  keep('mailboxSettings.timeZone', mailbox?.timeZone);
  const extensions = user.onPremisesExtensionAttributes;
  for (let number = 1; extensions !== undefined && number <= 15; number += 1) {
    const source = `extensionAttribute${number}` as const;
    keep(source, extensions === null ? null : extensions[source]);
  }
  return values;
}

function firstOf(texts: Texts): Text {
  return texts === undefined || texts === null ? texts : (texts[0] ?? null);
}
