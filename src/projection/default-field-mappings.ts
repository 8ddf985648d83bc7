import type { FieldMappings } from './types.js';

/** Where each field comes from until an administrator chooses otherwise. */
export const DEFAULT_FIELD_MAPPINGS: FieldMappings = {
  firstName: 'givenName',
  lastName: 'surname',
  email: 'mail',
  mobilePhone: 'mobilePhone',
  country: 'country',
  timeZone: 'mailboxSettings.timeZone',
};
