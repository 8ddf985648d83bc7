import type { Finding } from './doctor.js';

/** What a check is about, in words for account administrators. */
interface About {
  readonly title: string;
  /** What it serves: what does not work without it. */
  readonly serves: string;
  /** Where it is mended; null: nothing that the enterprise can do, GetHomeSafe's operators must. */
  readonly mend: 'connect' | 'consent' | 'team_mappings' | 'sync_now' | null;
}

const ABOUT: Readonly<Record<string, About>> = {
  database: {
    title: 'Database',
    serves: 'Everything: without it nothing is read or written.',
    mend: null,
  },
  addresses: {
    title: 'Addresses of Microsoft and of GetHomeSafe',
    serves: "Sign-in and reading belong to one of Microsoft's clouds, and Microsoft can find GetHomeSafe.",
    mend: null,
  },
  notification_url: {
    title: 'Microsoft can reach GetHomeSafe',
    serves: 'Changes arrive within seconds. Without it they arrive with catch-up, every few minutes.',
    mend: null,
  },
  answers: {
    title: 'GetHomeSafe answers fast enough',
    serves: 'Microsoft delays or drops what it tells where answers are slow.',
    mend: null,
  },
  credential: {
    title: "GetHomeSafe's own secret and certificate",
    serves: 'They prove to Microsoft that it is GetHomeSafe who asks. Operators renew them before they end.',
    mend: null,
  },
  tenant: {
    title: 'Tenant',
    serves: 'The Entra tenant that this enterprise has proved to be its own.',
    mend: 'connect',
  },
  team_mappings: {
    title: 'Team Mappings',
    serves: 'People come in, and get their teams, by the Entra groups that are mapped.',
    mend: 'team_mappings',
  },
  notices: {
    title: 'Nothing Microsoft should have told is missing',
    serves: 'What Microsoft did not tell is found by catch-up, some minutes later.',
    mend: null,
  },
  catch_up: {
    title: 'Catch-up',
    serves: 'Asks Microsoft every few minutes what changed, so that nothing is missed.',
    mend: 'sync_now',
  },
  token: {
    title: 'Consent',
    serves: "The tenant's administrator has approved GetHomeSafe, and the Microsoft subscription is active.",
    mend: 'consent',
  },
  granted: {
    title: 'No more than is needed',
    serves: 'GetHomeSafe only reads. What it may do beyond that serves nobody but somebody who steals its secret.',
    mend: null,
  },
  read_users: { title: 'Read people (User.Read.All)', serves: 'Profiles of people.', mend: 'consent' },
  read_groups: {
    title: 'Read Entra groups (Group.Read.All, GroupMember.Read.All)',
    serves: 'Which people are in the Entra groups that are mapped.',
    mend: 'consent',
  },
  read_mailbox_settings: {
    title: 'Read mailbox settings (MailboxSettings.Read)',
    serves: 'Time zones of people; rooms and shared mailboxes are told from people.',
    mend: 'consent',
  },
  read_calendars: {
    title: 'Read calendars (Calendars.Read)',
    serves: 'Scheduled activities are made of events.',
    mend: 'consent',
  },
  subscriptions: {
    title: 'Be told of changes',
    serves: 'Microsoft tells GetHomeSafe of changes as they happen.',
    mend: 'consent',
  },
};

export type Explained = Finding & About;

/** A finding with what it is about. */
export function explained(finding: Finding): Explained {
  return { ...finding, ...(ABOUT[finding.id] ?? { title: finding.id, serves: '', mend: null }) };
}
