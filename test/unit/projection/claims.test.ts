import {
  type ClaimsInput,
  type EmailClaim,
  type EmailHolder,
  type Rival,
  settleClaims,
} from '../../../src/projection/claims.js';

function linked(objectId: string, currentKey: string, wantedKey: string | null): EmailClaim {
  return { objectId, recordId: `record-${objectId}`, currentKey, wantedKey };
}

function newcomer(objectId: string, wantedKey: string): EmailClaim {
  return { objectId, recordId: null, currentKey: null, wantedKey };
}

function holder(recordId: string, more: Partial<EmailHolder> = {}): EmailHolder {
  return { recordId, origin: 'manual', linkedObjectId: null, sameEnterprise: true, ...more };
}

/** Newcomers beyond the batch, or people with a record where told. */
function rivals(key: string, objectIds: readonly string[], hasRecord = false): ReadonlyMap<string, Rival[]> {
  return new Map([[key, objectIds.map((objectId) => ({ objectId, hasRecord }))]]);
}

function settle(input: Partial<ClaimsInput>): Record<string, string> {
  const verdicts = settleClaims({ claims: [], holders: new Map(), rivals: new Map(), ...input });
  return Object.fromEntries(
    [...verdicts].map(([objectId, verdict]) => [
      objectId,
      verdict.outcome === 'granted' ? 'granted' : verdict.refusal.code,
    ]),
  );
}

test('a free address is granted', () => {
  expect(settle({ claims: [newcomer('n', 'a'), linked('l', 'b', 'c')] })).toEqual({ n: 'granted', l: 'granted' });
});

test('who got a record with the address since the people were looked at does not stand in their own way', () => {
  const holders = new Map([['a', holder('just made', { origin: 'entra', linkedObjectId: 'n' })]]);
  expect(Object.values(settle({ claims: [newcomer('n', 'a')], holders }))).not.toContain('duplicate_email');
  expect(settle({ claims: [newcomer('other', 'a')], holders })).toEqual({ other: 'duplicate_email' });
});

test('two people swap', () => {
  expect(settle({ claims: [linked('1', 'a', 'b'), linked('2', 'b', 'a')] })).toEqual({ 1: 'granted', 2: 'granted' });
});

test('a cycle of three is granted together', () => {
  const claims = [linked('1', 'a', 'b'), linked('2', 'b', 'c'), linked('3', 'c', 'a')];
  expect(Object.values(settle({ claims }))).toEqual(['granted', 'granted', 'granted']);
});

test('a chain with a free end is granted, with a newcomer behind it', () => {
  const claims = [newcomer('n', 'a'), linked('1', 'a', 'b'), linked('2', 'b', 'free')];
  expect(Object.values(settle({ claims }))).toEqual(['granted', 'granted', 'granted']);
});

test('everybody behind a holder who stays is refused', () => {
  const claims = [newcomer('n', 'a'), linked('1', 'a', 'b'), linked('2', 'b', 'taken')];
  const holders = new Map([['taken', holder('by hand')]]);
  expect(settle({ claims, holders })).toEqual({ n: 'duplicate_email', 1: 'duplicate_email', 2: 'duplicate_email' });
});

test('a holder without a wish stays', () => {
  expect(settle({ claims: [newcomer('n', 'a'), linked('1', 'a', null)] })).toEqual({
    n: 'duplicate_email',
    1: 'granted',
  });
});

test('two newcomers with the same address rule each other out', () => {
  const both = { 1: 'duplicate_email_in_source', 2: 'duplicate_email_in_source' };
  expect(settle({ claims: [newcomer('1', 'a'), newcomer('2', 'a')] })).toEqual(both);
});

test('a newcomer with a rival beyond the batch is refused, whoever is read first', () => {
  const both = { rivals: rivals('a', ['1', '2']) };
  expect(settle({ claims: [newcomer('1', 'a')], ...both })).toEqual({ 1: 'duplicate_email_in_source' });
  expect(settle({ claims: [newcomer('2', 'a')], ...both })).toEqual({ 2: 'duplicate_email_in_source' });
});

test('what is remembered of a claimant does not count against what they claim now', () => {
  const claims = [newcomer('1', 'a'), newcomer('2', 'b')];
  expect(settle({ claims, rivals: rivals('a', ['2']) })).toEqual({ 1: 'granted', 2: 'granted' });
});

test('who has an address keeps it and only the newcomer fails', () => {
  const claims = [linked('l', 'a', 'a'), newcomer('n', 'a')];
  expect(settle({ claims })).toEqual({ l: 'granted', n: 'duplicate_email_in_source' });
});

test('somebody with a record goes before a newcomer, with the newcomer in the batch or beyond it', () => {
  const claims = [linked('l', 'b', 'a'), newcomer('n', 'a')];
  expect(settle({ claims })).toEqual({ l: 'granted', n: 'duplicate_email_in_source' });
  expect(settle({ claims: [linked('l', 'b', 'a')], rivals: rivals('a', ['n']) })).toEqual({ l: 'granted' });
});

test('two people with records who want the same free address both keep their own', () => {
  const claims = [linked('1', 'b', 'a'), linked('2', 'c', 'a')];
  expect(Object.values(settle({ claims }))).toEqual(['duplicate_email_in_source', 'duplicate_email_in_source']);
});

test('of two people with records who want one address neither gets it, whichever of them is in the batch', () => {
  const beyond = { rivals: rivals('a', ['2'], true) };
  expect(settle({ claims: [linked('1', 'b', 'a')], ...beyond })).toEqual({ 1: 'duplicate_email_in_source' });
});

test('a linked holder beyond the batch who wants the address as well makes it a duplicate at the source', () => {
  const holders = new Map([['a', holder('r', { linkedObjectId: 'h' })]]);
  const claims = [newcomer('n', 'a')];
  expect(settle({ claims, holders })).toEqual({ n: 'duplicate_email' });
  expect(settle({ claims, holders, rivals: rivals('a', ['h'], true) })).toEqual({ n: 'duplicate_email_in_source' });
});

test('E24: the holder is named within the enterprise only', () => {
  const near = settleClaims({
    claims: [newcomer('n', 'a'), newcomer('m', 'b')],
    holders: new Map([
      ['a', holder('near')],
      ['b', holder('far', { sameEnterprise: false })],
    ]),
    rivals: new Map(),
  });
  expect(near.get('n')).toMatchObject({ refusal: { key: 'a', holder: { recordId: 'near', origin: 'manual' } } });
  expect(near.get('m')).toMatchObject({ refusal: { key: 'b', holder: null } });
});
