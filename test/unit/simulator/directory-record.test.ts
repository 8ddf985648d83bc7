import { writeFileSync } from 'node:fs';
import { utcTime } from '../../../src/simulator/world/calendar/wall-time.js';
import { ADVANCED, aDirectory, allPages, ROOT } from './directory-client.js';

const WINDOW = 'startDateTime=2026-11-01T00:00:00Z&endDateTime=2026-11-30T00:00:00Z';

/** Calls that answer, one of each route and of each form it has; `{user}`, `{group}`, `{deleted}` are filled in. */
const GOOD = [
  ...['/users', '/users?$top=2&$select=id,displayName,accountEnabled,onPremisesExtensionAttributes', '/users/{user}'],
  ...["/users?$filter=startswith(displayName,'T')&$orderby=displayName&$count=true", '/users?$search="displayName:a"'],
  ...['/users/{user}?$select=displayName', '/users/{user}?$select=noSuchProperty', '/users/$count', '/groups/$count'],
  ...['/users/{user}?$select=id,mailboxSettings', '/groups?$select=id,displayName', '/groups', '/groups/{group}'],
  ...['/groups/{group}/members', '/groups/{group}/members?$select=id', '/groups/{group}/transitiveMembers?$top=5'],
  ...['/groups/{group}/members/microsoft.graph.user?$count=true', '/groups/{group}/members/$count'],
  ...['/groups/{group}/transitiveMembers/microsoft.graph.user?$count=true&$select=id,mail'],
  ...['/users/{user}/mailboxSettings', '/users/{user}/mailboxSettings/timeZone', '/directory/deletedItems/{deleted}'],
  ...['/directory/deletedItems/microsoft.graph.user', '/organization'],
  ...[`/users/{user}/calendarView?${WINDOW}`, `/users/{user}/calendar/calendarView?${WINDOW}&$select=subject,start`],
  ...['/users/{user}/events', '/users/{user}/events/{event}', `/users/{user}/calendarView/delta?${WINDOW}`],
];

const BAD = [
  ...['/users?$top=1000', '/users?$search="displayName:a"', '/users/nobody', '/groups/nobody', '/users?$skip=1', '/me'],
  ...[
    '/users?$filter=nonsense',
    '/users/$count',
    '/groups/nobody/members',
    '/users/delta?$top=5',
    '/groups?$skiptoken=x',
  ],
  ...[
    '/groups/{group}/transitiveMembers/microsoft.graph.user',
    '/users/delta?$deltatoken=x',
    '/groups/{hidden}/members',
  ],
  ...['/users/{user}/calendarView', '/users/{user}/events/nothing', '/users/{user}/calendarView/delta'],
  ...['/directory/deletedItems/nobody', '/users/nobody/mailboxSettings', '/users?$orderby=city'],
];

/**
 * Every route answers in Graph's forms. With RECORDING set to a file name the answers are written there, one a line,
 * for a comparison with Microsoft's published metadata.
 */
test('every route answers, and refuses in the envelope of an error', async () => {
  const { call, tenant, recording, world } = aDirectory({ people: 60, groups: 12 });
  const [first, second, third, fourth] = [...tenant.view().users()].map(({ id }) => id);
  const groups = [...tenant.view().groups()].map(({ id }) => id);
  tenant.directory.deleteUser(second ?? '', false);
  const [start, end] = [9, 10].map((hour) => utcTime(Date.UTC(2026, 10, 2, hour)));
  const recurrence = {
    pattern: { type: 'daily', interval: 1 },
    range: { type: 'numbered', startDate: '2026-11-02', numberOfOccurrences: 3 },
  } as const;
  const series = start && end && tenant.calendars.createEvent(first ?? '', { start, end, recurrence });
  const fill = (path: string) =>
    Object.entries({
      user: first,
      group: groups[0],
      deleted: second,
      hidden: groups[5],
      event: series?.eventId,
    }).reduce((filled, [name, id]) => filled.replace(`{${name}}`, id ?? ''), path);
  for (const path of GOOD) expect([path, (await call(fill(path), { headers: ADVANCED })).status]).toEqual([path, 200]);
  for (const path of BAD) {
    const { status, body } = await call(fill(path));
    expect([path, status >= 400, Object.keys(body.error)]).toEqual([path, true, ['code', 'message', 'innerError']]);
  }
  Object.assign(world.switches.delta, { userPageSize: 9, groupPageSize: 5, membersPageSize: 4 });
  for (const path of [
    '/users/delta',
    '/groups/delta?$select=id,displayName,members',
    '/users/delta?$select=mail,city',
  ]) {
    const pages = await allPages(call, path);
    tenant.directory.updateUser(first ?? '', { city: `${path.length}`, mail: null });
    tenant.directory.updateGroup(groups[1] ?? '', { displayName: 'New' });
    tenant.directory.addMember(groups[1] ?? '', third ?? '');
    tenant.directory.removeMember(groups[1] ?? '', third ?? '');
    if (path === '/users/delta') tenant.directory.deleteUser(fourth ?? '', true);
    await allPages(call, String(pages.at(-1)?.['@odata.deltaLink']).replace(ROOT, ''));
  }
  const post = (path: string, body: unknown) => call(path, { method: 'POST', body });
  expect((await post(`/users/${first}/checkMemberGroups`, { groupIds: groups })).status).toBe(200);
  expect((await post(`/users/${first}/getMemberGroups`, { securityEnabledOnly: true })).status).toBe(200);
  expect((await post('/directoryObjects/getByIds', { ids: [first, groups[0]] })).status).toBe(200);
  expect((await post(`/directory/deletedItems/${second}/restore`, undefined)).status).toBe(200);
  tenant.directory.deleteUser(second ?? '', false);
  expect((await call(`/directory/deletedItems/${second}`, { method: 'DELETE' })).status).toBe(204);
  const file = process.env['RECORDING'];
  if (file !== undefined) writeFileSync(file, recording.map((each) => `${JSON.stringify(each)}\n`).join(''));
});
