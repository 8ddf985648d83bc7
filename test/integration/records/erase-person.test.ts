import { CHANGES, type ChangeDocument, changeId } from '../../../src/changes/change-document.js';
import { TRACES } from '../../../src/reconciliation/person/person-traces.js';
import { atRest, fieldCrew } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;

const OPERATOR = { who: 'test', reason: 'asked for it on paper' };

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
});

afterAll(() => stack?.close());

function member(name: string, mail = `${name.toLowerCase()}@kiwipower.test`): string {
  const properties = { displayName: name, givenName: name, surname: 'Ngata', mail, userPrincipalName: mail };
  const id = stack.tenant.directory.createUser({ ...properties, accountEnabled: true }).objectId;
  stack.tenant.directory.addMember(group, id);
  return id;
}

const ref = (person: string) => ({ enterpriseId: stack.enterpriseId, person });

async function archived(objectId: string): Promise<string> {
  const { people } = stack.services;
  return (await people.archive(ref(objectId), { who: 'test' }))._id;
}

async function leaveGroup(objectId: string): Promise<void> {
  stack.tenant.directory.removeMember(group, objectId);
  await stack.sync();
  const out = async () => !(await inGroup(objectId));
  await waitFor(out, { message: 'still seen in the group' });
  await settled();
}

async function inGroup(objectId: string): Promise<boolean> {
  const rows = await stack.services.mirror.people.load({ tenantId: stack.tenant.id, objectIds: [objectId] });
  return rows.get(objectId)?.groupIds.includes(group) ?? false;
}

/** Somebody decides about the person, which leaves a line in the audit log. */
async function ignoreProblem(objectId: string): Promise<void> {
  const { problems, problemActs } = stack.services;
  const [problem] = await problems.list(stack.enterpriseId, { objectId });
  expect(await problemActs.ignore(stack.enterpriseId, [problem?.id ?? ''], OPERATOR)).toBe(1);
}

async function settled(): Promise<void> {
  await waitFor(() => stack.simulator.delivery.waiting() === 0, { message: 'Graph has more to tell' });
  await atRest(stack);
}

/** Every document of the database that holds one of these texts anywhere, as collection and text. */
async function findAnywhere(texts: readonly string[]): Promise<string[]> {
  const { db } = stack.services.store;
  const found: string[] = [];
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    if (name.startsWith('system.')) continue;
    for (const row of await db.collection(name).find({}).toArray()) {
      const all = JSON.stringify(row).toLowerCase();
      for (const text of texts) if (all.includes(text.toLowerCase())) found.push(`${name}: ${text}`);
    }
  }
  return found.sort();
}

/** A late hint of Graph's may name the person for a moment: read, they are out of scope, and nothing is kept. */
async function isLeft(texts: readonly string[], left: readonly string[]): Promise<void> {
  // Judged by what was seen while waiting: a look afterwards may meet the next late hint.
  let found: readonly string[] = [];
  const same = async () => {
    found = await findAnywhere(texts);
    return JSON.stringify(found) === JSON.stringify(left);
  };
  await waitFor(same, { message: 'something else is left' }).catch(() => {});
  expect(found).toEqual(left);
}

/** The same, as the export sees it. */
async function isNobody(person: string): Promise<void> {
  const answer = () =>
    stack.services.exportPerson(ref(person)).then(
      () => 'found',
      ({ code }) => code,
    );
  const unknown = async () => (await answer()) === 'person_not_found';
  await waitFor(unknown, { message: `${person} is still known` });
}

test('everything that is kept about a person comes in one document', async () => {
  const aroha = member('Aroha');
  await stack.sync({ dry: true });
  await stack.sync();
  await settled();
  const { store, exportPerson } = stack.services;
  const user = await stack.services.people.find(stack.enterpriseId, aroha);
  const message = { _id: `invitation:${user._id}`, enterpriseId: stack.enterpriseId, userId: user._id, to: user.email };
  await store.collection<{ _id: string }>('outbox').insertOne(message);
  const document = await exportPerson(ref('aroha@kiwipower.test'));
  expect(document).toMatchObject({
    ...{ id: user._id, objectId: aroha, enterpriseId: stack.enterpriseId },
    record: { email: 'aroha@kiwipower.test', entra: { objectId: aroha } },
    mirror: { objectId: aroha, attributes: { userPrincipalName: 'aroha@kiwipower.test' } },
    ...{ changes: [], decisions: [], activities: [], outbox: [message] },
  });
  expect(document['ledger']).toContainEqual(expect.objectContaining({ kind: 'create', userId: user._id }));
  expect(document['runItems']).toContainEqual(expect.objectContaining({ kind: 'create', person: aroha }));
  expect(document['problems']).toContainEqual(expect.objectContaining({ code: 'field_blank', objectId: aroha }));
  expect(document['runProblems']).toContainEqual(expect.objectContaining({ code: 'field_blank', objectId: aroha }));
});

test('nobody is erased while in use, or while the next sync would bring them back', async () => {
  const hana = member('Hana');
  await stack.sync();
  const { erasePerson } = stack.services;
  await expect(erasePerson(ref(hana), OPERATOR)).rejects.toMatchObject({ code: 'not_archived', field: 'person' });
  await archived(hana);
  await settled();
  const refusal = { code: 'still_in_mapped_group', message: expect.stringContaining(group) };
  await expect(erasePerson(ref(hana), OPERATOR)).rejects.toMatchObject(refusal);
  expect((await stack.services.exportPerson(ref(hana)))['record']).toMatchObject({ email: 'hana@kiwipower.test' });
  expect(
    (await stack.services.history.ledger(stack.enterpriseId, { limit: 1, person: { objectId: hana } })).rows,
  ).toHaveLength(1);
});

test('of an erased person nothing is left anywhere but lines in the audit log, which name nobody', async () => {
  const aroha = (await stack.services.people.find(stack.enterpriseId, 'aroha@kiwipower.test')).entra?.objectId ?? '';
  await ignoreProblem(aroha);
  const [ignored] = await stack.services.decisions.list(stack.enterpriseId, { objectId: aroha });
  await stack.services.decisionActs.release(stack.enterpriseId, { ids: [ignored?.id ?? ''] }, OPERATOR);
  const id = await archived(aroha);
  await leaveGroup(aroha);
  const { changes, erasePerson, store, history } = stack.services;
  const tenantId = stack.tenant.id;
  const accepted = (await changes.stats(tenantId)).accepted;
  const filler = { enterpriseId: stack.enterpriseId, userId: id, objectId: aroha, kind: 'update', at: new Date() };
  const many = Array.from({ length: 1_200 }, (_, n) => ({ _id: `filler-${n}`, ...filler }));
  await store.collection<{ _id: string }>('ledger').insertMany(many);

  // Graph has told of the person a moment ago, and it is not time to read yet.
  const at = new Date();
  const about = { tenantId, kind: 'user', objectId: aroha } as const;
  const _id = changeId(about);
  const told: ChangeDocument = {
    ...{ _id, ...about, mark: 'm', notified: 2, via: 'notification', rank: 1, attempts: 0 },
    ...{ openedAt: at, notedAt: at, notifiedAt: at, dueAt: new Date('2099-01-01T00:00:00Z') },
    ...{ parked: null, isParked: false },
  };
  // A look of the service's own may be noted already.
  const before = await store.collection<ChangeDocument>(CHANGES).findOneAndReplace({ _id }, told, { upsert: true });

  const { counts } = await erasePerson(ref(aroha), OPERATOR);

  expect(counts).toMatchObject({ record: 1, outbox: 1 });
  expect(counts['ledger']).toBeGreaterThan(1_200);
  // Of the erasure, of a problem that somebody had ignored, and of the release of that.
  await isLeft([aroha, id, 'aroha'], Array<string>(3).fill(`settingsChanges: ${id}`));
  const [line] = (await history.settings(stack.enterpriseId, { limit: 1 })).rows;
  expect(line).toMatchObject({
    ...{ who: 'test', what: 'person.erased', before: null },
    after: { id, reason: OPERATOR.reason, counts },
  });
  expect((await changes.stats(tenantId)).accepted).toBe(accepted + 2 - (before?.notified ?? 0));
  await isNobody(aroha);
  await stack.sync();
  await settled();
  await isLeft([aroha, 'aroha'], []);
});

test("other people's problems forget the erased person, and are looked at again", async () => {
  const { people, erasePerson, problems, store } = stack.services;
  const { organisationId, enterpriseId } = stack;
  const fields = { email: 'twins@kiwipower.test', firstName: 'Tuihana' };
  const tui = await people.add({ enterpriseId, organisationId, fields }, { who: 'test' });
  const twin = member('Twin', 'twins@kiwipower.test');
  await stack.sync({ dry: true });
  await stack.sync();
  await settled();
  expect(await problems.list(enterpriseId, { objectId: twin })).toMatchObject([
    { code: 'duplicate_email', message: expect.stringContaining(tui._id) },
  ]);
  // The profile goes in a way that tells nobody: what still names it has to be found by the erasure.
  const archivedNow = { $set: { status: 'archived', archivedReason: 'admin' }, $unset: { emailKey: '' } } as const;
  await store.collection<{ _id: string }>('users').updateOne({ _id: tui._id }, archivedNow);

  await erasePerson(ref(tui._id), OPERATOR);

  const created = async () => (await people.findOrNull(enterpriseId, twin)) !== null;
  await waitFor(created, { message: 'nobody looked at the other person again' });
  await isLeft([tui._id, 'Tuihana'], [`settingsChanges: ${tui._id}`]);
  const met = await store.collection('runProblems').find({ objectId: twin, code: 'duplicate_email' }).toArray();
  expect(met.length).toBeGreaterThan(0);
  for (const { message } of met) expect(message).not.toContain('twins@');
});

test('somebody of the directory without a record can be erased; an erasure that was cut off is done again', async () => {
  const guest = member('Guest', 'no address');
  await stack.sync();
  await settled();
  const { erasePerson, exportPerson, store } = stack.services;
  await expect(erasePerson(ref(guest), OPERATOR)).rejects.toMatchObject({ code: 'still_in_mapped_group' });
  await ignoreProblem(guest);
  await leaveGroup(guest);
  // What a crash after the first batches leaves: history gone, the rest there.
  await store.collection('runProblems').deleteMany({ objectId: guest });
  const problem = { _id: 'left', enterpriseId: stack.enterpriseId, objectId: guest, code: 'email_invalid' };
  await store.collection<{ _id: string }>('problems').insertOne(problem);
  expect(await exportPerson(ref(guest))).toMatchObject({ id: null, objectId: guest, record: null });
  const { id, counts } = await erasePerson(ref(guest), OPERATOR);
  expect({ id, problems: counts['problems'] }).toEqual({ id: null, problems: 1 });
  await isLeft([guest], []);
  await expect(erasePerson(ref(guest), OPERATOR)).rejects.toMatchObject({ code: 'person_not_found' });
});

test("a person's part of the ledger is found by indexes, by record and by object id", async () => {
  const { enterpriseId } = stack;
  const whole = { enterpriseId, tenantId: stack.tenant.id, userId: 'u1', objectId: 'o1', addresses: [], runIds: [] };
  const whose = TRACES.find(({ name }) => name === 'ledger')?.whose(whole) ?? {};
  const ledger = stack.services.store.collection<{ _id: string }>('ledger');
  const { winningPlan } = (await ledger.find(whose).explain('queryPlanner'))['queryPlanner'];
  const used = [...JSON.stringify(winningPlan).matchAll(/"indexName":"(\w+)"/g)].map(([, name]) => name);
  expect([...new Set(used)].sort()).toEqual(['by_directory_person', 'by_person']);
});

test('a person of another enterprise is nobody here', async () => {
  const { structure, exportPerson, erasePerson } = stack.services;
  const other = await structure.createEnterprise({ name: 'Somebody else', by: 'test' });
  const hana = { enterpriseId: other._id, person: 'hana@kiwipower.test' };
  const objectId = (await stack.services.people.find(stack.enterpriseId, 'hana@kiwipower.test')).entra?.objectId ?? '';
  for (const person of [hana, { ...hana, person: objectId }]) {
    await expect(exportPerson(person)).rejects.toMatchObject({ code: 'person_not_found', field: 'person' });
    await expect(erasePerson(person, OPERATOR)).rejects.toMatchObject({ code: 'person_not_found' });
  }
});
