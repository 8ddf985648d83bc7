import type { Note } from '../../../src/changes/types.js';
import { createRichPost, MOST_OPENED, type RichReader, type RichTally } from '../../../src/intake/rich-post.js';
import { anEventItem, anna, tenantA, tenantB } from './notification-builders.js';

const ID = 'AAMkAGI=';
const NOTE: Note = { tenantId: tenantA, kind: 'events', objectId: anna, via: 'notification', notified: 1 };
const item = anEventItem({ encryptedContent: { data: 'x' } });

function aReader(change: Partial<RichReader> = {}) {
  const { verify, open } = change;
  return {
    verify: jest.fn<ReturnType<RichReader['verify']>, Parameters<RichReader['verify']>>(verify ?? (() => 'verified')),
    open: jest.fn<ReturnType<RichReader['open']>, [unknown]>(open ?? (() => ({ ok: true, id: ID, event: { id: ID } }))),
  };
}

/** What becomes of the notes of these items, and how they are counted. */
function enriched(reader: RichReader | null, items: readonly unknown[], note = NOTE) {
  const tally: RichTally = {};
  const body = { value: items, validationTokens: ['token'] };
  const enrich = createRichPost({ reader, body, items, tally });
  return { notes: items.map((each) => enrich(note, each)), tally };
}

test('the event of a verified item goes with its note', () => {
  expect(enriched(aReader(), [item])).toEqual({ notes: [{ ...NOTE, seen: { id: ID } }], tally: { opened: 1 } });
});

test('the tokens are looked at once a POST, for the tenants of everything that carries something', () => {
  const reader = aReader();
  const other = anEventItem({ tenantId: tenantB.toUpperCase(), encryptedContent: {} });
  const plain = anEventItem({ tenantId: '00000000-0000-4000-8000-000000000009' });
  enriched(reader, [plain, item, other, item]);
  expect(reader.verify.mock.calls).toEqual([[['token'], [tenantA, tenantB]]]);
});

test('without anything to open no token is looked at', () => {
  const reader = aReader();
  expect(enriched(reader, [anEventItem(), anEventItem({ encryptedContent: null })]).tally).toEqual({});
  expect(enriched(reader, [item], { ...NOTE, kind: 'group' }).tally).toEqual({});
  expect(reader.verify).not.toHaveBeenCalled();
});

test.each([
  ['switched off', null, 'off'],
  ['with tokens that are not good', aReader({ verify: () => 'token' }), 'token'],
  ['with a key that is not kept', aReader({ verify: () => 'unknown_key' }), 'unknown_key'],
  ['shut', aReader({ open: () => ({ ok: false, reason: 'certificate' }) }), 'certificate'],
  ['about another event', aReader({ open: () => ({ ok: true, id: 'aamkagi=', event: {} }) }), 'mismatched'],
] as const)('an item %s is a plain hint and counted', (_, reader, outcome) => {
  expect(enriched(reader, [item])).toEqual({ notes: [NOTE], tally: { [outcome]: 1 } });
});

test('nothing is opened where the tokens are not good', () => {
  const reader = aReader({ verify: () => 'token' });
  enriched(reader, [item, item]);
  expect(reader.open).not.toHaveBeenCalled();
});

test('a deletion and a whole series are opened and still have to be read', () => {
  const deleted = anEventItem({ changeType: 'deleted', encryptedContent: {} });
  expect(enriched(aReader(), [deleted])).toEqual({ notes: [NOTE], tally: { opened: 1 } });
  const series = aReader({ open: () => ({ ok: true, id: ID, event: null }) });
  expect(enriched(series, [item])).toEqual({ notes: [NOTE], tally: { opened: 1 } });
});

test('only so many are opened in one POST, and the rest are plain hints', () => {
  const reader = aReader();
  const { notes, tally } = enriched(
    reader,
    Array.from({ length: MOST_OPENED + 2 }, () => item),
  );
  expect(tally).toEqual({ opened: MOST_OPENED, too_many: 2 });
  expect(notes.at(-1)).toEqual(NOTE);
  expect(reader.open).toHaveBeenCalledTimes(MOST_OPENED);
});
