/** What each kind of problem means, in the words of the help article, for the list of kinds. */
export const KINDS: Readonly<Record<string, { readonly title: string; readonly remedy: string }>> = {
  duplicate_email: {
    title: 'Duplicate Email Address',
    remedy: 'Correct the address in Entra, archive the old profile, link the two, or contact support to merge them.',
  },
  duplicate_email_in_source: {
    title: 'Same Email Address twice in Entra',
    remedy: 'Give each person an address of their own in Microsoft Entra ID.',
  },
  email_missing: {
    title: 'No Email Address',
    remedy: 'Email Address is mandatory: fill it in Entra, or choose another source in Field Mappings.',
  },
  email_invalid: { title: 'Email Address that cannot be used', remedy: 'Correct the address in Microsoft Entra ID.' },
  field_blank: {
    title: 'Missing data',
    remedy: 'Check Field Mappings, then the source data: what is empty in Entra stays empty here.',
  },
  phone_unparseable: {
    title: 'Mobile Phone Number that cannot be read',
    remedy: 'Write the number with its country code in Microsoft Entra ID.',
  },
  country_unknown: { title: 'Unknown Country', remedy: 'Use the name of the country or its two letters in Entra.' },
  timezone_unknown: { title: 'Unknown Time Zone', remedy: "Choose a standard time zone in the mailbox's settings." },
  no_mapped_group: {
    title: 'Not assigned to a team',
    remedy: 'Check the membership of Entra groups, then Team Mappings.',
  },
  multi_org_conflict: {
    title: 'Mapped to teams of two organisations',
    remedy: 'A person has one home organisation: check Team Mappings, or move the person.',
  },
  leader_removal_blocked: {
    title: 'Team would lose its last leaders',
    remedy: 'Make somebody else a leader of the team first.',
  },
  active_activity_deferred: {
    title: 'Archiving waits for an activity',
    remedy: 'Nothing to do: the profile is archived when the activity has ended.',
  },
  account_disabled: { title: 'Account disabled in Entra', remedy: 'Enable it in Entra where the person is needed.' },
  archived_by_admin: {
    title: 'Archived by an administrator',
    remedy: 'Restore the profile where the person is to come back.',
  },
  guest_skipped: { title: 'Guests', remedy: 'Include guests in Lifecycle where they are wanted.' },
  not_a_person_mailbox: { title: 'Rooms and shared mailboxes', remedy: 'Take them out of the mapped Entra group.' },
  held: { title: 'Held by the brake', remedy: 'Approve or refuse under Held changes.' },
  drift: { title: 'Drift: kept as decided', remedy: 'Release the decision where the sync is to follow Entra again.' },
};
