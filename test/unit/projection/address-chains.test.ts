import type { EmailClaim, EmailHolder } from '../../../src/projection/claims.js';
import { openChains } from '../../../src/projection/rules/address-chains.js';

function claim(objectId: string, currentKey: string | null, wantedKey: string | null): EmailClaim {
  return { objectId, recordId: currentKey && `record of ${objectId}`, currentKey, wantedKey };
}

/** Holders by key; null: somebody whom only GetHomeSafe knows. */
function chains(claims: readonly EmailClaim[], holding: Readonly<Record<string, string | null>>) {
  const holders = Object.entries(holding).map(([key, linkedObjectId]): [string, EmailHolder] => [
    key,
    { recordId: `record of ${linkedObjectId}`, origin: 'entra', linkedObjectId, sameEnterprise: true },
  ]);
  return openChains({ claims, holders: new Map(holders) });
}

test('nobody is missing where addresses are free, held in the batch, or held by somebody who is not linked', () => {
  const claims = [claim('a', null, 'free'), claim('b', 'k', 'l'), claim('c', 'l', 'k'), claim('d', null, 'hand')];
  expect(chains(claims, { k: 'b', l: 'c', hand: null })).toEqual([]);
});

test('who wants the address of a linked person beyond the batch hangs on that one', () => {
  expect(chains([claim('a', null, 'k'), claim('x', null, 'free')], { k: 'h' })).toEqual([
    { objectIds: ['a'], missing: ['h'] },
  ]);
});

test('who hangs on somebody who hangs on somebody beyond the batch is left out as well, before and behind', () => {
  const claims = [claim('a', 'j', 'k'), claim('b', 'k', 'l'), claim('c', null, 'j'), claim('x', 'y', 'z')];
  expect(chains(claims, { j: 'a', k: 'b', l: 'h', z: null })).toEqual([{ objectIds: ['a', 'b', 'c'], missing: ['h'] }]);
});

test('people who want one address are in one chain, and chains that have nothing in common are apart', () => {
  const claims = [claim('a', null, 'k'), claim('b', null, 'k'), claim('c', null, 'l')];
  expect(chains(claims, { k: 'h', l: 'i' })).toEqual([
    { objectIds: ['a', 'b'], missing: ['h'] },
    { objectIds: ['c'], missing: ['i'] },
  ]);
});

test('a wish for the own address hangs on nobody', () => {
  expect(chains([claim('a', 'k', 'k')], { k: 'h' })).toEqual([]);
});
