import { attributesOf } from '../../../src/projection/attributes.js';

test('lists are reduced to their first entry and extension attributes are found', () => {
  const { values } = attributesOf({
    otherMails: ['a@home.com', 'b@home.com'],
    businessPhones: [],
    onPremisesExtensionAttributes: { extensionAttribute1: 'one', extensionAttribute15: null },
  });
  expect(values).toEqual({
    otherMails: 'a@home.com',
    businessPhones: null,
    extensionAttribute1: 'one',
    extensionAttribute15: null,
  });
});

test('a missing property was not read, a null one is empty', () => {
  const { values } = attributesOf({ mail: null, onPremisesExtensionAttributes: null });
  expect(values.mail).toBeNull();
  expect(values['extensionAttribute3']).toBeNull();
  expect('givenName' in values).toBe(false);
  expect('mailboxSettings.timeZone' in values).toBe(false);
});

test('an account is enabled unless Graph says otherwise', () => {
  expect(attributesOf({}).accountEnabled).toBe(true);
  expect(attributesOf({ accountEnabled: null }).accountEnabled).toBe(true);
  expect(attributesOf({ accountEnabled: false }).accountEnabled).toBe(false);
});

test('mailbox settings come from their own read or with the user', () => {
  const apart = attributesOf({}, { timeZone: 'UTC', userPurpose: 'room' });
  const within = attributesOf({ mailboxSettings: { timeZone: 'UTC', userPurpose: 'room' } });
  expect(apart).toEqual(within);
  expect(apart.values['mailboxSettings.timeZone']).toBe('UTC');
  expect(attributesOf({ mailboxSettings: { timeZone: null } }).values['mailboxSettings.timeZone']).toBeNull();
});
