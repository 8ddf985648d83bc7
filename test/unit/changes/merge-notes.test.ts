import { mergeNotes } from '../../../src/changes/merge-notes.js';
import { MEMBER_HINTS_KEPT, type Note, SEEN_EVENTS_KEPT } from '../../../src/changes/types.js';

function aNote(changes: Partial<Note> = {}): Note {
  return { tenantId: 't', kind: 'user', objectId: 'o', via: 'notification', notified: 1, ...changes };
}

test('notes about one thing are one, and their accepted items add up', () => {
  const merged = mergeNotes([aNote(), aNote({ notified: 2 }), aNote({ via: 'run', notified: 0 })]);
  expect(merged).toHaveLength(1);
  expect(merged[0]).toMatchObject({ id: 't:user:o', notified: 3, byGraph: true });
});

test('the same object id in another tenant or of another kind is another thing', () => {
  const merged = mergeNotes([aNote(), aNote({ tenantId: 'u' }), aNote({ kind: 'group' })]);
  expect(merged.map((each) => each.id)).toEqual(['t:user:o', 'u:user:o', 't:group:o']);
});

test('Graph is named as the origin where it is one of several, whatever the order', () => {
  const run = aNote({ via: 'run', notified: 0, runId: 'r' });
  expect(mergeNotes([aNote(), run])[0]?.last.via).toBe('notification');
  expect(mergeNotes([run, aNote()])[0]?.last.via).toBe('notification');
  expect(mergeNotes([aNote(), run])[0]?.runId).toBe('r');
});

test('removed sticks, whichever note says so', () => {
  expect(mergeNotes([aNote({ removed: true }), aNote()])[0]).toMatchObject({ removed: true, rank: 0 });
  expect(mergeNotes([aNote(), aNote({ removed: true })])[0]).toMatchObject({ removed: true, rank: 0 });
});

test('member hints are united and stop at one more than is kept', () => {
  const ids = Array.from({ length: 150 }, (_, index) => `m${index}`);
  const others = Array.from({ length: 150 }, (_, index) => `n${index}`);
  const group = { kind: 'group' } as const;
  expect(
    mergeNotes([aNote({ ...group, memberIds: ids }), aNote({ ...group, memberIds: ids })])[0]?.memberIds,
  ).toHaveLength(150);
  const many = mergeNotes([aNote({ ...group, memberIds: ids }), aNote({ ...group, memberIds: others })])[0];
  expect(many?.memberIds).toHaveLength(MEMBER_HINTS_KEPT + 1);
});

test('a group note without hints is remembered beside one with hints', () => {
  const hinted = aNote({ kind: 'group', memberIds: ['m'] });
  expect(mergeNotes([hinted])[0]?.unhinted).toBe(false);
  expect(mergeNotes([hinted, aNote({ kind: 'group' })])[0]).toMatchObject({ unhinted: true, memberIds: ['m'] });
});

test('the oldest round is the one that waits', () => {
  const round = (number: number) => aNote({ via: 'catch_up', notified: 0, round: number });
  expect(mergeNotes([round(7), round(5), round(6)])[0]?.round).toBe(5);
});

test('what verified notifications carried is kept only while every note about the calendar carried something', () => {
  const event = aNote({ kind: 'events', seen: { id: 'e' } });
  expect(mergeNotes([event, event])[0]).toMatchObject({ seen: [{ id: 'e' }, { id: 'e' }], unseen: false });
  expect(mergeNotes([event, aNote({ kind: 'events' })])[0]).toMatchObject({ seen: [], unseen: true });
  const look = aNote({ kind: 'events', via: 'catch_up', notified: 0 });
  expect(mergeNotes([look, event])[0]).toMatchObject({ seen: [], unseen: true });
  const many = Array.from({ length: 2 * SEEN_EVENTS_KEPT }, () => event);
  expect(mergeNotes(many)[0]?.seen).toHaveLength(SEEN_EVENTS_KEPT + 1);
  expect(mergeNotes([aNote()])[0]).toMatchObject({ seen: [], unseen: false });
});
