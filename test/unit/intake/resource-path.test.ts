import { parseResourcePath } from '../../../src/intake/resource-path.js';
import { anna, nurses, tenantA } from './notification-builders.js';

test.each([
  `Users/${anna}`,
  `users/${anna}`,
  `/users/${anna}`,
  `users/${anna}/`,
  `users('${anna}')`,
  `Users('${anna.toUpperCase()}')`,
])('a person is named by %s', (resource) => {
  expect(parseResourcePath(resource)).toEqual({ kind: 'u', objectId: anna, tenantId: null });
});

test.each([`Users/${anna}/Events/AAMk=`, `users/${anna}/events`, `users('${anna}')/events('AAMk=')`])(
  'a mailbox is named by %s',
  (resource) => {
    expect(parseResourcePath(resource)).toEqual({ kind: 'e', objectId: anna, tenantId: null });
  },
);

test.each([`Users/${anna}@${tenantA}/Events/AAMk=`, `users('${anna}@${tenantA.toUpperCase()}')/events/AAMk=`])(
  'the tenant behind the object is told apart in %s',
  (resource) => {
    expect(parseResourcePath(resource)).toEqual({ kind: 'e', objectId: anna, tenantId: tenantA });
  },
);

test.each([`Groups/${nurses}`, `groups('${nurses}')`, `/groups/${nurses}/members`])(
  'a group is named by %s',
  (resource) => {
    expect(parseResourcePath(resource)).toEqual({ kind: 'g', objectId: nurses, tenantId: null });
  },
);

test('a collection names no object', () => {
  expect(parseResourcePath('users')).toEqual({ kind: 'u', objectId: null, tenantId: null });
  expect(parseResourcePath('/groups/')).toEqual({ kind: 'g', objectId: null, tenantId: null });
});

test.each([
  '',
  'me/events',
  'users/anna@contoso.com',
  `users/${anna}@contoso.com/events/1`,
  `users/${anna}@${tenantA}@${tenantA}/events/1`,
  `users/${anna}/messages/1`,
  `users/${anna}/eventsmore`,
  `users(${anna})`,
  `users('${anna}'`,
  `devices/${anna}`,
  `https://graph.microsoft.com/v1.0/users/${anna}`,
  `../users/${anna}`,
  `users/${anna}\n/events/1`,
  `users/${'x'.repeat(100_000)}`,
])('%p is none of ours', (resource) => {
  expect(parseResourcePath(resource)).toBeNull();
});
