/** What a subscription watches, parsed from its `resource`. */
export type SubscribedResource =
  | { readonly kind: 'users'; readonly id: string | null }
  | { readonly kind: 'groups'; readonly id: string | null; readonly membersOnly: boolean }
  | { readonly kind: 'events'; readonly id: string };

const SHAPES = {
  users: /^users(?:\/([^/]+))?$/i,
  groups: /^groups(?:\/([^/]+)(\/members)?)?$/i,
  events: /^users\/([^/]+)\/events$/i,
} as const;

/** Parses a relative `resource`, with or without a leading slash; null where this Graph offers no subscription on it. */
export function parseSubscribedResource(resource: string): SubscribedResource | null {
  const path = resource.replace(/^\//, '').replace(/\?.*$/s, '');
  const users = SHAPES.users.exec(path);
  if (users) return { kind: 'users', id: users[1]?.toLowerCase() ?? null };
  const groups = SHAPES.groups.exec(path);
  if (groups) return { kind: 'groups', id: groups[1]?.toLowerCase() ?? null, membersOnly: groups[2] !== undefined };
  const events = SHAPES.events.exec(path);
  return events?.[1] ? { kind: 'events', id: events[1].toLowerCase() } : null;
}

/** Names the watched thing without the spelling of the request: subscriptions with one key are duplicates. */
export function resourceKey(resource: SubscribedResource): string {
  const members = resource.kind === 'groups' && resource.membersOnly ? '/members' : '';
  return `${resource.kind}/${resource.id ?? '*'}${members}`;
}

/**
 * Application permissions of which any one allows the subscription, least privileged first.
 *
 * Source: Microsoft Graph documentation, create subscription, permissions table.
 */
export function rolesForResource(resource: SubscribedResource): readonly string[] {
  switch (resource.kind) {
    case 'users':
      return ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
    case 'groups':
      return ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
    case 'events':
      return ['Calendars.Read', 'Calendars.ReadWrite'];
  }
}
