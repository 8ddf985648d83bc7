import { nextRow, type Seen, sameContent, unreadRow, wentBackUntil } from '../../../src/mirror/next-row.js';
import type { PersonRow } from '../../../src/mirror/types.js';
import { isOlder } from '../../../src/mirror/types.js';

const START = Date.parse('2026-11-23T00:00:00Z');
const LAG_MS = 15 * 60_000;
let ticketNumber = 0;

function seen(values: Record<string, string | null>, groupIds: string[] = []): Seen {
  const attributes = { accountEnabled: true, userType: null, userPrincipalName: null, values };
  return { state: 'present', attributes, groupIds };
}

function read(row: PersonRow, what: Seen, afterMs = 0): PersonRow {
  ticketNumber += 1;
  const ticket = { epoch: 1, number: ticketNumber };
  return nextRow(row, what, { ticket, at: new Date(START + afterMs), lagMs: LAG_MS });
}

const fresh = () => unreadRow('tenant', 'person');

test('a row holds what was read last, groups in a stable order', () => {
  const row = read(fresh(), seen({ givenName: 'Aroha' }, ['b', 'a']));
  expect(row).toMatchObject({ state: 'present', groupIds: ['a', 'b'], attributes: { values: { givenName: 'Aroha' } } });
});

test('an attribute that a read did not bring keeps what was known', () => {
  const before = read(fresh(), seen({ 'mailboxSettings.timeZone': 'UTC', givenName: 'Aroha' }));
  const after = read(before, seen({ givenName: 'Hemi' }));
  expect(after.attributes?.values).toEqual({ 'mailboxSettings.timeZone': 'UTC', givenName: 'Hemi' });
});

test('mailbox settings are laid over the row without moving its ticket', () => {
  const before = read(fresh(), seen({ givenName: 'Aroha' }));
  const dueAt = new Date(START + 1);
  const after = read(before, { state: 'mailbox', timeZone: 'UTC', userPurpose: 'user', dueAt });
  expect(after.ticket).toEqual(before.ticket);
  expect(after).toMatchObject({ mailboxDueAt: dueAt, attributes: { values: { 'mailboxSettings.timeZone': 'UTC' } } });
});

test('mailbox settings that could not be read change nothing but the time of the next try', () => {
  const before = read(fresh(), seen({ 'mailboxSettings.timeZone': 'UTC' }));
  const dueAt = new Date(START + 1);
  const after = read(before, { state: 'mailbox', timeZone: undefined, userPurpose: undefined, dueAt });
  expect(after.attributes?.values).toEqual({ 'mailboxSettings.timeZone': 'UTC' });
});

test('E41: that there is no mailbox is remembered until a mailbox is read, whatever else is read or fails', () => {
  const later = { timeZone: undefined, userPurpose: undefined, dueAt: new Date(START + 1) };
  const none = read(read(fresh(), seen({})), { state: 'mailbox', ...later, hasNoMailbox: true });
  const again = read(read(none, seen({ givenName: 'Hemi' })), { state: 'mailbox', ...later });
  expect(again.attributes).toMatchObject({ hasNoMailbox: true, values: { givenName: 'Hemi' } });
  const found = read(again, { state: 'mailbox', ...later, timeZone: 'UTC', hasNoMailbox: false });
  expect(found.attributes).not.toHaveProperty('hasNoMailbox');
});

test('a mailbox is asked for soon of somebody new or back, and not again for a change', () => {
  const row = read(fresh(), seen({}), 5);
  expect(row.mailboxDueAt).toEqual(new Date(START + 5));
  const dueAt = new Date(START + 9_000);
  const asked = read(row, { state: 'mailbox', timeZone: 'UTC', userPurpose: undefined, dueAt });
  expect(read(asked, seen({ givenName: 'Hemi' }), 6).mailboxDueAt).toEqual(dueAt);
  const back = read(read(asked, { state: 'soft_deleted' }, 7), seen({}), 8);
  expect(back.mailboxDueAt).toEqual(new Date(START + 8));
});

test.each(['soft_deleted', 'absent'] as const)(
  'nobody asks for the mailbox of somebody who is %s, though an answer comes late',
  (state) => {
    const gone = read(read(fresh(), seen({}), 5), { state }, 6);
    expect(gone.mailboxDueAt).toBeNull();
    const dueAt = new Date(START + 9_000);
    const late = read(gone, { state: 'mailbox', timeZone: 'UTC', userPurpose: undefined, dueAt });
    expect(late).toEqual(gone);
  },
);

test('absence is dated from the first time it was seen without a break', () => {
  const present = read(fresh(), seen({}));
  const once = read(present, { state: 'absent' }, 1_000);
  const twice = read(once, { state: 'absent' }, 9_000);
  expect(twice.absentSince).toEqual(new Date(START + 1_000));
  expect(read(twice, seen({})).absentSince).toBeNull();
});

test('rows that differ only in tickets and times say the same', () => {
  const row = read(fresh(), seen({ givenName: 'Aroha' }));
  expect(sameContent(row, read(row, seen({ givenName: 'Aroha' }), 5_000))).toBe(true);
  expect(sameContent(row, read(row, seen({ givenName: 'Hemi' }), 5_000))).toBe(false);
});

test('a read that goes back to a value of within the lag has to wait until the lag is over', () => {
  const before = read(fresh(), seen({ mobilePhone: null }));
  const after = read(before, seen({ mobilePhone: '+64225189900' }), 60_000);
  const moment = { ticket: { epoch: 1, number: 99 }, at: new Date(START + 120_000), lagMs: LAG_MS };
  expect(wentBackUntil(after, seen({ mobilePhone: null }), moment)).toEqual(new Date(START + 60_000 + LAG_MS));
});

test('a value that was never there before does not have to wait, nor one of long ago', () => {
  const before = read(fresh(), seen({ mobilePhone: null }));
  const after = read(before, seen({ mobilePhone: '1' }), 60_000);
  const at = (ms: number) => ({ ticket: { epoch: 1, number: 99 }, at: new Date(START + ms), lagMs: LAG_MS });
  expect(wentBackUntil(after, seen({ mobilePhone: '2' }), at(120_000))).toBeNull();
  expect(wentBackUntil(after, seen({ mobilePhone: null }), at(60_000 + LAG_MS))).toBeNull();
});

test('leaving a group that the person joined a moment ago counts as going back', () => {
  const outside = read(fresh(), seen({}, []));
  const inside = read(outside, seen({}, ['g']), 1_000);
  const moment = { ticket: { epoch: 1, number: 99 }, at: new Date(START + 2_000), lagMs: LAG_MS };
  expect(wentBackUntil(inside, seen({}, []), moment)).not.toBeNull();
});

test('a ticket of a former owner is older than any of its successor', () => {
  expect(isOlder({ epoch: 1, number: 900 }, { epoch: 2, number: 1 })).toBe(true);
  expect(isOlder({ epoch: 2, number: 1 }, { epoch: 2, number: 1 })).toBe(false);
});
