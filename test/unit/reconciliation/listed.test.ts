import { graphUserSchema } from '../../../src/graph/graph-user.js';
import { createListed } from '../../../src/reconciliation/groups/listed.js';

const user = (id: string, surname: string) => graphUserSchema.parse({ id, surname });
const told = (listed: ReturnType<typeof createListed>, ids?: string[]) =>
  [...listed.withAttributes(ids)].map(([id, { attributes, groupIds }]) => [id, attributes.values.surname, groupIds]);

test('somebody in several groups is there once, with all of them and what Graph said first', () => {
  const listed = createListed();
  listed.found(user('a', 'Ngata'), 'crew');
  listed.found(user('b', 'Ruru'), 'crew');
  listed.found(user('a', 'Later'), 'night');
  expect([listed.size, listed.has('a'), listed.has('c')]).toEqual([2, true, false]);
  expect(told(listed)).toEqual([
    ['a', 'Ngata', ['crew', 'night']],
    ['b', 'Ruru', ['crew']],
  ]);
});

test('of somebody who was let go the groups stay, and the attributes are there again once they turn up again', () => {
  const listed = createListed();
  listed.found(user('a', 'Ngata'), 'crew');
  listed.found(user('b', 'Ruru'), 'crew');
  listed.letGo(['a', 'nobody']);
  listed.letGo(['a']);
  expect(told(listed)).toEqual([['b', 'Ruru', ['crew']]]);
  expect(listed.get('a')).toMatchObject({ groupIds: ['crew'], packedAt: null });
  listed.found(user('a', 'Ngata'), 'night');
  expect(told(listed, ['a', 'nobody'])).toEqual([['a', 'Ngata', ['crew', 'night']]]);
});
