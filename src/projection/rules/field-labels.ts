import type { FieldSource, FieldTarget } from '../types.js';

/** The fields' names as the help article and the screen have them. */
export const FIELD_LABELS: Readonly<Record<FieldTarget, string>> = {
  firstName: 'First Name',
  lastName: 'Last Name',
  email: 'Email Address',
  mobilePhone: 'Mobile Phone Number',
  country: 'Country',
  timeZone: 'Time Zone',
};

const EXTENSION = /^extensionAttribute(\d+)$/;

/** The attributes as the Microsoft Entra admin center names them; two are not of the directory itself. */
const SOURCE_LABELS: Readonly<Partial<Record<FieldSource, string>>> = {
  givenName: 'First name',
  surname: 'Last name',
  displayName: 'Display name',
  mail: 'Email',
  userPrincipalName: 'User principal name',
  otherMails: 'Other emails (the first)',
  mobilePhone: 'Mobile phone',
  businessPhones: 'Business phone',
  country: 'Country or region',
  usageLocation: 'Usage location',
  'mailboxSettings.timeZone': 'Time zone of the mailbox',
  'organisation.timeZone': "Organisation's time zone in GetHomeSafe",
};

export function sourceLabel(source: FieldSource): string {
  const [, number] = EXTENSION.exec(source) ?? [];
  return SOURCE_LABELS[source] ?? `Extension attribute ${number ?? source}`;
}
