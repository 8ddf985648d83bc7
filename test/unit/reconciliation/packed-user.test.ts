import { type GraphUser, graphUserSchema } from '../../../src/graph/graph-user.js';
import { attributesOf } from '../../../src/projection/attributes.js';
import { EXTENSION_SOURCES } from '../../../src/projection/types.js';
import { packUser, unpackUser } from '../../../src/reconciliation/groups/packed-user.js';

const EMPTY = Object.fromEntries(EXTENSION_SOURCES.map((source) => [source, null]));
const WHOLE = {
  id: '00000000-0000-4000-8000-000000000001',
  accountEnabled: true,
  userType: 'Member',
  givenName: 'Māia',
  surname: 'Ruru "Ru"',
  displayName: 'Māia Ruru 鸮',
  mail: 'maia@contoso.example',
  userPrincipalName: 'maia@contoso.example',
  otherMails: ['m@home.example', 'x@home.example'],
  mobilePhone: '+64 21 555 0101',
  businessPhones: ['+64 9 555 0101'],
  country: null,
  usageLocation: 'NZ',
  onPremisesExtensionAttributes: EMPTY,
};

const through = (user: GraphUser) => attributesOf(unpackUser(packUser(user)));

test.each<[string, object]>([
  ['with everything', WHOLE],
  ['with nothing but an id', { id: WHOLE.id }],
  [
    'disabled, and empty at the source',
    { ...WHOLE, accountEnabled: false, userType: null, mail: null, otherMails: [] },
  ],
  ['with an extension attribute', { ...WHOLE, onPremisesExtensionAttributes: { ...EMPTY, extensionAttribute7: 'A7' } }],
  [
    'whose extension attributes are not whole',
    { ...WHOLE, onPremisesExtensionAttributes: { extensionAttribute7: null } },
  ],
  ['whose extension attributes are null', { ...WHOLE, onPremisesExtensionAttributes: null }],
])('L8: somebody %s is the same once unpacked', (_, said) => {
  const user = graphUserSchema.parse(said);
  expect(through(user)).toStrictEqual(attributesOf(user));
});

test.each(Object.keys(WHOLE).filter((name) => name !== 'id'))(
  'L8: %s that was not read is not taken for empty',
  (name) => {
    const user = graphUserSchema.parse({ ...WHOLE, [name]: undefined });
    expect(through(user)).toStrictEqual(attributesOf(user));
  },
);
