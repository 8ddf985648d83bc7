import { ACCOUNTS } from '../../../src/access/types.js';
import { type AccessScene, BY, openAccess, PASSWORD } from './access-fixture.js';

let scene: AccessScene;
beforeEach(async () => {
  scene = await openAccess();
});
afterEach(() => scene.drop());

const ANN = 'Ann@Acme.example';
const PERSON = { tenantId: '0AAAAAAA-1111-4111-8111-111111111111', objectId: '{0bbbbbbb-2222-4222-8222-222222222222}' };
const SAME_PERSON = { tenantId: PERSON.tenantId.toLowerCase(), objectId: PERSON.objectId.slice(1, -1) };

test('an account keeps the user name as typed, and no password that could be read', async () => {
  const account = await scene.anAccount({ userName: ` ${ANN} `, displayName: ' Ann\tTane ' });
  expect(account).toMatchObject({ userName: ANN, userNameKey: 'ann@acme.example', displayName: 'Ann Tane' });
  expect(JSON.stringify(await scene.store.db.collection(ACCOUNTS).find().toArray())).not.toContain(PASSWORD);
  expect(await scene.accounts.ofUserName('ANN@ACME.EXAMPLE')).toMatchObject({ _id: account._id });
});

test('there is one account for a user name, however it is spelled and however many make it at once', async () => {
  const spellings = [ANN, 'ann@acme.example', 'ANN@acme.EXAMPLE', ANN];
  const made = await Promise.allSettled(spellings.map((userName) => scene.anAccount({ userName })));
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  expect(refused).toHaveLength(3);
  for (const error of refused) expect(error).toMatchObject({ code: 'user_name_taken', field: 'userName', status: 409 });
});

test('there is one account for a person at Microsoft, who is found by both ids only', async () => {
  const { _id } = await scene.anAccount({ userName: ANN, password: null, microsoft: PERSON });
  const again = scene.anAccount({ userName: 'other@acme.example', microsoft: SAME_PERSON });
  await expect(again).rejects.toMatchObject({ code: 'microsoft_taken', field: 'microsoftObjectId' });
  expect(await scene.accounts.ofMicrosoft(SAME_PERSON)).toMatchObject({ _id });
  expect(await scene.accounts.ofMicrosoft({ ...SAME_PERSON, tenantId: SAME_PERSON.objectId })).toBeNull();
  expect(await scene.accounts.ofMicrosoft({ ...SAME_PERSON, objectId: SAME_PERSON.tenantId })).toBeNull();
});

test('a disabled account frees user name and person, and says that it was there', async () => {
  await scene.anAccount({ userName: ANN, microsoft: PERSON });
  await scene.accounts.disable(ANN, BY);
  expect(await scene.accounts.ofMicrosoft(SAME_PERSON)).toBe('disabled');
  await scene.clock.advance(1);
  const { _id } = await scene.anAccount({ userName: ANN, microsoft: PERSON });
  expect(await scene.accounts.ofMicrosoft(SAME_PERSON)).toMatchObject({ _id });
  await scene.accounts.disable(ANN, BY);
  expect((await scene.accounts.list()).map(({ disabledAt }) => disabledAt !== null)).toEqual([true, true]);
  await expect(scene.accounts.disable(ANN, BY)).rejects.toMatchObject({ code: 'account_not_found', status: 404 });
});

test.each([
  ['a user name that is no address', { userName: 'ann' }, 'bad_user_name', 'userName'],
  ['a short password', { password: 'short' }, 'password_too_short', 'password'],
  ['neither password nor person', { password: null }, 'no_way_in', 'password'],
  ['an administrator of no enterprise', { enterpriseId: null }, 'enterprise_missing', 'enterprise'],
  ['a reader of no enterprise', { enterpriseId: null, role: 'reader' as const }, 'enterprise_missing', 'enterprise'],
  ['a tenant that is no GUID', { microsoft: { ...PERSON, tenantId: 'acme' } }, 'bad_guid', 'microsoftTenant'],
  ['an object id that is no GUID', { microsoft: { ...PERSON, objectId: 'x' } }, 'bad_guid', 'microsoftObjectId'],
])('%s is refused', async (_what, change, code, field) => {
  await expect(scene.anAccount({ userName: ANN, ...change })).rejects.toMatchObject({ code, field });
  expect(await scene.accounts.list()).toEqual([]);
});

test('every act stands in the audit log, under "-" where it is of no enterprise, without password or hash', async () => {
  const { password } = await scene.anAccount({ userName: ANN, microsoft: PERSON });
  await scene.signIn(ANN);
  await scene.accounts.setPassword(ANN, 'another password entirely', BY);
  await scene.accounts.disable(ANN, BY);
  await scene.anAccount({ userName: 'op@ghs.example', role: 'operator', enterpriseId: null });
  const [acme, none] = [await scene.audit('acme'), await scene.audit('-')];
  expect(acme.map(({ what, who }) => [what, who])).toEqual([
    ['account.created', BY],
    ['access.signed_in', `account:${ANN}`],
    ['account.password_set', BY],
    ['account.disabled', BY],
  ]);
  expect(none.map(({ what }) => what)).toEqual(['account.created']);
  const text = JSON.stringify([acme, none]);
  for (const secret of [PASSWORD, 'another password', password?.hash, password?.salt])
    expect(text).not.toContain(secret);
});

test('the last sign-in is kept', async () => {
  await scene.anAccount({ userName: ANN });
  expect((await scene.accounts.ofUserName(ANN))?.lastSignInAt).toBeNull();
  await scene.clock.advance(5_000);
  await scene.signIn(ANN);
  expect((await scene.accounts.ofUserName(ANN))?.lastSignInAt).toEqual(scene.clock.now());
});
