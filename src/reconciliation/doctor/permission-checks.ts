import { z } from 'zod';
import type { TenantGraph } from '../../graph/types.js';
import { HOUR_MS } from '../../kernel/clock.js';

/** There was nobody in the tenant to try a permission with. */
export const NOBODY = 'nobody';

interface Trying {
  readonly graph: TenantGraph;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface PermissionCheck {
  readonly id: string;
  readonly about: string;
  /** Throws what Graph says against it. */
  try(trying: Trying): Promise<unknown>;
}

/** Each permission of the app, tried by the read that needs it. */
export const PERMISSION_CHECKS: readonly PermissionCheck[] = [
  {
    ...{ id: 'read_users', about: 'User.Read.All' },
    try: ({ graph, signal }) => graph.request({ path: '/users?$top=1&$select=id', signal }),
  },
  { id: 'read_groups', about: 'Group.Read.All or GroupMember.Read.All', try: readMembers },
  { id: 'read_mailbox_settings', about: 'MailboxSettings.Read', try: readMailbox },
  { id: 'read_calendars', about: 'Calendars.Read', try: readCalendar },
  {
    id: 'subscriptions',
    about: "the app's own subscriptions",
    try: ({ graph, signal }) => graph.listSubscriptions({ signal }),
  },
];

const oneId = z.object({ value: z.array(z.object({ id: z.string() })) });

/** Both what a group is and who is in it: the second can be denied alone. */
async function readMembers({ graph, signal }: Trying): Promise<void> {
  const { value } = await graph.read(oneId, { path: '/groups?$top=1&$select=id', signal });
  const [group] = value;
  if (group) await graph.request({ path: `/groups/${group.id}/members?$top=1&$select=id`, signal });
}

async function readMailbox({ graph, signal }: Trying): Promise<unknown> {
  const personId = await somebody({ graph, signal });
  if (personId === null) return NOBODY;
  const answer = (await graph.readMailboxSettings([personId], { signal })).get(personId);
  if (answer?.status === 'forbidden' || answer?.status === 'failed') throw answer.failure;
  return answer;
}

async function readCalendar({ graph, now, signal }: Trying): Promise<unknown> {
  const personId = await somebody({ graph, signal });
  if (personId === null) return NOBODY;
  const to = new Date(now.getTime() + HOUR_MS);
  const answer = await graph.readCalendar({ objectId: personId, from: now, to }, { signal });
  if (answer.status === 'blocked' || answer.status === 'failed') throw answer.failure;
  return answer;
}

async function somebody({ graph, signal }: Pick<Trying, 'graph' | 'signal'>): Promise<string | null> {
  const { value } = await graph.read(oneId, { path: '/users?$top=1&$select=id', signal });
  return value[0]?.id ?? null;
}
