import { type NoticeRecipient, outboxRows, type WrittenPerson } from '../../../src/records/outbox/outbox-rows.js';
import { defaultSettings } from '../../../src/tenancy/settings/integration-settings.js';
import { anEntry, aUser } from './a-user.js';

const ALL = { sendInvitations: true, sendAddressNotices: true };
const NONE = { sendInvitations: false, sendAddressNotices: false };
const boss = { _id: 'u9', email: 'boss@example.com' };

const newcomer: WrittenPerson = { before: null, after: aUser(), entries: [anEntry({ kind: 'create' })] };
const moved: WrittenPerson = {
  before: aUser(),
  after: aUser({ email: 'Ana.New@example.com', emailKey: 'ana.new@example.com' }),
  entries: [anEntry({ _id: 'l0', kind: 'update', field: 'firstName' }), anEntry({ kind: 'update', field: 'email' })],
};

function sent(person: WrittenPerson, wishes = ALL, administrators: readonly NoticeRecipient[] = [boss]): string[] {
  return outboxRows(person, { wishes, administrators }).map(({ _id, to }) => `${_id} to ${to}`);
}

test('E20: a newcomer is invited under a name that can be there only once, where invitations are wanted', () => {
  expect(sent(newcomer)).toEqual(['invitation:u1 to ana@example.com']);
  expect(sent(newcomer, { ...ALL, sendInvitations: false })).toEqual([]);
});

test('E20: unless somebody asks for it, nobody is sent anything', () => {
  const wishes = defaultSettings('UTC');
  expect([...sent(newcomer, wishes), ...sent(moved, wishes)]).toEqual([]);
});

test.each([
  ['changed', [anEntry({ kind: 'update', field: 'lastName' })]],
  ['archived', [anEntry({ kind: 'archive' })]],
  ['restored', [anEntry({ kind: 'restore' })]],
])('E20: somebody who is there already is not invited when %s', (_, entries) => {
  expect(sent({ before: aUser(), after: aUser(), entries })).toEqual([]);
});

test('E23: a changed sign-in address is told at the new address and to each account administrator', () => {
  expect(sent(moved)).toEqual([
    'address_changed:l1:u1 to Ana.New@example.com',
    'address_changed:l1:u9 to boss@example.com',
  ]);
  expect(sent(moved, NONE)).toEqual([]);
});

test('E23: an administrator whose own address changes is told once, and one without an address not at all', () => {
  const own = { _id: 'u1', email: 'ana@example.com' };
  expect(sent(moved, ALL, [own, { _id: 'u8', email: null }])).toEqual(['address_changed:l1:u1 to Ana.New@example.com']);
});

test('E22, E23: another spelling of the same address is told to nobody', () => {
  const after = aUser({ email: 'ANA@example.com' });
  expect(sent({ ...moved, after })).toEqual([]);
});

test('E23: somebody who comes back with the address that they had is told nothing', () => {
  const { emailKey: formerEmailKey = null, ...rest } = aUser();
  const before = { ...rest, status: 'archived' as const, formerEmailKey };
  expect(sent({ before, after: aUser(), entries: [anEntry({ kind: 'restore' })] })).toEqual([]);
});
