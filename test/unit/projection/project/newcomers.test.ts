import { project } from '../../../../src/projection/project.js';
import type { Attributes, Projection } from '../../../../src/projection/types.js';
import { anInput, aRecord, present, someRules, type Values } from '../a-projection-input.js';

function codes({ problems }: Projection): string[] {
  return problems.map(({ code, severity }) => `${severity} ${code}`);
}

function newcomer(
  values: Values = {},
  attributes: Partial<Attributes> & { groupIds?: readonly string[] } = {},
): Projection {
  return project(anInput({ record: null, reading: present(values, attributes) }));
}

test('a member without a record is created with all fields and joins the teams', () => {
  const projection = newcomer();
  expect(projection.gives).toEqual([
    { kind: 'create', organisationId: 'org-a', after: aRecord().fields, why: expect.stringContaining('group-1') },
    { kind: 'join', teamId: 'team-1', before: [], after: ['1'], why: expect.stringContaining('group-1') },
  ]);
  expect(projection).toMatchObject({ takes: [], problems: [], wantedEmailKey: 'anna@contoso.com', isMember: true });
  expect(projection.lastSynced).toEqual(aRecord().fields);
});

test('blank and unreadable fields stay blank, with warnings and without guesses', () => {
  const projection = newcomer({
    surname: '',
    mobilePhone: 'none',
    country: null,
    'mailboxSettings.timeZone': undefined,
  });
  const after = { ...aRecord().fields, lastName: null, mobilePhone: null, country: null, timeZone: null };
  expect(projection.gives[0]).toMatchObject({ kind: 'create', after });
  expect(codes(projection)).toEqual(['warning field_blank', 'warning field_blank', 'warning phone_unparseable']);
});

test.each([
  ['without an address', { mail: null }, 'error email_missing'],
  ['whose address was not read', { mail: undefined }, 'error email_missing'],
  ['with a malformed address', { mail: 'anna' }, 'error email_invalid'],
])('somebody %s is not created, and never by their user principal name', (_, values, problem) => {
  const projection = newcomer(values);
  expect(projection.gives).toEqual([]);
  expect(projection.wantedEmailKey).toBeNull();
  expect(codes(projection)).toEqual([problem]);
});

test.each([
  ['a disabled account', { accountEnabled: false }, 'warning account_disabled'],
  ['a guest', { userType: 'Guest' }, 'warning guest_skipped'],
  ['a guest of unknown type', { userType: null, userPrincipalName: 'a_x.com#EXT#@c.com' }, 'warning guest_skipped'],
  ['a room', { userPurpose: 'room' }, 'warning not_a_person_mailbox'],
  ['a shared mailbox', { userPurpose: 'shared', accountEnabled: false }, 'warning not_a_person_mailbox'],
  ['equipment', { userPurpose: 'equipment' }, 'warning not_a_person_mailbox'],
])('%s is not created', (_, attributes, problem) => {
  const projection = newcomer({}, attributes);
  expect(projection.gives).toEqual([]);
  expect(projection.wantedEmailKey).toBeNull();
  expect(codes(projection)).toEqual([problem]);
});

test.each([
  ['linked', 'linked'],
  ['unknown', undefined],
])('an account whose mailbox purpose is %s is a person', (_, userPurpose) => {
  expect(newcomer({}, { userPurpose }).gives[0]?.kind).toBe('create');
});

test('somebody outside the mapped groups is nobody', () => {
  expect(newcomer({}, { groupIds: ['other'] })).toMatchObject({ gives: [], takes: [], problems: [], isMember: false });
});

test('a guest who is let in goes by mail, never by user principal name', () => {
  const rules = someRules({ includeGuests: true, fields: { ...someRules().fields, email: 'userPrincipalName' } });
  const values = { userPrincipalName: 'anna_home.com#EXT#@contoso.com', mail: 'anna@home.com' };
  const projection = project(anInput({ record: null, rules, reading: present(values, { userType: 'Guest' }) }));
  expect(projection.wantedEmailKey).toBe('anna@home.com');
});

test('a member may go by user principal name', () => {
  const rules = someRules({ fields: { ...someRules().fields, email: 'userPrincipalName' } });
  const reading = present({ userPrincipalName: 'anna.upn@contoso.com' });
  expect(project(anInput({ record: null, rules, reading })).wantedEmailKey).toBe('anna.upn@contoso.com');
});

test('a linked person who has become a guest keeps everything, and leaves what they leave', () => {
  const guest = { userType: 'Guest' };
  const staying = project(
    anInput({ reading: present({ givenName: 'X' }, { ...guest, groupIds: ['group-1', 'group-2'] }) }),
  );
  expect(staying).toMatchObject({ gives: [], takes: [], wantedEmailKey: 'anna@contoso.com' });
  expect(codes(staying)).toEqual(['warning guest_skipped']);
  const leaving = project(anInput({ reading: present({}, { ...guest, groupIds: ['group-2'] }) }));
  expect(leaving.takes.map(({ taking }) => taking)).toEqual(['team_removal']);
  expect(leaving.gives).toEqual([]);
});
