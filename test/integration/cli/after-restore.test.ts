import type { Document } from 'mongodb';
import { ghsAt } from '../../support/ghs.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { startWork, type Work } from '../../support/start-work.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
let work: Work;
const ids = new Map<string, string>();

beforeAll(async () => {
  stack = await startStack({ env: { ROLES: 'intake,portal' } });
  group = await fieldCrew(stack);
  work = await startWork(stack.services, stack);
  for (const name of ['Aroha', 'Hemi', 'Mere', 'Wiki', 'Tane', 'Rangi', 'Moana', 'Kahu', 'Pita', 'Ana']) add(name);
  await stack.sync();
  await subscribed(stack);
});
afterAll(async () => {
  await work?.stop();
  await stack?.close();
});

function add(name: string): void {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const person = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  const { objectId } = stack.tenant.directory.createUser(person);
  ids.set(name, objectId);
  stack.tenant.directory.addMember(group, objectId);
}

const id = (name: string) => ids.get(name) ?? '';
const rename = (name: string, givenName: string) => stack.tenant.directory.updateUser(id(name), { givenName });

/** Whoever has a record, in words that tell everything which the tenant decides. */
async function people(): Promise<Record<string, string>> {
  const known: Record<string, string> = {};
  for (const [name, objectId] of ids) {
    const user = await stack.services.people.findOrNull(stack.enterpriseId, objectId);
    if (user) known[name] = `${user.firstName} ${user.status} in ${user.memberships.length}`;
  }
  return known;
}

async function like(wanted: Record<string, string>): Promise<void> {
  const same = async () => {
    const now = await people();
    return JSON.stringify(now) === JSON.stringify(wanted) || Promise.reject(new Error(JSON.stringify(now)));
  };
  await waitFor(same, { message: 'not in step' });
}

/** As a snapshot of the database keeps it, and as going back to it leaves it. */
async function backup(): Promise<() => Promise<void>> {
  const { db } = stack.services.store;
  const kept = new Map<string, Document[]>();
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray())
    kept.set(name, await db.collection(name).find({}).toArray());
  return async () => {
    for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
      await db.collection(name).deleteMany({});
      const documents = kept.get(name) ?? [];
      if (documents.length > 0) await db.collection(name).insertMany(documents);
    }
  };
}

const ghs = (...argv: string[]) => ghsAt(stack, ...argv);

/** What a plan would change; what it says about empty fields changes nothing, and time zones come a while later. */
async function changesOf(runId: string) {
  const items = await stack.services.runs.items(runId);
  return items.filter(({ kind, field }) => kind !== 'problem' && field !== 'timeZone');
}

async function heldIds(): Promise<string[]> {
  const answer = await fetch(`${stack.simulator.control}/subscriptions`);
  const { items }: { items: { id: string }[] } = JSON.parse(await answer.text());
  return items.map((item) => item.id).sort();
}

test('after going back to a backup everything is planned first, then converges, and nothing is taken wrongly', async () => {
  const { services, tenant, enterpriseId } = stack;
  const goBack = await backup();
  const before = await people();

  // What was done since the backup, all of it in step, and one subscription made anew.
  rename('Aroha', 'Since');
  add('Newcomer');
  tenant.directory.removeMember(group, id('Hemi'));
  tenant.directory.updateUser(id('Mere'), { accountEnabled: false });
  tenant.directory.removeMember(group, id('Wiki'));
  const since = {
    ...before,
    Aroha: 'Since invited in 1',
    Mere: 'Mere archived in 1',
    Newcomer: 'Newcomer invited in 1',
  };
  await like({ ...since, Hemi: 'Hemi invited in 0', Wiki: 'Wiki invited in 0' });
  tenant.directory.addMember(group, id('Wiki'));
  await like({ ...since, Hemi: 'Hemi invited in 0' });
  const [users] = (await services.subscriptions.ofTenant(tenant.id)).filter(({ kind }) => kind === 'users');
  await fetch(`${stack.simulator.control}/subscriptions/${users?.subscriptionId}`, { method: 'DELETE' });
  await services.subscriptions.update(users?._id ?? '', { renewAt: new Date(0) });
  const current = async () => (await services.subscriptions.byId(users?._id ?? ''))?.subscriptionId;
  await waitFor(async () => ![users?.subscriptionId, null].includes(await current()), { message: 'not made anew' });
  const unknownAfterwards = await current();

  await work.stop();
  await goBack();
  rename('Tane', 'While down');
  expect(await people()).toMatchObject(before);

  const { code, document } = await ghs('after-restore');
  expect(code).toBe(0);
  const [item] = document.items;
  expect(item).toMatchObject({ enterpriseId, swept: { deleted: [unknownAfterwards], lost: ['users'], failures: [] } });
  expect(item.plan).toMatchObject({ status: 'succeeded', held: 0 });
  expect(item.next).toEqual(
    expect.arrayContaining([expect.stringMatching(/integration resume/), expect.stringMatching(/sync now/)]),
  );
  const planned = await changesOf(item.plan.runId);
  expect(
    planned.map(({ person, kind }) => `${kind} ${[...ids].find(([, each]) => each === person)?.[0]}`).sort(),
  ).toEqual(expect.arrayContaining(['archive Mere', 'create Newcomer', 'leave Hemi', 'update Aroha', 'update Tane']));
  expect(planned.filter(({ person }) => person === id('Wiki'))).toEqual([]);
  expect(await people()).toMatchObject(before);
  expect((await ghs('integration', 'status')).document.paused).toBe(true);

  work = await startWork(stack.services, stack);
  await subscribed(stack);
  expect(await heldIds()).toEqual(
    (await services.subscriptions.ofTenant(tenant.id)).map((row) => row.subscriptionId).sort(),
  );
  expect(await people()).toMatchObject(before);

  expect((await ghs('integration', 'resume')).code).toBe(0);
  expect((await ghs('sync', 'now', '--wait')).document.status).toBe('succeeded');
  await like({ ...since, Hemi: 'Hemi invited in 0', Tane: 'While down invited in 1' });
  rename('Kahu', 'Told again');
  await like({ ...since, Hemi: 'Hemi invited in 0', Tane: 'While down invited in 1', Kahu: 'Told again invited in 1' });
  const { run } = await services.runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry: true });
  await services.runs.wait(run._id, { timeoutMs: 60_000 });
  expect(await changesOf(run._id)).toEqual([]);
  const archived = await services.store.collection('ledger').find({ kind: 'archive' }).toArray();
  expect(new Set(archived.map(({ objectId }) => objectId)).size).toBeLessThanOrEqual(1);
});
