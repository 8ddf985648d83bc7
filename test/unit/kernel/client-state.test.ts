import { keyId } from '../../../src/kernel/secrets.js';
import { makeClientState, verifyClientState } from '../../../src/kernel/signed/client-state.js';

const tenantA = '11111111-aaaa-4aaa-8aaa-111111111111';
const tenantB = '22222222-bbbb-4bbb-8bbb-222222222222';
const mailbox = '33333333-cccc-4ccc-8ccc-333333333333';
const first = 'first-secret-of-at-least-32-characters';
const second = 'second-secret-of-at-least-32-characters';

function aClientState(changes: Partial<Parameters<typeof makeClientState>[0]> = {}): string {
  return makeClientState({
    secrets: [first],
    tenantId: tenantA,
    kind: 'e',
    resourceId: mailbox,
    nonce: 'abcd-_12',
    ...changes,
  });
}

test('a clientState tells its kind, resource and key to the tenant it was made for', () => {
  expect(verifyClientState({ secrets: [first], clientState: aClientState(), tenantId: tenantA })).toEqual({
    kind: 'e',
    resourceId: mailbox,
    keyId: keyId(first),
  });
});

test('with the GUID of a resource it is shorter than 80 characters', () => {
  expect(aClientState().length).toBeLessThan(80);
});

test('without a resource it stands for the whole tenant', () => {
  const clientState = aClientState({ kind: 'u', resourceId: null });
  expect(verifyClientState({ secrets: [first], clientState, tenantId: tenantA })).toMatchObject({
    kind: 'u',
    resourceId: null,
  });
});

test('capitals in the ids of tenant and resource make no difference', () => {
  const clientState = aClientState({ tenantId: tenantA.toUpperCase(), resourceId: mailbox.toUpperCase() });
  expect(verifyClientState({ secrets: [first], clientState, tenantId: tenantA })?.resourceId).toBe(mailbox);
});

test('the first secret signs and every secret verifies', () => {
  const old = aClientState({ secrets: [first] });
  const rotated = aClientState({ secrets: [second, first] });
  expect(verifyClientState({ secrets: [second, first], clientState: old, tenantId: tenantA })?.keyId).toBe(
    keyId(first),
  );
  expect(verifyClientState({ secrets: [second], clientState: rotated, tenantId: tenantA })?.keyId).toBe(keyId(second));
  expect(verifyClientState({ secrets: [second], clientState: old, tenantId: tenantA })).toBeNull();
});

test('it is worth nothing in another tenant', () => {
  expect(verifyClientState({ secrets: [first], clientState: aClientState(), tenantId: tenantB })).toBeNull();
});

test('a clientState that was cut anywhere is refused', () => {
  const whole = aClientState();
  for (let length = 0; length < whole.length; length += 1) {
    const clientState = whole.slice(0, length);
    expect(verifyClientState({ secrets: [first], clientState, tenantId: tenantA })).toBeNull();
  }
});

test('a clientState altered at any place is refused', () => {
  const whole = aClientState();
  for (let at = 0; at < whole.length; at += 1) {
    const clientState = `${whole.slice(0, at)}${whole[at] === 'A' ? 'B' : 'A'}${whole.slice(at + 1)}`;
    expect(verifyClientState({ secrets: [first], clientState, tenantId: tenantA })).toBeNull();
  }
});

test('text after it, and text of any length, is refused', () => {
  for (const clientState of [`${aClientState()}x`, `${aClientState()}\n`, 'x'.repeat(100_000), 'v1.....']) {
    expect(verifyClientState({ secrets: [first], clientState, tenantId: tenantA })).toBeNull();
  }
});
