import { CHANGES, type ChangeDocument, changeId } from '../../../src/changes/change-document.js';
import type { RunItem } from '../../../src/reconciliation/history/run-item.js';
import { RUN_ITEMS, type RunItemRow, type RunRow } from '../../../src/reconciliation/types.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
let aroha: string;
let mere: string;

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
  const { organisationId, enterpriseId } = stack;
  const fields = { email: 'mere@kiwipower.test' };
  await stack.services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' });
  aroha = member('Aroha', { mobilePhone: 'call me' });
  mere = member('Mere');
});

afterAll(() => stack?.close());

function member(name: string, extra: Record<string, unknown> = {}): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, surname: 'Ngata', mail, userPrincipalName: mail };
  const id = stack.tenant.directory.createUser({ ...properties, accountEnabled: true, ...extra }).objectId;
  stack.tenant.directory.addMember(group, id);
  return id;
}

async function itemsOf(run: RunRow, filter: { code?: string; person?: string } = {}): Promise<RunItem[]> {
  const items: RunItem[] = [];
  for await (const item of stack.services.runItems.all(run, filter)) items.push(item);
  return items;
}

/** Nothing is open, looked at again, or waits for a mailbox: what a second run needs to find nothing to do. */
async function atRest(): Promise<void> {
  const { changes, store } = stack.services;
  const people = store.collection('people');
  const calm = async () =>
    (await changes.stats(stack.tenant.id)).open === 0 &&
    (await store.collection('changes').countDocuments({})) === 0 &&
    (await people.countDocuments({ 'look.at': { $type: 'date' } })) === 0 &&
    (await people.countDocuments({ mailboxDueAt: { $lte: new Date() } })) === 0;
  await waitFor(calm, { message: 'never at rest' });
}

let first: RunRow;

test('a run shows what it did to whom and why, then what stood in the way, with the name of each person', async () => {
  first = await stack.sync();
  const items = await itemsOf(first);
  const done = items.filter(({ result }) => result === 'ok');
  const about = { person: aroha, label: 'Aroha Ngata', result: 'ok' };
  expect(done).toEqual([
    expect.objectContaining({ ...about, kind: 'create', before: null, why: expect.stringContaining(group) }),
    expect.objectContaining({ ...about, kind: 'join', team: stack.teams['North'] }),
  ]);
  expect(items.slice(0, done.length)).toEqual(done);
  expect(items).toContainEqual(
    expect.objectContaining({
      ...{ person: mere, label: 'Mere', kind: 'problem', result: 'error', code: 'duplicate_email', isOpen: true },
      message: expect.stringContaining('mere@kiwipower.test'),
      remedy: expect.stringContaining('archive the other profile'),
    }),
  );
  const phone = { person: aroha, result: 'warning', code: 'phone_unparseable', field: 'mobilePhone' };
  expect(items).toContainEqual(expect.objectContaining(phone));
});

test('the items of a run come in pages, and can be asked for by code and by person', async () => {
  // What a run that applies a plan keeps beside what it wrote: any number of items have one position.
  const odd = {
    runId: first._id,
    position: 0,
    person: aroha,
    kind: 'leave',
    before: null,
    after: null,
    why: 'w',
  } as const;
  const rows = stack.services.store.collection<RunItemRow>(RUN_ITEMS);
  await rows.insertMany([1, 2, 3].map((n) => ({ _id: `odd-${n}`, ...odd, result: 'not_in_plan' })));
  const all = await itemsOf(first);
  expect(all.slice(-3).map(({ result, code }) => [result, code])).toEqual(Array(3).fill(['warning', 'not_in_plan']));
  const paged: RunItem[] = [];
  let after: string | null = null;
  do {
    const page: { items: readonly RunItem[]; next: string | null } = await stack.services.runItems.page(first, {
      limit: 1,
      ...(after === null ? {} : { after }),
    });
    paged.push(...page.items);
    after = page.next;
  } while (after !== null);
  expect(paged).toEqual(all);
  expect((await itemsOf(first, { code: 'duplicate_email' })).map(({ person }) => person)).toEqual([mere]);
  expect(await itemsOf(first, { code: 'no_such_code' })).toEqual([]);
  const ofAroha = await itemsOf(first, { person: aroha });
  expect(ofAroha).toEqual(all.filter(({ person }) => person === aroha));
  await expect(stack.services.runItems.page(first, { limit: 1, after: 'planned.x' })).rejects.toMatchObject({
    ...{ code: 'invalid_cursor', field: 'after' },
  });
});

test('a second run over the same data writes nothing, and keeps its errors but not the warnings of before', async () => {
  await atRest();
  const second = await stack.sync();
  expect(second.writes).toBe(0);
  const items = await itemsOf(second);
  expect(items).toEqual([expect.objectContaining({ person: mere, code: 'duplicate_email', result: 'error' })]);
});

test('what a run met stays in its history when the problem itself has ended', async () => {
  const { people, problems } = stack.services;
  const { enterpriseId } = stack;
  await people.archive({ enterpriseId, person: 'mere@kiwipower.test' }, { who: 'test' });
  const gone = async () => (await problems.list(enterpriseId, { code: 'duplicate_email', all: true })).length === 0;
  await waitFor(gone, { message: 'the problem stays' });
  expect(await itemsOf(first, { code: 'duplicate_email' })).toEqual([
    expect.objectContaining({ person: mere, isOpen: false, label: 'Mere Ngata' }),
  ]);
});

test('a dry run shows its plan in the same shape', async () => {
  const hana = member('Hana', { mail: 'not an address' });
  const run = await stack.sync({ dry: true });
  const items = await itemsOf(run, { person: hana });
  expect(items).toContainEqual(
    expect.objectContaining({ kind: 'problem', result: 'error', code: 'email_invalid', at: null }),
  );
  stack.tenant.directory.removeMember(group, hana);
});

describe('why', () => {
  const why = (person: string) => stack.services.explainPerson({ enterpriseId: stack.enterpriseId, person });

  test('tells each field from its source to the record, and whether Entra gave the value or somebody typed it', async () => {
    const { enterpriseId } = stack;
    await stack.services.people.edit(
      { enterpriseId, person: aroha },
      { fields: { mobilePhone: '022 518 9900' } },
      { who: 'test' },
    );
    await atRest();
    const { fields } = await why(aroha);
    const field = (target: string) => fields.find((each) => each.target === target);
    expect(field('firstName')).toEqual({
      ...{ target: 'firstName', source: 'givenName', raw: 'Aroha', isRead: true, normalised: 'Aroha' },
      ...{ problem: null, value: 'Aroha', origin: 'entra' },
    });
    expect(field('mobilePhone')).toMatchObject({
      ...{ raw: 'call me', normalised: null, problem: 'phone_unparseable' },
      ...{ value: '+64225189900', origin: 'typed' },
    });
    expect(field('country')).toMatchObject({ raw: null, isRead: true, value: null, origin: null });
  });

  test('S40: names the groups through which a person was seen, where they lead, and the teams with their reasons', async () => {
    const explained = await why('aroha@kiwipower.test');
    const [mapping] = (await stack.services.integrations.getIntegration(stack.enterpriseId)).settings.mappings;
    const to = { id: mapping?.id, teamId: stack.teams['North'], teamName: 'North' };
    expect(explained).toMatchObject({
      scope: 'In scope: in a mapped group.',
      reading: { state: 'present' },
      groups: [{ id: group, name: 'Field crew', state: 'ok', inEffect: true, mappings: [to] }],
      record: { teams: [{ name: 'North', reason: 'mapping', groups: [group] }] },
      problems: expect.arrayContaining([expect.objectContaining({ code: 'phone_unparseable' })]),
      change: null,
    });
    expect([...new Set(explained.ledger.map(({ kind }) => kind))].sort()).toEqual(['create', 'join', 'update']);
  });

  test('tells when Graph last told of the person, also after a notification that changed nothing', async () => {
    await subscribed(stack);
    expect((await why(aroha)).notifications.lastAt).toBeNull();
    stack.tenant.directory.updateUser(aroha, { surname: 'Parata' });
    await waitFor(async () => (await why(aroha)).ledger[0]?.after === 'Parata', { message: 'not applied' });
    const told = (await why(aroha)).notifications.lastAt;
    expect(told).not.toBeNull();
    await atRest();
    stack.tenant.directory.updateUser(aroha, { surname: 'Parata', jobTitle: 'Rigger' });
    const later = async () => ((await why(aroha)).notifications.lastAt?.getTime() ?? 0) > (told?.getTime() ?? 0);
    await waitFor(later, { message: 'the second notification is not kept' });
    await atRest();
    expect((await stack.sync()).writes).toBe(0);
  });

  test('shows a change that is put off or set aside, also of somebody who is known by nothing else', async () => {
    const objectId = '0eeeeeee-5555-4555-8555-555555555555';
    await expect(why(objectId)).rejects.toMatchObject({ code: 'person_not_found', field: 'person' });
    const at = new Date('2026-01-02T00:00:00Z');
    const dueAt = new Date('2099-01-01T00:00:00Z');
    const about = { tenantId: stack.tenant.id, kind: 'user', objectId } as const;
    await stack.services.store.collection<ChangeDocument>(CHANGES).insertOne({
      ...{ _id: changeId(about), ...about, mark: 'm', notified: 2, via: 'notification', rank: 1, attempts: 8 },
      ...{ openedAt: at, notedAt: at, notifiedAt: at, dueAt },
      ...{ parked: { code: 'unavailable', message: 'no answer', at }, isParked: true },
    });
    expect(await why(objectId)).toMatchObject({
      ...{ id: null, objectId, reading: null, groups: [], scope: expect.stringContaining('Out of scope') },
      change: { via: 'notification', openedAt: at, dueAt, attempts: 8, parked: { code: 'unavailable' } },
      notifications: { lastAt: at },
    });
  });
});
