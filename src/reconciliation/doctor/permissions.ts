/** An application permission that an administrator of the tenant consents to (docs/azure-setup.md). */
export interface Permission {
  readonly name: string;
  /** What GetHomeSafe does with it, for whoever is asked to approve it. */
  readonly serves: string;
  /** Works without it, for what is said in `serves`. */
  readonly optional: boolean;
}

/** Everything that GetHomeSafe asks a tenant for, all of it to read only. */
export const PERMISSIONS: readonly Permission[] = [
  {
    name: 'User.Read.All',
    serves: 'Read people: names, e-mail address, mobile phone and country, for their GetHomeSafe profiles.',
    optional: false,
  },
  {
    name: 'GroupMember.Read.All',
    serves: 'Read who is in the Entra groups that you map to teams.',
    optional: false,
  },
  {
    name: 'Group.Read.All',
    serves: 'Be told by Microsoft when membership of an Entra group changes.',
    optional: false,
  },
  {
    name: 'MailboxSettings.Read',
    serves: "Read each person's time zone, and tell people from rooms and shared mailboxes.",
    optional: false,
  },
  {
    name: 'Calendars.Read',
    serves: 'Read calendars, to make scheduled activities of events. Not used while Calendar Activities are off.',
    optional: true,
  },
];
