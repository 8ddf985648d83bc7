import type { FieldTarget } from '../types.js';

/** The fields' names as the help article and the screen have them. */
export const FIELD_LABELS: Readonly<Record<FieldTarget, string>> = {
  firstName: 'First Name',
  lastName: 'Last Name',
  email: 'Email Address',
  mobilePhone: 'Mobile Phone Number',
  country: 'Country',
  timeZone: 'Time Zone',
};
