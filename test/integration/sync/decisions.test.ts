import {
  DECISIONS,
  type DecisionRow,
  LEDGER,
  type LedgerRow,
  USERS,
  type UserRow,
} from '../../../src/records/types.js';
import { fieldCrew } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
const by = { who: 'maia', reason: 'a test' };

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
});

afterAll(() => stack?.close());

function people(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const mail = `${name}${index}@kiwipower.test`;
    const properties = { displayName: `${name}${index}`, givenName: `${name}${index}`, mail, userPrincipalName: mail };
    const id = stack.tenant.directory.createUser({ ...properties, accountEnabled: true }).objectId;
    stack.tenant.directory.addMember(group, id);
    return id;
  });
}

const users = () => stack.services.store.collection<UserRow>(USERS);
const decisions = () => stack.services.store.collection<DecisionRow>(DECISIONS);
const archived = (ids: readonly string[]) =>
  users().countDocuments({ 'entra.objectId': { $in: [...ids] }, status: 'archived' });
const heldOf = (ids: readonly string[]) => decisions().countDocuments({ verdict: 'held', objectId: { $in: [...ids] } });
const enable = (ids: readonly string[], accountEnabled: boolean) => {
  for (const id of ids) stack.tenant.directory.updateUser(id, { accountEnabled });
};

async function settled(): Promise<void> {
  const open = async () => (await stack.services.changes.stats(stack.tenant.id)).open === 0;
  await waitFor(open, { message: 'changes stay open' });
}

async function becomeHeld(ids: readonly string[], count = ids.length): Promise<void> {
  const held = async () => (await heldOf(ids)) === count;
  await waitFor(held, { message: `not ${count} held` });
}

let all: string[] = [];

beforeAll(async () => {
  all = people('crew', 40);
  await stack.sync();
});

test('E11: a storm is held whole, additions go on, and the run says removal_brake', async () => {
  const storm = all.slice(0, 12);
  enable(storm, false);
  const newcomer = people('newcomer', 1);
  await becomeHeld(storm);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded_with_errors', code: 'removal_brake' });
  expect(await archived(storm)).toBe(0);
  expect(await users().countDocuments({ 'entra.objectId': { $in: newcomer } })).toBe(1);
  expect(run.held).toBeGreaterThanOrEqual(12);
  const problems = await stack.services.problems.list(stack.enterpriseId, { code: 'held' });
  expect(problems).toHaveLength(12);
});

test('E11: held removals go by themselves when the directory recovers, and fewer ones are judged again', async () => {
  const storm = all.slice(0, 12);
  enable(storm.slice(0, 5), true);
  // Seven of forty are within the limit: nobody has to decide on them any more.
  await waitFor(async () => (await archived(storm)) === 7, {
    message: 'the rest is not judged again',
  });
  expect(await heldOf(storm)).toBe(0);
  enable(storm, true);
  await waitFor(async () => (await archived(storm)) === 0, { message: 'not restored' });
  await settled();
});

test('an approved removal is taken, counts no more for the guard, and its decision is used up', async () => {
  const storm = all.slice(0, 12);
  enable(storm, false);
  await becomeHeld(storm);
  const { decisionActs } = stack.services;
  const one = (await decisions().findOne({ objectId: storm[0] ?? '' }))?._id ?? '';
  expect(await decisionActs.approve(stack.enterpriseId, { ids: [one] }, by)).toBe(1);
  await waitFor(async () => (await archived(storm)) === 1, { message: 'not archived' });
  expect(await decisionActs.approve(stack.enterpriseId, { all: true, subject: 'archive' }, by)).toBe(11);
  await waitFor(async () => (await archived(storm)) === 12, { message: 'not all archived' });
  await settled();
  expect(await decisions().countDocuments({ objectId: { $in: storm } })).toBe(0);
  const entries = stack.services.store.collection<LedgerRow>(LEDGER);
  const taken = { objectId: { $in: storm }, kind: 'archive' as const, approved: true as const };
  expect(await entries.countDocuments(taken)).toBe(12);
  const audit = await stack.services.settings.listChanges(stack.enterpriseId);
  expect(audit.filter(({ what }) => what === 'decision.approved')).toHaveLength(2);

  // Approved ones are left out: with the seven from before another three are no storm.
  const others = all.slice(12, 15);
  enable(others, false);
  await waitFor(async () => (await archived(others)) === 3, { message: 'held for approved ones' });
  enable([...storm, ...others], true);
  await waitFor(async () => (await archived(all)) === 0, { message: 'not restored' });
  await settled();
});

test('a refused removal shows as drift until the account is enabled or the refusal is released', async () => {
  const storm = all.slice(0, 12);
  enable(storm, false);
  await becomeHeld(storm);
  await stack.services.decisionActs.refuse(stack.enterpriseId, { all: true }, by);
  await settled();
  const drift = async () => stack.services.problems.list(stack.enterpriseId, { code: 'drift' });
  await waitFor(async () => (await drift()).length === 12, { message: 'no drift' });
  expect(await archived(storm)).toBe(0);
  expect((await stack.sync()).counts.archived).toBe(0);

  enable(storm.slice(2), true);
  await waitFor(async () => (await drift()).length === 2, { message: 'drift stays' });
  await settled();
  expect(await decisions().countDocuments({ verdict: 'refused' })).toBe(2);
  await stack.services.decisionActs.release(stack.enterpriseId, { all: true }, by);
  // Followed again: whoever is back counts for nothing any more, and two are no storm.
  await waitFor(async () => (await archived(storm)) === 2, { message: 'not followed' });
  enable(storm, true);
  await waitFor(async () => (await archived(storm)) === 0, { message: 'not restored' });
  await settled();
});

test('refusing a part of a storm, or applying a plan exactly, does not let the rest of it go', async () => {
  const { store, decisionActs, runs } = stack.services;
  // Nothing of before lies within the guard's window: what is left alone would be within the limit.
  const before = new Date(Date.now() - 2 * 24 * 3_600_000);
  await store.collection('ledger').updateMany({}, { $set: { at: before } });
  const storm = all.slice(0, 12);
  enable(storm, false);
  await becomeHeld(storm);
  const held = await decisions().find({ verdict: 'held' }).sort({ _id: 1 }).toArray();
  const ids = held.slice(0, 4).map(({ _id }) => _id);
  expect(await decisionActs.refuse(stack.enterpriseId, { ids }, by)).toBe(4);
  await settled();
  expect([await heldOf(storm), await archived(storm)]).toEqual([8, 0]);

  const plan = await stack.sync({ dry: true });
  const request = { enterpriseId: stack.enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false } as const;
  const { run } = await runs.request({ ...request, planId: plan._id });
  await runs.wait(run._id, { timeoutMs: 60_000 });
  await settled();
  expect([await heldOf(storm), await archived(storm)]).toEqual([8, 0]);
  const one = held.at(-1)?.objectId ?? '';
  stack.tenant.directory.updateUser(one, { surname: 'Told' });
  await waitFor(async () => (await users().findOne({ 'entra.objectId': one }))?.lastName === 'Told', {
    message: 'not told',
  });
  expect([await heldOf(storm), await archived(storm)]).toEqual([8, 0]);
  enable(storm, true);
  await waitFor(async () => (await decisions().countDocuments({ objectId: { $in: storm } })) === 0, {
    message: 'decisions stay',
  });
  await settled();
});

test('after seven days a held removal counts as refused', async () => {
  const storm = all.slice(0, 12);
  enable(storm, false);
  await becomeHeld(storm);
  expect(await stack.services.decisionActs.expire()).toBe(0);
  await decisions().updateMany({ verdict: 'held' }, { $set: { until: new Date(0) } });
  expect(await stack.services.decisionActs.expire()).toBe(12);
  await settled();
  expect(await decisions().distinct('by', { objectId: { $in: storm }, verdict: 'refused' })).toEqual(['guard']);
  expect(await archived(storm)).toBe(0);
  enable(storm, true);
  await waitFor(async () => (await decisions().countDocuments({ objectId: { $in: storm } })) === 0, {
    message: 'decisions stay',
  });
});

test('a decision that is gone, decided, of another enterprise or about another value is refused, and nothing is written', async () => {
  const storm = all.slice(0, 12);
  enable(storm, false);
  await becomeHeld(storm);
  const { decisionActs, structure } = stack.services;
  const before = await decisions().find({}).sort({ _id: 1 }).toArray();
  const [first] = before;
  const ids = [first?._id ?? ''];
  const { _id: other } = await structure.createEnterprise({ name: 'Other', by: 'test' });
  await expect(decisionActs.approve(stack.enterpriseId, { ids, value: 'another' }, by)).rejects.toMatchObject({
    code: 'value_changed',
    field: 'value',
  });
  await expect(decisionActs.approve(stack.enterpriseId, { ids: [...ids, 'gone'] }, by)).rejects.toMatchObject({
    code: 'decision_not_found',
    field: 'decision',
  });
  await expect(decisionActs.approve(other, { ids }, by)).rejects.toMatchObject({ code: 'decision_not_found' });
  await expect(decisionActs.release(stack.enterpriseId, { ids }, by)).rejects.toMatchObject({
    code: 'decision_not_open',
  });
  expect(await decisions().find({}).sort({ _id: 1 }).toArray()).toEqual(before);
  expect(await decisionActs.refuse(stack.enterpriseId, { ids, value: first?.valueHash ?? '' }, by)).toBe(1);
  enable(storm, true);
  await settled();
});
