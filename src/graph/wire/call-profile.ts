/** Which of Graph's services answers, because each throttles by itself. */
export type GraphService = 'directory' | 'outlook' | 'subscriptions';

/** What is known of a call from its path alone. */
export interface CallProfile {
  /** Label of metrics and logs. */
  readonly kind: string;
  readonly service: GraphService;
  /** Estimate in resource units; 0 where the service does not count them. */
  readonly units: number;
  /** For messages: "read people". */
  readonly what: string;
  /** Application permission that the call needs. */
  readonly permission: string;
}

type Row = Omit<CallProfile, 'units'> & { readonly pattern: RegExp; readonly baseUnits: number };

const PEOPLE = { service: 'directory', permission: 'User.Read.All' } as const;
const GROUPS = { service: 'directory', permission: 'GroupMember.Read.All' } as const;

/**
 * First match wins. Units: Microsoft Graph documentation, "throttling limits", identity and access. Costs of
 * checkMemberGroups, getMemberGroups and delta are not documented: `x-ms-resource-unit` puts the guess right.
 */
const ROWS: readonly Row[] = [
  { ...GROUPS, kind: 'delta', pattern: /^\/groups\/delta\b/i, baseUnits: 2, what: 'follow changes of groups' },
  { ...PEOPLE, kind: 'delta', pattern: /^\/users\/delta\b/i, baseUnits: 2, what: 'follow changes of people' },
  {
    kind: 'mailbox',
    service: 'outlook',
    pattern: /^\/users\/[^/]+\/mailboxSettings\b/i,
    baseUnits: 0,
    what: 'read mailbox settings',
    permission: 'MailboxSettings.Read',
  },
  {
    kind: 'calendar',
    service: 'outlook',
    pattern: /^\/users\/[^/]+\/(calendar|calendars|calendarView|events)\b/i,
    baseUnits: 0,
    what: 'read calendars',
    permission: 'Calendars.Read',
  },
  {
    kind: 'subscription',
    service: 'subscriptions',
    pattern: /^\/subscriptions\b/i,
    baseUnits: 0,
    what: 'manage subscriptions',
    permission: 'User.Read.All, Group.Read.All or Calendars.Read, as the resource asks,',
  },
  {
    ...GROUPS,
    kind: 'membership',
    pattern: /^\/users\/[^/]+\/(check|get)Member(Groups|Objects)\b/i,
    baseUnits: 2,
    what: 'read the groups of people',
  },
  { ...PEOPLE, kind: 'person', pattern: /^\/users\/[^/?]+/i, baseUnits: 1, what: 'read people' },
  { ...PEOPLE, kind: 'people', pattern: /^\/users\b/i, baseUnits: 2, what: 'list people' },
  { ...PEOPLE, kind: 'deleted', pattern: /^\/directory\/deletedItems\b/i, baseUnits: 1, what: 'read deleted people' },
  { ...GROUPS, kind: 'members', pattern: /^\/groups\/[^/]+\/transitiveMembers\b/i, baseUnits: 5, what: 'list members' },
  { ...GROUPS, kind: 'members', pattern: /^\/groups\/[^/]+\/members\b/i, baseUnits: 3, what: 'list members' },
  { ...GROUPS, kind: 'group', pattern: /^\/groups\b/i, baseUnits: 1, what: 'read groups' },
  { ...PEOPLE, kind: 'by_ids', pattern: /^\/directoryObjects\/getByIds\b/i, baseUnits: 5, what: 'look up objects' },
  {
    kind: 'batch',
    service: 'directory',
    pattern: /^\/\$batch\b/i,
    baseUnits: 0,
    what: 'send a batch',
    permission: 'User.Read.All and GroupMember.Read.All',
  },
];

const OTHER: Row = {
  kind: 'other',
  service: 'directory',
  pattern: /^/,
  baseUnits: 1,
  what: 'make a call',
  permission: 'the permission that the call asks for',
};

/** @param address  path below /v1.0, or an absolute Graph address */
export function profileOf(address: string): CallProfile {
  const path = address.replace(/^https?:\/\/[^/]+\/v1\.0/i, '');
  const { pattern: _, baseUnits, ...row } = ROWS.find((candidate) => candidate.pattern.test(path)) ?? OTHER;
  return { ...row, units: row.service === 'directory' ? adjustedUnits(baseUnits, path) : 0 };
}

/** `$select` and a `$top` below 20 take one unit off, `$expand` adds one, never below one (same source). */
function adjustedUnits(baseUnits: number, path: string): number {
  if (baseUnits === 0) return 0;
  const query = new URLSearchParams(path.split('?')[1] ?? '');
  const top = query.get('$top');
  let units = baseUnits;
  if (query.has('$select')) units -= 1;
  if (query.has('$expand')) units += 1;
  if (top !== null && Number(top) < 20) units -= 1;
  return Math.max(1, units);
}
