import { type Answering, aGuid, batchAnswer, benchFor, type Double, graphError, startDouble } from '../graph-double.js';

const [A, B, C] = [aGuid(1), aGuid(2), aGuid(3)];

let double: Double;
afterEach(() => double.close());

async function aBench(answer: Answering) {
  double = await startDouble(answer);
  return benchFor(double).graph;
}

test('groups are present, absent or failed, each by its own answer', async () => {
  const graph = await aBench((asked) =>
    batchAnswer(asked, ({ url }) => {
      if (url.includes(`${A}/members`)) return graphError(403, 'Authorization_RequestDenied');
      if (url.includes(A)) return { body: { id: A, displayName: 'Payroll', visibility: 'HiddenMembership' } };
      return url.includes(B)
        ? graphError(404, 'Request_ResourceNotFound')
        : graphError(403, 'Authorization_RequestDenied');
    }),
  );
  const groups = await graph.readGroups([A, B, C]);
  const group = { id: A, displayName: 'Payroll', visibility: 'HiddenMembership', hiddenMembership: true };
  expect(groups.get(A)).toEqual({ status: 'present', group });
  expect(groups.get(B)).toEqual({ status: 'absent' });
  expect(groups.get(C)).toMatchObject({ status: 'failed', failure: { kind: 'denied' } });
});

test.each([
  ['a member', { body: { value: [{ id: B }] } }, { status: 'present', group: { hiddenMembership: false } }],
  ['nobody', { body: { value: [] } }, { status: 'present', group: { hiddenMembership: true } }],
  ['a refusal', graphError(403, 'Authorization_RequestDenied'), { group: { hiddenMembership: true } }],
  ['nonsense', { body: { value: 'x' } }, { status: 'failed' }],
  ['a time-out', graphError(500, 'InternalServerError'), { status: 'failed' }],
] as const)('E16: of a group with hidden membership one member is asked for: %s', async (_case, members, expected) => {
  const group = { body: { id: A, visibility: 'HiddenMembership' } };
  const inBatch = await aBench((asked) =>
    batchAnswer(asked, ({ url }) => (url.includes('/members') ? members : group)),
  );
  expect((await inBatch.readGroups([A, A.toUpperCase()])).get(A.toUpperCase())).toMatchObject(expected);
  await double.close();
  const alone = await aBench(({ path }) => (path.includes('/members') ? members : group));
  expect(await alone.readGroup(A)).toMatchObject(expected);
});

test('one group is read without a batch', async () => {
  const graph = await aBench((asked) => {
    return asked.path.includes(A)
      ? { body: { id: A, displayName: null } }
      : graphError(404, 'Request_ResourceNotFound');
  });
  expect(await graph.readGroup(A)).toMatchObject({ status: 'present', group: { hiddenMembership: false } });
  expect(await graph.readGroup(B)).toEqual({ status: 'absent' });
  expect(await graph.readGroup('x/../y')).toMatchObject({ status: 'failed', failure: { code: 'bad_id' } });
});

test('a search quotes the words, asks the advanced engine and leaves nonsense out', async () => {
  const graph = await aBench(() => ({ body: { value: [{ id: A, displayName: 'Pay' }, { displayName: 'no id' }] } }));
  expect(await graph.searchGroups({ text: 'pay" OR "x', limit: 10 })).toMatchObject([{ id: A, displayName: 'Pay' }]);
  const [asked] = double.graphAsked();
  const query = new URL(double.url + asked?.path).searchParams;
  expect(query.get('$search')).toBe('"displayName:pay  OR  x"');
  expect(query.get('$count')).toBe('true');
  expect(asked?.headers['consistencylevel']).toBe('eventual');
});

test('people are searched by name and by both addresses in one question', async () => {
  const graph = await aBench(() => ({ body: { value: [{ id: A, displayName: 'Ana' }] } }));
  expect(await graph.searchUsers({ text: 'ana', limit: 10 })).toMatchObject([{ id: A, displayName: 'Ana' }]);
  const [asked] = double.graphAsked();
  const search = new URL(double.url + asked?.path).searchParams.get('$search');
  expect(search).toBe('"displayName:ana" OR "mail:ana" OR "userPrincipalName:ana"');
});

test.each(['MailboxNotEnabledForRESTAPI', 'MAILBOXNOTSUPPORTEDFORRESTAPI', 'ErrorInvalidUser'])(
  '404 %s means that there is no calendar',
  async (code) => {
    const graph = await aBench(() => graphError(404, code));
    const window = { objectId: A, from: new Date(0), to: new Date(1) };
    expect(await graph.readCalendar(window)).toEqual({ status: 'no_mailbox' });
  },
);

test('mailboxes are ok, missing, kept from us or failed', async () => {
  const [d, e] = [aGuid(4), aGuid(5)];
  const graph = await aBench((asked) =>
    batchAnswer(asked, ({ url }) => {
      if (url.includes(A)) return { body: { timeZone: 'Romance Standard Time', userPurpose: 'user' } };
      if (url.includes(B)) return graphError(404, 'MailboxNotEnabledForRESTAPI');
      if (url.includes(C)) return graphError(403, 'ErrorAccessDenied');
      return url.includes(d) ? graphError(500, 'X') : { body: { userPurpose: 'room' } };
    }),
  );
  const mailboxes = await graph.readMailboxSettings([A, B, C, d, e]);
  expect(mailboxes.get(A)).toEqual({ status: 'ok', timeZone: 'Romance Standard Time', userPurpose: 'user' });
  expect(mailboxes.get(B)).toEqual({ status: 'no_mailbox' });
  expect(mailboxes.get(C)).toMatchObject({ status: 'forbidden' });
  expect(mailboxes.get(d)).toMatchObject({ status: 'failed' });
  // A property that is not in the answer was not read: it is not empty.
  expect(mailboxes.get(e)).toStrictEqual({ status: 'ok', timeZone: undefined, userPurpose: 'room' });
});
