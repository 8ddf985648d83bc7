import { randomUUID } from 'node:crypto';
import { ghsAt } from '../../support/ghs.js';
import { type PortalStack, startPortalStack } from '../../support/portal/portal-stack.js';
import { fieldCrew } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

let stack: PortalStack;
let base: string;
let group: string;
/** Somebody from Entra, and the run that brought them. */
let hana: string;
let runId: string;

beforeAll(async () => {
  stack = await startPortalStack();
  base = `/enterprises/${stack.enterpriseId}`;
  group = await fieldCrew(stack);
  const mail = 'hana@kiwi.example';
  const named = { displayName: 'Hana', givenName: 'Hana', surname: 'Ngata', mail, userPrincipalName: mail };
  hana = stack.tenant.directory.createUser(named).objectId;
  stack.tenant.directory.addMember(group, hana);
  runId = (await stack.sync())._id;
});
afterAll(() => stack?.close());

/** As the page sends every act. */
const act = (path: string, body: object = {}, key: string = randomUUID()) =>
  stack.api(`${base}/${path}`, { method: 'POST', body, headers: { 'idempotency-key': key } });

/** The collections in which one of these texts stands. */
async function placesOf(...texts: readonly string[]): Promise<string[]> {
  const { db } = stack.services.store;
  const places: string[] = [];
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    const all = JSON.stringify(await db.collection(name).find().toArray());
    if (texts.some((text) => all.includes(text))) places.push(name);
  }
  return places.sort();
}

/** Until the sync has seen that somebody left the group. */
function refusedAsMember(error: { code?: string }): null {
  if (error.code === 'still_in_mapped_group') return null;
  throw error;
}

async function add(firstName: string, mobilePhone: string): Promise<string> {
  const { enterpriseId, organisationId, services } = stack;
  const fields = { email: `${firstName}@kiwi.example`, firstName, mobilePhone };
  return (await services.people.add({ enterpriseId, organisationId, fields }, { who: 'test' }))._id;
}

test('nothing of an erased person stays in what is kept of answers, and what is about others does', async () => {
  const [marama, other] = [await add('Marama', '+64215550123'), await add('Other', '+64215550124')];
  const [key, ofOther] = [randomUUID(), randomUUID()];
  expect((await act('people/marama@kiwi.example/archive', {}, key)).body).toMatchObject({ firstName: 'Marama' });
  expect((await act(`people/${other}/archive`, {}, ofOther)).status).toBe(200);
  expect(await placesOf('Marama')).toContain('onceOnly');
  const erased = await ghsAt(stack, 'people', 'erase', marama, '--enterprise', stack.enterpriseId, '--reason', 'asked');
  expect(erased).toMatchObject({ code: 0, document: { erased: { answers: 1, record: 1 } } });
  expect(await placesOf('Marama', 'marama', '+64215550123')).toEqual([]);
  await stack.services.people.restore({ enterpriseId: stack.enterpriseId, person: other }, { who: 'test' });
  expect((await act(`people/${other}/archive`, {}, ofOther)).body).toMatchObject({ id: other, status: 'archived' });
  expect(await stack.services.people.find(stack.enterpriseId, other)).toMatchObject({ status: 'invited' });
  expect((await act('people/marama@kiwi.example/archive', {}, key)).status).toBe(404);
});

test('a preview keeps nothing, though a program sends a key with it', async () => {
  const rows = await stack.services.store.db.collection('onceOnly').countDocuments();
  const fields = await act('integration/fields/preview', { person: 'hana@kiwi.example' });
  expect(fields.status).toBe(200);
  expect(await stack.services.store.db.collection('onceOnly').countDocuments()).toBe(rows);
});

test('an answer that names an erased person among others goes too', async () => {
  const { enterpriseId, services } = stack;
  const ref = { enterpriseId, person: hana };
  const by = { who: 'test', reason: 'asked' };
  await services.people.edit(ref, { fields: { firstName: 'Hana by hand' } }, by);
  expect((await act(`runs/${runId}/undo`)).body.skipped).toContainEqual(
    expect.objectContaining({ person: hana, label: 'Hana by hand Ngata' }),
  );
  expect(await placesOf('Hana by hand')).toContain('onceOnly');
  stack.tenant.directory.removeMember(group, hana);
  await services.people.archive(ref, by);
  await waitFor(() => services.erasePerson(ref, by).catch(refusedAsMember), { message: 'still a member' });
  expect(await placesOf('Hana by hand')).toEqual([]);
});

test('the one-time address to connect at is kept nowhere, and a repetition makes another one', async () => {
  const key = randomUUID();
  const connect = () => act('integration/connect', { tenantGuid: stack.tenant.id }, key);
  const [one, two] = [await connect(), await connect()];
  const tickets = [one, two].map(({ body }) => new URL(body.url).searchParams.get('ticket') ?? '');
  expect(new Set(tickets).size).toBe(2);
  expect(await placesOf(...tickets)).toEqual([]);
});
