/**
 * The properties of users and groups the simulator knows, with the values of an object that never had them set.
 *
 * Names: Microsoft Graph metadata v1.0, August 2026; the default projections: answers captured from a real tenant.
 */

const NO_TEXTS: readonly string[] = Object.freeze([]);
const EXTENSION_ATTRIBUTES = Object.freeze(
  Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, null])),
);

/** What GET /users answers without $select; the order is the captured one. */
export const DEFAULT_USER_SELECT = names(`businessPhones displayName givenName jobTitle mail mobilePhone officeLocation
  preferredLanguage surname userPrincipalName id`);

/** What GET /groups answers without $select. */
export const DEFAULT_GROUP_SELECT = names(`id classification createdDateTime creationOptions deletedDateTime description
  displayName expirationDateTime groupTypes infoCatalogs isAssignableToRole mail mailEnabled mailNickname membershipRule
  membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName
  onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
  preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions
  resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors theme uniqueName visibility`);

const USER_LISTS = names(`assignedLicenses assignedPlans businessPhones identities imAddresses otherMails
  onPremisesProvisioningErrors provisionedPlans proxyAddresses serviceProvisioningErrors`);
const OTHER_USER_TEXTS = names(`accountEnabled ageGroup city companyName consentProvidedForMinor country createdDateTime
  creationType deletedDateTime department employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType
  externalUserState externalUserStateChangeDateTime faxNumber isResourceAccount lastPasswordChangeDateTime
  legalAgeGroupClassification mailNickname onPremisesDistinguishedName onPremisesDomainName onPremisesImmutableId
  onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
  onPremisesUserPrincipalName passwordPolicies postalCode preferredDataLocation securityIdentifier showInAddressList
  signInSessionsValidFromDateTime state streetAddress usageLocation userType`);
const GROUP_LISTS = names(`assignedLabels assignedLicenses creationOptions groupTypes infoCatalogs
  onPremisesProvisioningErrors proxyAddresses resourceBehaviorOptions resourceProvisioningOptions
  serviceProvisioningErrors`);

/** Every selectable property of a user, unset. */
export const UNSET_USER: Readonly<Record<string, unknown>> = Object.freeze({
  ...unset(DEFAULT_USER_SELECT, OTHER_USER_TEXTS, USER_LISTS),
  onPremisesExtensionAttributes: EXTENSION_ATTRIBUTES,
});

/** Every selectable property of a group, unset. */
export const UNSET_GROUP: Readonly<Record<string, unknown>> = Object.freeze(
  unset(DEFAULT_GROUP_SELECT, ['isManagementRestricted'], GROUP_LISTS),
);

function unset(...lists: readonly (readonly string[])[]): Record<string, unknown> {
  const arrays = new Set(lists.at(-1));
  return Object.fromEntries(lists.flat().map((name) => [name, arrays.has(name) ? NO_TEXTS : null]));
}

function names(text: string): readonly string[] {
  return Object.freeze(text.trim().split(/\s+/));
}
