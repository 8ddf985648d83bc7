import { profileOf } from '../../../../src/graph/wire/call-profile.js';

test.each([
  ['/users/x', 'person', 'directory', 1],
  ['/users/x?$select=id', 'person', 'directory', 1],
  ['/users?$top=999', 'people', 'directory', 2],
  ['/users?$select=id', 'people', 'directory', 1],
  ['/users/delta?$select=id', 'delta', 'directory', 1],
  ['/groups/x/transitiveMembers/microsoft.graph.user?$top=999', 'members', 'directory', 5],
  ['/groups/x/transitiveMembers/microsoft.graph.user?$select=id&$top=5', 'members', 'directory', 3],
  ['https://graph.microsoft.com/v1.0/groups/x/members?$skiptoken=1', 'members', 'directory', 3],
  ['/users/x/checkMemberGroups', 'membership', 'directory', 2],
  ['/users/x/mailboxSettings', 'mailbox', 'outlook', 0],
  ['/users/x/calendarView?startDateTime=a', 'calendar', 'outlook', 0],
  ['/subscriptions/x', 'subscription', 'subscriptions', 0],
  ['/$batch', 'batch', 'directory', 0],
  ['/organization', 'other', 'directory', 1],
])('%s is of kind %s, answered by %s, and costs %d', (path, kind, service, units) => {
  expect(profileOf(path)).toMatchObject({ kind, service, units });
});
