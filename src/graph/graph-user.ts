import { z } from 'zod';

/**
 * Attributes read of every person: the closed list that a Field Mapping may use, and what the rules look at.
 * Fixed, so that a changed mapping never needs another read (laws L2 and L14).
 */
export const USER_ATTRIBUTES = [
  'id',
  'accountEnabled',
  'userType',
  'givenName',
  'surname',
  'displayName',
  'mail',
  'userPrincipalName',
  'otherMails',
  'mobilePhone',
  'businessPhones',
  'country',
  'usageLocation',
  'onPremisesExtensionAttributes',
] as const;

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
/** Looked at, not copied: fifteen for each of many thousands of people. */
const extensions = z.custom<Readonly<Record<string, string | null>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => each === null || typeof each === 'string'),
);

/**
 * A user as Graph answers it. A property that is absent was not read and proves nothing; null is empty at the
 * source (law L8), so the two are kept apart.
 */
export const graphUserSchema = z.object({
  id: z
    .string()
    .min(1)
    .transform((id) => id.toLowerCase()),
  accountEnabled: z.boolean().nullish(),
  userType: text,
  givenName: text,
  surname: text,
  displayName: text,
  mail: text,
  userPrincipalName: text,
  otherMails: texts,
  mobilePhone: text,
  businessPhones: texts,
  country: text,
  usageLocation: text,
  /** extensionAttribute1 to extensionAttribute15. */
  onPremisesExtensionAttributes: extensions.nullish(),
  deletedDateTime: text,
});

export type GraphUser = z.infer<typeof graphUserSchema>;
