import { createJudge } from '../../../src/intake/judge.js';
import {
  aClientState,
  aGroupItem,
  aLifecycleItem,
  anEventItem,
  anna,
  aUserItem,
  bert,
  nurses,
  secrets,
  subscription,
  tenantA,
  tenantB,
} from './notification-builders.js';

const judge = (item: unknown) => createJudge({ secrets, traceId: 'trace' })(item);
const noteOf = (item: unknown) => {
  const judged = judge(item);
  if (judged.outcome !== 'accepted') throw new Error(`The item was ${judged.outcome}.`);
  return judged.note;
};
const outcomeOf = (item: unknown) => judge(item).outcome;

test('a notified person becomes a note that counts one accepted item', () => {
  expect(noteOf(aUserItem())).toEqual({
    tenantId: tenantA,
    kind: 'user',
    objectId: anna,
    via: 'notification',
    notified: 1,
    traceId: 'trace',
    subscriptionId: subscription,
  });
});

test('only a permanent deletion says that the person is gone', () => {
  expect(noteOf(aUserItem({ changeType: 'deleted' })).removed).toBe(true);
  expect(noteOf(anEventItem({ changeType: 'deleted' })).removed).toBeUndefined();
});

test('the object may be named by the path or by the data alone', () => {
  expect(noteOf(aUserItem({ resource: undefined })).objectId).toBe(anna);
  expect(noteOf(aUserItem({ resource: 'users' })).objectId).toBe(anna);
  expect(noteOf(aUserItem({ resourceData: null })).objectId).toBe(anna);
  expect(outcomeOf(aUserItem({ resource: undefined, resourceData: {} }))).toBe('malformed');
});

test('path and data that name different objects are refused', () => {
  expect(outcomeOf(aUserItem({ resourceData: { id: bert } }))).toBe('mismatched');
  expect(outcomeOf(aUserItem({ resourceData: { id: 'anna@contoso.com' } }))).toBe('mismatched');
  expect(outcomeOf(aUserItem({ resourceData: { id: 7 } }))).toBe('mismatched');
});

test('an event becomes a note for the mailbox that the clientState was made for', () => {
  expect(noteOf(anEventItem())).toMatchObject({ kind: 'events', objectId: anna });
  expect(noteOf(anEventItem({ resource: `users/${anna}@${tenantA}/Events/x` }))).toMatchObject({ kind: 'events' });
  expect(noteOf(anEventItem({ resource: undefined }))).toMatchObject({ kind: 'events', objectId: anna });
});

test('a clientState speaks only for its own kind, object and tenant', () => {
  expect(outcomeOf(anEventItem({ resource: `Users/${bert}/Events/x` }))).toBe('mismatched');
  expect(outcomeOf(anEventItem({ resource: `Users/${anna}` }))).toBe('mismatched');
  expect(outcomeOf(anEventItem({ resource: `users/${anna}@${tenantB}/Events/x` }))).toBe('mismatched');
  expect(outcomeOf(aUserItem({ resource: `Groups/${anna}` }))).toBe('mismatched');
  expect(outcomeOf(aUserItem({ resource: 7 }))).toBe('mismatched');
  expect(outcomeOf(aUserItem({ clientState: aClientState('u', bert) }))).toBe('mismatched');
  expect(outcomeOf(aUserItem({ tenantId: tenantB }))).toBe('forged');
});

test('an altered, cut or missing clientState is forged', () => {
  const whole = aClientState('u');
  for (const clientState of [`${whole.slice(0, -1)}!`, whole.slice(0, -1), '', null, undefined, 7, {}, [whole]]) {
    expect(outcomeOf(aUserItem({ clientState }))).toBe('forged');
  }
});

test('a forged copy is refused after a genuine one in the same POST, and the reverse', () => {
  const both = createJudge({ secrets, traceId: 'trace' });
  const forged = aUserItem({ tenantId: tenantB });
  expect([both(aUserItem()), both(forged), both(aUserItem()), both(forged)].map((each) => each.outcome)).toEqual([
    'accepted',
    'forged',
    'accepted',
    'forged',
  ]);
});

test.each([null, 7, 'text', true, [], [aUserItem()], {}, { tenantId: 'contoso.com' }, { tenantId: null }])(
  'an item that is %j is malformed',
  (item) => {
    expect(outcomeOf(item)).toBe('malformed');
  },
);

test('capitals in ids make no difference', () => {
  const item = aUserItem({ tenantId: tenantA.toUpperCase(), resource: `Users/${anna.toUpperCase()}` });
  expect(noteOf(item)).toMatchObject({ tenantId: tenantA, objectId: anna });
});

test('members named by a group notification are hints, removed ones in both spellings', () => {
  const members = [
    { id: anna, '@removed': 'deleted' },
    { id: bert, '@removed': { reason: 'deleted' } },
    { id: nurses },
  ];
  expect(noteOf(aGroupItem(members))).toMatchObject({
    kind: 'group',
    objectId: nurses,
    memberIds: [anna, bert, nurses],
  });
});

test.each([
  undefined,
  null,
  [],
  {},
  'text',
  [null],
  [7],
  [{}],
  [{ id: 'x' }],
  [{ id: anna }, { id: null }],
  { 0: { id: anna } },
])('members@delta that is %j is no hint, and the group is noted all the same', (members) => {
  const note = noteOf(aGroupItem(members));
  expect(note).toMatchObject({ kind: 'group', objectId: nurses });
  expect(note.memberIds).toBeUndefined();
});

test('of very many members one more than is kept is handed on', () => {
  const members = Array.from({ length: 5_000 }, (_, index) => ({
    id: `${anna.slice(0, -4)}${String(index).padStart(4, '0')}`,
  }));
  expect(noteOf(aGroupItem(members)).memberIds).toHaveLength(201);
});

test('a lifecycle event becomes a note about its subscription', () => {
  expect(noteOf(aLifecycleItem('subscriptionRemoved'))).toEqual({
    tenantId: tenantA,
    kind: 'subscription',
    objectId: subscription,
    subscriptionId: subscription,
    lifecycle: 'subscriptionRemoved',
    via: 'notification',
    notified: 1,
    traceId: 'trace',
  });
});

test('an authentic lifecycle event with a new name is kept, one without a subscription is not', () => {
  expect(noteOf(aLifecycleItem('somethingNew')).lifecycle).toBe('unknown');
  expect(outcomeOf({ ...aLifecycleItem(), subscriptionId: 'x' })).toBe('malformed');
  expect(outcomeOf(aLifecycleItem(7))).toBe('malformed');
  expect(outcomeOf({ ...aLifecycleItem(), clientState: 'x' })).toBe('forged');
});
